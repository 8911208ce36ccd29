import { describe, expect, it } from 'vitest'
import type { Lease } from '../../../src/upstream/types.ts'
import { pickContext } from '../support.ts'
import { oneStrike, pickNow, ring, tally, target, targetsOf, upstream } from './support.ts'

function fail(lease: Lease): Lease {
  lease.failed('tcp')
  lease.release()
  return lease
}

const noPeer = expect.objectContaining({ code: 'TOLL_NO_PEER', status: 503 })
const algorithms = ['round-robin', 'least-connections', 'latency', 'consistent-hashing', 'sticky-sessions']

describe.each(algorithms)('%s', (algorithm) => {
  const settings = { algorithm, sticky_sessions_cookie: 'sticky', healthchecks: oneStrike }

  it('has no peer where there are no targets, or all weigh nothing', () => {
    expect(() => pickNow(ring(upstream(settings), []))).toThrow(noPeer)
    expect(() => pickNow(ring(upstream(settings), targetsOf(3, 0)))).toThrow(noPeer)
  })

  it('never chooses a target of weight 0', () => {
    const balancer = ring(upstream(settings), [target('10.0.0.1:80', 0), target('10.0.0.2:80', 1)])
    expect(tally(balancer, 50)).toEqual(new Map([['10.0.0.2', 50]]))
  })

  it('skips the addresses that the request has tried, until none is left', () => {
    const balancer = ring(upstream({ ...settings, healthchecks: {} }), targetsOf(4))
    const tried = new Map<string, Lease['address']>()
    for (let i = 0; i < 4; i++) {
      const { address } = pickNow(balancer, pickContext(), [...tried.values()])
      tried.set(address.host, address)
    }
    expect(tried.size).toBe(4)
    expect(tried.has(pickNow(balancer, pickContext(), [...tried.values()]).address.host)).toBe(true)
  })

  it('skips unhealthy addresses, and has no peer when all are', () => {
    const balancer = ring(upstream(settings), targetsOf(3))
    const down = new Set<string>()
    for (let i = 0; i < 3; i++) down.add(fail(pickNow(balancer)).address.host)
    expect(down.size).toBe(3)
    expect(() => pickNow(balancer)).toThrow(noPeer)
  })
})

describe('round-robin', () => {
  it('gives each target its exact share of every turn of the wheel', () => {
    const balancer = ring(upstream(), [
      target('10.0.0.1:80', 50),
      target('10.0.0.2:80', 100),
      target('10.0.0.3:80', 150),
    ])
    expect(Object.fromEntries(tally(balancer, 600))).toEqual({ '10.0.0.1': 100, '10.0.0.2': 200, '10.0.0.3': 300 })
  })

  it('rounds weights that would make the wheel huge, and leaves nobody out', () => {
    const list = [target('10.0.0.1:80', 1), target('10.0.0.2:80', 65535), target('10.0.0.3:80', 65534)]
    const counts = tally(ring(upstream(), list), 100_001)
    expect(counts.get('10.0.0.1')).toBeGreaterThanOrEqual(1)
    expect(counts.get('10.0.0.2')).toBeGreaterThan(45_000)
  })
})

describe('least-connections', () => {
  it('prefers the target with fewer exchanges under way for its weight', () => {
    const balancer = ring(upstream({ algorithm: 'least-connections' }), [
      target('10.0.0.1:80', 100),
      target('10.0.0.2:80', 300),
    ])
    const leases = Array.from({ length: 40 }, () => pickNow(balancer))
    const second = leases.filter(({ address }) => address.host === '10.0.0.2')
    expect(second.length).toBe(30)
    for (const lease of second) {
      lease.release()
      lease.release()
    }
    const next = Array.from({ length: 20 }, () => pickNow(balancer).address.host)
    expect(new Set(next)).toEqual(new Set(['10.0.0.2']))
  })
})

