import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Pools } from '../../src/upstream/pools.ts'
import { send } from '../../src/upstream/send.ts'
import { noTimeouts, type RawServer, Recorder, rawServer, requestTo } from './support.ts'

let server: RawServer
let waiting: (() => void)[]
const open: Pools[] = []

beforeEach(async () => {
  waiting = []
  server = await rawServer((socket, text) => {
    const answer = () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
    if (text.startsWith('GET /wait')) waiting.push(answer)
    else answer()
  })
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((pools) => pools.destroy()))
  await server.close()
})

function make(options?: ConstructorParameters<typeof Pools>[0]): Pools {
  const pools = new Pools(options)
  open.push(pools)
  return pools
}

async function get(pools: Pools, connect = 5000): Promise<Recorder> {
  const recorder = new Recorder()
  send(pools, requestTo(server.address, { timeouts: { ...noTimeouts, connect } }), recorder)
  await recorder.done
  return recorder
}

describe('pools', () => {
  it('are kept apart by what makes a connection', () => {
    const pools = make()
    const base = requestTo(server.address)
    const one = pools.entryFor(base)
    expect(pools.entryFor(requestTo({ ...server.address }))).toBe(one)
    expect(pools.entryFor({ ...base, address: { ...server.address, hostname: 'a.test' } })).toBe(one)
    expect(pools.entryFor({ ...base, timeouts: { ...noTimeouts, connect: 1 } })).not.toBe(one)
    expect(pools.entryFor({ ...base, address: { ...server.address, port: 1 } })).not.toBe(one)
    const tls = pools.entryFor({ ...base, scheme: 'https' })
    expect(tls).not.toBe(one)
    expect(pools.entryFor({ ...base, scheme: 'https', tls: { verify: false } })).not.toBe(tls)
    expect(pools.entryFor({ ...base, address: { host: '::1', port: 80, hostname: 'a' } })).not.toBe(one)
    expect(pools.size).toBe(6)
  })

  it('that nobody used between two sweeps are closed, with their connections', async () => {
    const pools = make()
    await get(pools)
    pools.sweep()
    expect(pools.size).toBe(1)
    const [socket] = server.sockets
    if (socket === undefined) throw new Error('no connection')
    const closed = once(socket, 'close')
    pools.sweep()
    expect(pools.size).toBe(0)
    await closed
    expect((await get(pools)).body).toBe('ok')
  })

  it('make room for others when idle, and not when busy', async () => {
    const pools = make({ maxPools: 2 })
    const busy = new Recorder()
    send(pools, requestTo(server.address, { path: '/wait' }), busy)
    await expect.poll(() => waiting.length).toBe(1)
    for (const connect of [1000, 2000, 3000, 4000]) expect((await get(pools, connect)).body).toBe('ok')
    expect(pools.size).toBe(2)
    waiting[0]?.()
    await busy.done
    expect(busy.body).toBe('ok')
  })

  it('make room by those that were not used of late', () => {
    const pools = make({ maxPools: 2 })
    const requestFor = (connect: number) => requestTo(server.address, { timeouts: { ...noTimeouts, connect } })
    const first = pools.entryFor(requestFor(1))
    const second = pools.entryFor(requestFor(2))
    first.running = 1
    second.running = 1
    pools.sweep()
    first.running = 0
    second.running = 0
    pools.entryFor(requestFor(1))
    pools.entryFor(requestFor(3))
    expect(pools.entryFor(requestFor(1))).toBe(first)
    expect(second.pool.closed).toBe(true)
  })

  it('drain when closed: what is under way ends, what is new is refused', async () => {
    const pools = make()
    const recorder = new Recorder()
    send(pools, requestTo(server.address, { path: '/wait' }), recorder)
    await expect.poll(() => waiting.length).toBe(1)
    const closed = pools.close()
    expect((await get(pools)).failure).toMatchObject({ kind: 'aborted', phase: 'connect' })
    waiting[0]?.()
    await recorder.done
    expect(recorder.body).toBe('ok')
    await closed
    await expect.poll(() => server.sockets.every((socket) => socket.closed)).toBe(true)
  })

  it('fail what is under way when destroyed', async () => {
    const pools = make()
    const recorder = new Recorder()
    send(pools, requestTo(server.address, { path: '/wait' }), recorder)
    await expect.poll(() => waiting.length).toBe(1)
    await pools.destroy()
    expect(recorder.failure).toMatchObject({ kind: 'aborted', reason: 'the gateway is shutting down' })
  })

  it('close a connection after as many requests as it may serve', async () => {
    const pools = make({ keepaliveRequests: 2 })
    for (let i = 0; i < 6; i++) await get(pools)
    expect(server.sockets.length).toBeGreaterThanOrEqual(3)
  })

  it('keep connections for ever, or none, or with no limit, at 0', async () => {
    const kept = make({ keepaliveTimeout: 0, keepaliveRequests: 0 })
    for (let i = 0; i < 6; i++) expect((await get(kept)).body).toBe('ok')
    expect(server.sockets.length).toBeLessThanOrEqual(2)
    const before = server.sockets.length
    const none = make({ keepaliveSize: 0 })
    for (let i = 0; i < 3; i++) expect((await get(none)).body).toBe('ok')
    expect(server.sockets.length).toBe(before + 3)
  })

  it('tell of an address that is none', async () => {
    const recorder = new Recorder()
    send(make(), requestTo({ host: 'not a host', port: 80, hostname: '' }), recorder)
    await recorder.done
    expect(recorder.failure).toMatchObject({ phase: 'connect' })
  })

  it('close an idle connection after its time', async () => {
    const pools = make({ keepaliveTimeout: 30 })
    await get(pools)
    const [socket] = server.sockets
    if (socket === undefined) throw new Error('no connection')
    if (!socket.closed) await once(socket, 'close')
    expect(socket.closed).toBe(true)
  })
})
