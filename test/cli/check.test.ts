import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { check } from '../../src/cli/check.ts'
import { tempDir } from '../support/temp-dir.ts'

const folder = tempDir()
afterAll(() => folder.remove())
afterEach(() => {
  vi.restoreAllMocks()
})

/** What it printed, and the exit code. */
async function run(argv: readonly string[], text = '') {
  const out = vi.spyOn(console, 'log').mockImplementation(() => {})
  const err = vi.spyOn(console, 'error').mockImplementation(() => {})
  const code = await check(argv, () => text)
  return { code, out: out.mock.calls.join('\n'), err: err.mock.calls.join('\n') }
}

describe('tollgate check', () => {
  it('counts what a good file holds', async () => {
    const text = '_format_version: "3.0"\nservices: [{ name: a, url: "http://a.internal", routes: [{ paths: [/] }] }]\n'
    expect(await run(['kong.yml'], text)).toEqual({ code: 0, out: 'kong.yml: good (1 services, 1 routes)', err: '' })
  })

  it('finds nothing wrong with an empty one', async () => {
    expect(await run(['kong.yml'], '_format_version: "3.0"\n')).toMatchObject({ code: 0, out: 'kong.yml: good' })
  })

  it('prints every problem with its line', async () => {
    const text =
      '_format_version: "3.0"\nservices:\n  - name: a\n    url: "http://a"\n    retires: 1\nplugins: [{ name: x }]\n'
    const { code, out, err } = await run(['kong.yml'], text)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('kong.yml:5')
    expect(err).toContain('kong.yml:6')
  })

  it('prints what is allowed and yet worth a word', async () => {
    const text = '_format_version: "3.0"\nworkspaces: [{ name: a }]\n'
    const { code, err } = await run(['kong.yml'], text)
    expect(code).toBe(0)
    expect(err).toMatch(/^kong\.yml: warning: /)
  })

  it('knows custom plugins, and says which of them cannot be loaded', async () => {
    const plugin = join(folder.path, 'stamp.ts')
    writeFileSync(
      plugin,
      "import { definePlugin, z } from 'tollgate'\nexport default definePlugin({ name: 'stamp', priority: 1, version: '1.0.0', config: z.strictObject({}), access() {} })\n",
    )
    const text = '_format_version: "3.0"\nplugins: [{ name: stamp }]\n'
    expect(await run(['kong.yml'], text)).toMatchObject({ code: 1 })
    const missing = await run(['kong.yml', '--plugin-paths', join(folder.path, 'none.ts')], text)
    expect(missing.code).toBe(1)
    expect(missing.err).toContain('none.ts')
  })

  it.each([[[]], [['a.yml', 'b.yml']]])('wants one file, not %j', async (argv) => {
    const { code, err } = await run(argv)
    expect(code).toBe(1)
    expect(err).toContain('takes one file')
  })

  it('says which file cannot be read, and which flag it does not know', async () => {
    const err = vi.spyOn(console, 'error').mockImplementation(() => {})
    const unreadable = () => {
      throw new Error('EISDIR: illegal operation on a directory')
    }
    expect(await check(['folder'], unreadable)).toBe(1)
    expect(err).toHaveBeenLastCalledWith('folder: EISDIR: illegal operation on a directory')
    expect(await check(['--strct', 'a.yml'], unreadable)).toBe(1)
    expect(err.mock.lastCall?.[0]).toContain("tollgate check: Unknown option '--strct'")
  })
})
