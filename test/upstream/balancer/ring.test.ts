import { describe, expect, it } from 'vitest'
import { Resolver, type SrvRecord } from '../../../src/upstream/resolve.ts'
import { pickContext } from '../support.ts'
import { oneStrike, pickNow, ring, seeded, tally, target, targetsOf, upstream } from './support.ts'

const noPeer = expect.objectContaining({ code: 'TOLL_NO_PEER' })

function dns(names: Record<string, string[]>, clock: { now: number }, srv: SrvRecord[] = []) {
  return new Resolver({
    ttl: 100,
    errorTtl: 10,
    now: () => clock.now,
    lookup: async (name) => names[name] ?? [],
    resolveSrv: async () => srv,
  })
}

describe('a ring', () => {
  it('says what host_header says', () => {
    expect(pickNow(ring(upstream(), targetsOf(1))).hostHeader).toBeUndefined()
    expect(pickNow(ring(upstream({ host_header: 'site.test' }), targetsOf(1))).hostHeader).toBe('site.test')
  })

  it('leases IPv6 targets without their brackets', () => {
    const { address } = pickNow(ring(upstream(), [target('[::1]:8080')]))
    expect(address).toEqual({ host: '::1', port: 8080, hostname: '::1' })
  })

  it('lets nothing through once less than the threshold is healthy', () => {
    const entity = upstream({ healthchecks: { ...oneStrike, threshold: 50 } })
    const balancer = ring(entity, targetsOf(3))
    expect(balancer.isHealthy()).toBe(true)
    const first = pickNow(balancer)
    first.failed('tcp')
    const second = pickNow(balancer, pickContext(), [first.address])
    second.failed('tcp')
    expect(balancer.isHealthy()).toBe(false)
    expect(() => pickNow(balancer)).toThrow(noPeer)
  })

  it('takes failover targets only while no other is healthy', () => {
    const list = [target('10.0.0.1:80'), target('10.0.0.2:80'), target('10.0.0.9:80', 100, { failover: true })]
    const balancer = ring(upstream({ healthchecks: oneStrike }), list)
    expect([...tally(balancer, 100).keys()].sort()).toEqual(['10.0.0.1', '10.0.0.2'])
    for (let i = 0; i < 2; i++) pickNow(balancer).failed('tcp')
    expect(tally(balancer, 20)).toEqual(new Map([['10.0.0.9', 20]]))
    for (const address of balancer.addresses()) balancer.health.set(address, true)
    expect(tally(balancer, 20).has('10.0.0.9')).toBe(false)
  })

  it('leaves failover targets out where the algorithm pins clients', () => {
    const list = [target('10.0.0.9:80', 100, { failover: true })]
    const balancer = ring(upstream({ algorithm: 'consistent-hashing', hash_on: 'ip' }), list)
    expect(() => pickNow(balancer)).toThrow(noPeer)
  })

  it('counts a lease once, however often it is settled', () => {
    const entity = upstream({ healthchecks: { passive: { unhealthy: { tcp_failures: 2, http_failures: 2 } } } })
    const balancer = ring(entity, targetsOf(1))
    const lease = pickNow(balancer)
    lease.failed('tcp')
    lease.failed('tcp')
    lease.answered(500, 1)
    expect(balancer.addresses()[0]?.health).toMatchObject({ state: 'mostly_healthy', tcp: 1, http: 0 })
    const other = pickNow(balancer)
    other.answered(500, 1)
    other.failed('tcp')
    expect(balancer.addresses()[0]?.health).toMatchObject({ state: 'mostly_healthy', tcp: 1, http: 1 })
  })
})

