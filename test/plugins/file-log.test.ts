import { mkdir, mkdtemp, readFile, rename, rm, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseWith } from '../../src/config/kong-messages.ts'
import { config as schema } from '../../src/plugins/file-log/config.ts'
import { LogFile } from '../../src/plugins/file-log/log-file.ts'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'

let folder = ''
let gateway: TestGateway | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-log-'))
})
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
  await rm(folder, { recursive: true })
})

async function start(...configs: object[]): Promise<TestGateway> {
  gateway = await createTestGateway({
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: configs.map((config, index) => ({
        name: `s${index}`,
        url: upstreamUrl,
        routes: [{ name: `r${index}`, paths: [`/${index}`], plugins: [{ name: 'file-log', config }] }],
      })),
    }),
  })
  return gateway
}

async function records(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

const quiet = { info() {}, notice() {}, warn() {}, error() {} }

describe('records', () => {
  it('appends one line for each exchange, and has them all when the gateway is closed', async () => {
    const path = join(folder, 'log')
    const { request, close } = await start({ path })
    for (let index = 0; index < 5; index++) await request({ path: `/0?n=${index}` })
    await close()
    gateway = undefined
    expect(await records(path)).toMatchObject(
      Array.from({ length: 5 }, (_, index) => ({
        request: { querystring: { n: String(index) }, method: 'GET' },
        response: { status: 200 },
        route: { name: 'r0' },
        service: { name: 's0' },
      })),
    )
  })

  it('lets two plugins write to one file', async () => {
    const path = join(folder, 'log')
    const { request } = await start({ path }, { path, reopen: true })
    await Promise.all(['/0', '/1', '/0', '/1'].map((path) => request({ path })))
    await vi.waitFor(async () => expect(await records(path)).toHaveLength(4))
  })
})

describe('rotation', () => {
  it('writes to a new file once the old one was moved, where it is told to reopen', async () => {
    const path = join(folder, 'log')
    const { request } = await start({ path, reopen: true })
    await request({ path: '/0?n=1' })
    await vi.waitFor(async () => expect(await records(path)).toHaveLength(1))
    await rename(path, `${path}.1`)
    await request({ path: '/0?n=2' })
    await vi.waitFor(async () => expect(await records(path)).toMatchObject([{ request: { querystring: { n: '2' } } }]))
    expect(await records(`${path}.1`)).toHaveLength(1)
  })

  it('goes on with the file that it has, where it is not', async () => {
    const path = join(folder, 'log')
    const file = new LogFile({ path, log: quiet })
    file.write('1\n', false)
    await vi.waitFor(async () => expect(await records(path)).toEqual([1]))
    await rename(path, `${path}.1`)
    file.write('2\n', false)
    await file.close()
    expect(await records(`${path}.1`)).toEqual([1, 2])
  })
})

describe('failures', () => {
  it('answers the client, tells of the first failure, and writes again when it can', async () => {
    const path = join(folder, 'later', 'log')
    const { request, logs } = await start({ path })
    expect((await request({ path: '/0' })).status).toBe(200)
    await vi.waitFor(() => expect(logs.join('')).toContain('file-log cannot write'))
    await request({ path: '/0' })
    await mkdir(join(folder, 'later'))
    await vi.waitFor(async () => {
      await request({ path: '/0' })
      expect((await records(path)).length).toBeGreaterThan(0)
    })
    await vi.waitFor(() => expect(logs.join('')).toContain('file-log has lost records'))
    expect(logs.join('').match(/file-log cannot write/g)).toHaveLength(1)
  })

  it('drops lines that a slow disk would let pile up, and says how many', async () => {
    const lost: object[] = []
    const path = join(folder, 'log')
    const log = { ...quiet, warn: (_: string, facts?: object) => void lost.push({ ...facts }) }
    const file = new LogFile({ path, log, mostHeld: 4 })
    for (const line of ['1\n', '2\n', '3\n', '4\n']) file.write(line, false)
    await file.close()
    expect(await records(path)).toEqual([1, 2])
    expect(lost).toEqual([{ path, records: 2 }])
  })

  it('writes to a new file where the old one was removed', async () => {
    const path = join(folder, 'log')
    const file = new LogFile({ path, log: quiet })
    file.write('1\n', true)
    await vi.waitFor(async () => expect(await records(path)).toEqual([1]))
    await unlink(path)
    file.write('2\n', true)
    await file.close()
    expect(await records(path)).toEqual([2])
  })
})

describe('config', () => {
  const complaints = (config: object) => {
    const parsed = parseWith(schema, config)
    return parsed.ok ? [] : parsed.complaints.map(({ segments, message }) => `${segments.join('.')}: ${message}`)
  }

  it('refuses what is no path', () => {
    expect(complaints({})).toEqual(['path: required field missing'])
    expect(complaints({ path: '/tmp/*' })).toEqual(['path: not a valid filename'])
    expect(complaints({ path: '/dev/stdout' })).toEqual([])
  })

  it('refuses Lua and names the way out', () => {
    expect(complaints({ path: '/tmp/a', custom_fields_by_lua: {} })).toEqual([])
    expect(complaints({ path: '/tmp/a', custom_fields_by_lua: { 'request.body': 'return 1' } })).toEqual([
      "custom_fields_by_lua.request.body: Lua cannot run in this gateway; set the field from a plugin of your own: kong.log.setSerializeValue('request.body', value)",
    ])
  })
})