describe('latency', () => {
  it('prefers the faster target, and tries the slow one again some day', () => {
    let now = 1000
    const balancer = ring(upstream({ algorithm: 'latency' }), targetsOf(2), { now: () => now })
    const speed: Record<string, number> = { '10.0.0.1': 500, '10.0.0.2': 5 }
    const chosen: string[] = []
    for (let i = 0; i < 2000; i++) {
      const lease = pickNow(balancer)
      const { host } = lease.address
      chosen.push(host)
      now += 50
      lease.answered(200, speed[host] ?? 0)
      lease.release()
    }
    const slow = chosen.filter((host) => host === '10.0.0.1').length
    expect(slow).toBeGreaterThan(1)
    expect(slow).toBeLessThan(100)
  })

  it('takes a newcomer for an average target', () => {
    let now = 1000
    const entity = upstream({ algorithm: 'latency' })
    const previous = ring(entity, targetsOf(2), { now: () => now })
    for (let i = 0; i < 100; i++) {
      now += 100
      const lease = pickNow(previous)
      lease.answered(200, lease.address.host === '10.0.0.1' ? 10 : 90)
    }
    const balancer = ring(entity, targetsOf(3), { now: () => now, previous })
    expect(pickNow(balancer).address.host).toBe('10.0.0.1')
  })

  it('weighs the average', () => {
    let now = 1000
    const list = [target('10.0.0.1:80', 300), target('10.0.0.2:80', 100)]
    const balancer = ring(upstream({ algorithm: 'latency' }), list, { now: () => now })
    for (let i = 0; i < 2; i++) pickNow(balancer).answered(200, 20)
    now += 1
    expect(new Set(Array.from({ length: 10 }, () => pickNow(balancer).address.host))).toEqual(new Set(['10.0.0.1']))
  })
})