describe('a target that is a name', () => {
  it('stands for all its addresses, each with the weight of the target', async () => {
    const resolver = dns({ 'a.test': ['10.0.0.1', '10.0.0.2'] }, { now: 0 })
    const balancer = ring(upstream(), [target('a.test:8080', 10), target('10.0.0.3:80', 10)], { resolver })
    await balancer.ready()
    expect(Object.fromEntries(tally(balancer, 30))).toEqual({ '10.0.0.1': 10, '10.0.0.2': 10, '10.0.0.3': 10 })
    const lease = pickNow(balancer, pickContext(), [{ host: '10.0.0.3', port: 80, hostname: '' }])
    expect(lease.address).toMatchObject({ port: 8080, hostname: 'a.test' })
  })

  it('makes the first request wait for its address', async () => {
    const balancer = ring(upstream(), [target('a.test:80')], { resolver: dns({ 'a.test': ['10.0.0.1'] }, { now: 0 }) })
    expect((await balancer.pick(pickContext(), [])).address.host).toBe('10.0.0.1')
  })

  it('that is unknown leaves the ring without a peer', async () => {
    const balancer = ring(upstream(), [target('nowhere.test:80')], { resolver: dns({}, { now: 0 }) })
    await expect(balancer.pick(pickContext(), [])).rejects.toEqual(noPeer)
    expect(() => pickNow(balancer)).toThrow(noPeer)
  })

  it('is looked up again, and its new addresses taken over', async () => {
    const clock = { now: 1000 }
    const names = { 'a.test': ['10.0.0.1', '10.0.0.2'] }
    const entity = upstream({ healthchecks: oneStrike })
    const balancer = ring(entity, [target('a.test:80')], { resolver: dns(names, clock), now: () => clock.now })
    await balancer.ready()
    const down = pickNow(balancer)
    down.failed('tcp')
    names['a.test'] = [down.address.host, '10.0.0.7']
    expect([...tally(balancer, 10).keys()]).not.toContain('10.0.0.7')
    clock.now += 150
    pickNow(balancer)
    await balancer.ready()
    expect([...tally(balancer, 10).keys()]).toEqual(['10.0.0.7'])
  })

  it('keeps its addresses while it does not resolve', async () => {
    const clock = { now: 1000 }
    const names: Record<string, string[]> = { 'a.test': ['10.0.0.1'] }
    const balancer = ring(upstream(), [target('a.test:80')], { resolver: dns(names, clock), now: () => clock.now })
    await balancer.ready()
    names['a.test'] = []
    clock.now += 150
    pickNow(balancer)
    await balancer.ready()
    expect(balancer.members[0]?.failed).toBe(true)
    expect(pickNow(balancer).address.host).toBe('10.0.0.1')
  })

  it('may name SRV records, whose ports, weights and names count', async () => {
    const records = [
      { name: 'one.test', port: 81, priority: 1, weight: 3 },
      { name: 'two.test', port: 82, priority: 1, weight: 1 },
    ]
    const resolver = dns({ 'one.test': ['10.0.0.1'], 'two.test': ['10.0.0.2'] }, { now: 0 }, records)
    const balancer = ring(upstream({ use_srv_name: true }), [target('_http._tcp.a.test:80')], { resolver })
    await balancer.ready()
    expect(Object.fromEntries(tally(balancer, 40))).toEqual({ '10.0.0.1': 30, '10.0.0.2': 10 })
    const lease = pickNow(balancer, pickContext(), [{ host: '10.0.0.2', port: 82, hostname: '' }])
    expect(lease.address).toEqual({ host: '10.0.0.1', port: 81, hostname: 'one.test' })
  })
})

describe('a reload', () => {
  it('keeps health, connections and averages of the addresses that stay', async () => {
    const entity = upstream({ algorithm: 'latency', healthchecks: oneStrike })
    const list = targetsOf(3)
    const previous = ring(entity, list)
    const down = pickNow(previous)
    down.failed('tcp')
    const open = pickNow(previous, pickContext(), [down.address])
    open.answered(200, 400)
    const fast = pickNow(previous, pickContext(), [down.address, open.address])
    fast.answered(200, 1)

    const balancer = ring(entity, [...list.slice(0, 3), target('10.0.0.4:80')], { previous, random: seeded(2) })
    expect(balancer.addresses().filter(({ usable }) => !usable)).toEqual([
      expect.objectContaining({ ip: down.address.host }),
    ])
    expect(pickNow(balancer).address.host).toBe(fast.address.host)
  })

  it('counts an exchange that began before it and ends after it', () => {
    const entity = upstream({ algorithm: 'least-connections' })
    const previous = ring(entity, targetsOf(2))
    const busy = pickNow(previous)
    const balancer = ring(entity, targetsOf(2), { previous })
    const other = pickNow(balancer).address.host
    expect(other).not.toBe(busy.address.host)
    busy.release()
    expect(pickNow(balancer).address.host).toBe(busy.address.host)
  })

  it('keeps the health of names that are still being looked up', async () => {
    const clock = { now: 1000 }
    const entity = upstream({ healthchecks: oneStrike })
    const names = { 'a.test': ['10.0.0.1', '10.0.0.2'] }
    const list = [target('10.0.0.3:80'), target('a.test:80')]
    const previous = ring(entity, list, { resolver: dns(names, clock) })
    await previous.ready()
    const down = pickNow(previous, pickContext(), [{ host: '10.0.0.3', port: 80, hostname: '' }])
    down.failed('tcp')
    const balancer = ring(entity, list, { resolver: dns(names, clock), previous })
    await balancer.ready()
    expect(tally(balancer, 20).has(down.address.host)).toBe(false)
  })

  it('forgets what checks have found once they are turned off', () => {
    const list = targetsOf(1)
    const previous = ring(upstream({ healthchecks: oneStrike }), list)
    pickNow(previous).failed('tcp')
    expect(pickNow(ring(upstream(), list, { previous })).address.host).toBe('10.0.0.1')
  })
})
