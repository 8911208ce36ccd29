import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openSink } from '../../src/telemetry/log-sink.ts'

let folder = ''
let fd = 0
const text = () => readFileSync(join(folder, 'log'), 'utf8')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-log-'))
  fd = openSync(join(folder, 'log'), 'a')
})

afterEach(() => {
  closeSync(fd)
  rmSync(folder, { recursive: true })
})

test('a flush writes all lines before it returns', async () => {
  const sink = openSink(fd, 1000)
  sink.write('one\n')
  sink.flushSync()
  await vi.waitFor(() => expect(text()).toContain('one\n'))
  for (let n = 0; n < 10; n++) sink.write(`${n}\n`)
  sink.flushSync()
  expect(text()).toContain('9\n')
})

test('lines over the bound are dropped, and their number is told once there is room', async () => {
  const sink = openSink(fd, 100)
  for (let n = 0; n < 50; n++) sink.write(`line ${String(n).padStart(4, '0')}\n`)
  await vi.waitFor(() => expect(text()).toContain('log lines were dropped'))
  const lines = text().trim().split('\n')
  const told: unknown = JSON.parse(lines.at(-1) ?? '')
  expect(told).toMatchObject({ level: 'warn', dropped: 50 - (lines.length - 1) })
  expect(lines.slice(0, -1)).toEqual(lines.slice(0, -1).map((_, n) => `line ${String(n).padStart(4, '0')}`))
})
