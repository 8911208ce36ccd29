import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ApplyResult } from '../../src/admin/context.ts'
import { followFile } from '../../src/cli/follow-file.ts'
import { loadConfig } from '../../src/config/load.ts'
import { PluginRegistry } from '../../src/snapshot/plugin-registry.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { type TempDir, tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'

const catalog = new PluginRegistry([]).catalog()
let folder: TempDir
let file: string
let follower: { close(): void } | undefined
const applied: string[] = []
const logs: string[] = []
let answer: () => ApplyResult | Promise<ApplyResult>

const node = {
  logger: createLogger({
    level: 'info',
    redact: (text) => text,
    sink: { write: (line) => void logs.push(line), flushSync: () => {} },
  }),
  async apply(text: string): Promise<ApplyResult> {
    applied.push(text)
    return answer()
  },
}

const good: ApplyResult = { outcome: 'applied', warnings: [] }

beforeEach(() => {
  folder = tempDir()
  file = join(folder.path, 'kong.yml')
  writeFileSync(file, 'first')
  applied.length = 0
  logs.length = 0
  answer = () => ({ outcome: 'unchanged' })
})
afterEach(() => {
  vi.useRealTimers()
  follower?.close()
  folder.remove()
})

/** Follows, and waits until the first reading is over. */
async function follow() {
  follower = followFile(file, node)
  await waitFor(() => applied.length > 0)
}

describe('a declarative file that is followed', () => {
  it('is read once more when following begins, and nothing is said where nothing has changed', async () => {
    await follow()
    expect(applied).toEqual(['first'])
    expect(logs).toEqual([])
  })

  it('is served anew when it is written', async () => {
    await follow()
    answer = () => good
    writeFileSync(file, 'second')
    await waitFor(() => logs.length > 0)
    expect(applied.at(-1)).toBe('second')
    expect(logs[0]).toContain('is served now')
  })

  it('is served anew when another file takes its place', async () => {
    await follow()
    answer = () => good
    const other = join(folder.path, 'next')
    writeFileSync(other, 'third')
    renameSync(other, file)
    await waitFor(() => logs.some((line) => line.includes('is served now')))
    expect(applied.at(-1)).toBe('third')
  })

  it('is read again at SIGHUP', async () => {
    await follow()
    process.emit('SIGHUP')
    await waitFor(() => applied.length > 1)
    expect(applied).toEqual(['first', 'first'])
  })

  it('changes nothing where it is broken, and the log tells the line', async () => {
    await follow()
    const result = loadConfig('_format_version: "3.0"\nretires: 1\n', { catalog })
    if (result.ok) throw new TypeError('nothing is wrong with it')
    answer = () => ({ outcome: 'refused', result })
    writeFileSync(file, 'broken')
    await waitFor(() => logs.length > 0)
    expect(logs[0]).toContain('the last good configuration stays')
    expect(logs[0]).toContain('kong.yml:2')
    expect(logs[0]).toContain('"level":"error"')
  })

  it('changes nothing where it cannot be compiled or is gone', async () => {
    await follow()
    answer = () => ({ outcome: 'failed', message: 'no such plugin' })
    writeFileSync(file, 'odd')
    await waitFor(() => logs.length > 0)
    expect(logs[0]).toContain('is refused, the last good configuration stays: no such plugin')
    rmSync(file)
    await waitFor(() => logs.length > 1)
    expect(logs[1]).toContain('cannot be read, the last good configuration stays')
  })

  it('is read again after a change that came while the last one was taken in', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const signal = () => {
      process.emit('SIGHUP')
      vi.advanceTimersByTime(50)
    }
    const gate = Promise.withResolvers<ApplyResult>()
    answer = () => gate.promise
    follower = followFile(file, node)
    signal()
    expect(applied).toEqual(['first'])
    writeFileSync(file, 'second')
    signal()
    expect(applied).toEqual(['first'])
    gate.resolve(good)
    await waitFor(() => logs.length > 0)
    await waitFor(() => vi.getTimerCount() > 0)
    vi.advanceTimersByTime(50)
    expect(applied).toEqual(['first', 'second'])
  })

  it('is read again once another reload, as one of the Admin API, is through', async () => {
    let busy = true
    answer = () => (busy ? { outcome: 'busy' } : good)
    await follow()
    busy = false
    await waitFor(() => logs.some((line) => line.includes('is served now')))
    expect(applied.length).toBeGreaterThan(1)
  })

  it('is let go of', async () => {
    await follow()
    const listeners = process.listenerCount('SIGHUP')
    follower?.close()
    expect(process.listenerCount('SIGHUP')).toBe(listeners - 1)
  })
})