describe('consistent-hashing', () => {
  const byHeader = { algorithm: 'consistent-hashing', hash_on: 'header', hash_on_header: 'x-user' }
  const user = (i: number) => pickContext({ header: (name) => (name === 'x-user' ? `user-${i}` : undefined) })
  const homes = (balancer: ReturnType<typeof ring>, count: number) =>
    Array.from({ length: count }, (_, i) => pickNow(balancer, user(i)).address.host)

  it('sends a value to the same target, on any node', () => {
    const list = targetsOf(5)
    expect(homes(ring(upstream(byHeader), list), 200)).toEqual(homes(ring(upstream(byHeader), list.toReversed()), 200))
  })

  it.each([
    [10, 10000],
    [50, 10000],
    [5, 10],
  ])('moves about its share of the values when one of %i targets goes', (count, slots) => {
    const list = targetsOf(count)
    const entity = upstream({ ...byHeader, slots })
    const before = homes(ring(entity, list), 4000)
    const after = homes(ring(entity, list.slice(1)), 4000)
    const moved = before.filter((host, i) => host !== after[i]).length / 4000
    expect(moved).toBeGreaterThan(0.3 / count)
    expect(moved).toBeLessThan(3 / count)
  })

  it('gives each target about the share of its weight', () => {
    const list = [target('10.0.0.1:80', 100), target('10.0.0.2:80', 100), target('10.0.0.3:80', 200)]
    const counts = tally(ring(upstream(byHeader), list), 8000, user)
    expect((counts.get('10.0.0.3') ?? 0) / 8000).toBeCloseTo(0.5, 0)
    expect((counts.get('10.0.0.1') ?? 0) / 8000).toBeGreaterThan(0.15)
  })

  it('returns to its target once that is healthy again', () => {
    const balancer = ring(upstream({ ...byHeader, healthchecks: oneStrike }), targetsOf(5))
    const home = fail(pickNow(balancer, user(1))).address.host
    const refuge = pickNow(balancer, user(1)).address.host
    expect(refuge).not.toBe(home)
    expect(pickNow(balancer, user(1)).address.host).toBe(refuge)
    for (const address of balancer.addresses()) balancer.health.set(address, true)
    expect(pickNow(balancer, user(1)).address.host).toBe(home)
  })

  it.each([
    ['consumer', {}, (value: string) => pickContext({ consumer: value })],
    ['ip', {}, (value: string) => pickContext({ ip: value })],
    ['path', {}, (value: string) => pickContext({ path: value })],
    [
      'header',
      { hash_on_header: 'k' },
      (value: string) => pickContext({ header: (n) => (n === 'k' ? value : undefined) }),
    ],
    [
      'cookie',
      { hash_on_cookie: 'k' },
      (value: string) => pickContext({ cookie: (n) => (n === 'k' ? value : undefined) }),
    ],
    [
      'query_arg',
      { hash_on_query_arg: 'k' },
      (value: string) => pickContext({ query: (n) => (n === 'k' ? value : undefined) }),
    ],
    [
      'uri_capture',
      { hash_on_uri_capture: 'k' },
      (value: string) => pickContext({ uriCapture: (n) => (n === 'k' ? value : undefined) }),
    ],
  ])('hashes on %s', (input, fields, context) => {
    const balancer = ring(upstream({ algorithm: 'consistent-hashing', hash_on: input, ...fields }), targetsOf(8))
    const values = Array.from({ length: 64 }, (_, i) => `value-${i}`)
    const first = values.map((value) => pickNow(balancer, context(value)).address.host)
    expect(new Set(first).size).toBeGreaterThan(5)
    expect(values.map((value) => pickNow(balancer, context(value)).address.host)).toEqual(first)
  })

  it('falls back on the second property, and on nothing at all', () => {
    const balancer = ring(upstream({ ...byHeader, hash_fallback: 'ip' }), targetsOf(8))
    const hosts = Array.from(
      { length: 40 },
      (_, i) => pickNow(balancer, pickContext({ ip: `10.1.0.${i}` })).address.host,
    )
    expect(new Set(hosts).size).toBeGreaterThan(4)
    const bare = ring(upstream(byHeader), targetsOf(8))
    expect(tally(bare, 20).size).toBe(1)
  })

  it('gives a client without the cookie one, the same for all tries of its request', () => {
    const entity = upstream({
      algorithm: 'consistent-hashing',
      hash_on: 'cookie',
      hash_on_cookie: 'home',
      hash_on_cookie_path: '/api',
    })
    const balancer = ring(entity, targetsOf(8))
    const cookies: string[] = []
    const context = pickContext({ setCookie: (value) => cookies.push(value) })
    const first = pickNow(balancer, context).address.host
    expect(pickNow(balancer, context).address.host).toBe(first)
    expect(cookies).toHaveLength(1)
    const value = /^home=([0-9a-f-]{36}); Path=\/api; SameSite=Lax; HttpOnly$/.exec(cookies[0] ?? '')?.[1]
    const returning = pickContext({ cookie: () => value, setCookie: (again) => cookies.push(again) })
    expect(pickNow(balancer, returning).address.host).toBe(first)
    expect(cookies).toHaveLength(1)
  })
})

describe('sticky-sessions', () => {
  const settings = { algorithm: 'sticky-sessions', sticky_sessions_cookie: 'pin', healthchecks: oneStrike }

  it('keeps a client at its target until that goes down, and then gives it another', () => {
    const balancer = ring(upstream(settings), targetsOf(5))
    let jar = ''
    const client = pickContext({
      cookie: (name) => (name === 'pin' && jar !== '' ? jar : undefined),
      setCookie: (value) => {
        jar = /^pin=([^;]+);/.exec(value)?.[1] ?? ''
      },
    })
    const home = pickNow(balancer, client).address.host
    expect(jar).not.toContain(home)
    expect(tally(balancer, 20, () => client)).toEqual(new Map([[home, 20]]))
    const pinned = jar
    fail(pickNow(balancer, client))
    const refuge = pickNow(balancer, client).address.host
    expect(refuge).not.toBe(home)
    expect(jar).not.toBe(pinned)
    expect(pickNow(balancer, client).address.host).toBe(refuge)
  })
})
