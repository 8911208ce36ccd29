/** Which plugins a process has: those that ship, narrowed, and custom ones from files outside the repository. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadPlugin, loadRegistry } from '../../src/server/load-plugins.ts'
import { tempDir } from '../support/temp-dir.ts'

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = tempDir()
  onTestFinished(() => folder.remove())
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text)
  return folder.path
}

/** TypeScript, as an author writes it. */
const source = (name: string) => `
import { definePlugin, z } from 'tollgate'
interface Config { readonly word: string }
const config: z.ZodType<Config> = z.strictObject({ word: z.string().default('${name}') })
export default definePlugin<Config>({ name: '${name}', priority: 7, config })
`

describe('plugins that ship', () => {
  it('are all there, or only those that are named', async () => {
    const all = await loadRegistry({ plugins: ['bundled'], plugin_paths: [] })
    expect(all.all().map(({ name }) => name)).toEqual(expect.arrayContaining(['ai-proxy', 'key-auth', 'cors']))
    const some = await loadRegistry({ plugins: ['cors', 'ai-proxy', 'nobody'], plugin_paths: [] })
    expect(some.all().map(({ name }) => name)).toEqual(['cors', 'ai-proxy'])
    expect((await loadRegistry({ plugins: [], plugin_paths: [] })).all()).toEqual([])
    expect(some.get('key-auth')).toBeUndefined()
  })
})

describe('a custom plugin', () => {
  it('is loaded from a file, and may replace one that ships', async () => {
    const folder = folderWith({ 'cors.ts': source('cors') })
    const path = join(folder, 'cors.ts')
    const registry = await loadRegistry({ plugins: ['bundled'], plugin_paths: [path] })
    expect(registry.get('cors')?.priority).toBe(7)
    expect(registry.get('cors')?.config.parse({})).toEqual({ word: 'cors' })
  })

  it('is found in a folder, where tests, types and others are passed over', async () => {
    const folder = folderWith({
      'b.mjs': source('b')
        .replace(/interface.*\n/, '')
        .replace(': z.ZodType<Config>', '')
        .replace('<Config>', ''),
      'a.ts': source('a'),
      'a.test.ts': 'throw new Error("a test was loaded")',
      'a.d.ts': 'throw new Error("types were loaded")',
      'README.md': '# no plugin',
    })
    const registry = await loadRegistry({ plugins: [], plugin_paths: [folder] })
    expect(registry.all().map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it.each([
    ['nothing', 'export const x = 1'],
    ['a number', 'export default 7'],
    ['null', 'export default null'],
    ['no name', 'export default { priority: 1, config: {} }'],
    ['a wrong priority', 'export default { name: "x", priority: "1", config: {} }'],
    ['no config', 'export default { name: "x", priority: 1 }'],
    ['null as its config', 'export default { name: "x", priority: 1, config: null }'],
    ['a config that is no schema', 'export default { name: "x", priority: 1, config: {} }'],
  ])('that exports %s is refused by the name of its file', async (_, text) => {
    const path = join(folderWith({ 'broken.mjs': text }), 'broken.mjs')
    await expect(loadPlugin(path)).rejects.toThrow(`${path}: its default export is not a plugin; write`)
  })

  it('that fails while it is loaded is refused by the name of its file', async () => {
    const path = join(folderWith({ 'failing.mjs': 'throw new Error("no database")' }), 'failing.mjs')
    await expect(loadPlugin(path)).rejects.toThrow(`${path}: it cannot be loaded: no database`)
    await expect(loadRegistry({ plugins: [], plugin_paths: ['/no/such/plugin.ts'] })).rejects.toThrow(
      '/no/such/plugin.ts',
    )
  })
})
