import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Target } from '../../src/entities/target.ts'
import type { Upstream } from '../../src/entities/upstream.ts'
import { Upstreams, type UpstreamsOptions } from '../../src/upstream/index.ts'
import { Pools } from '../../src/upstream/pools.ts'
import { Resolver } from '../../src/upstream/resolve.ts'
import { oneStrike, pickNow, target, targetsOf, upstream } from './balancer/support.ts'
import { listen, pickContext } from './support.ts'

let pools: Pools
let options: UpstreamsOptions

beforeEach(() => {
  pools = new Pools()
  options = {
    pools,
    resolver: new Resolver({ lookup: async (name) => (name === 'a.test' ? ['10.9.0.1', '10.9.0.2'] : []) }),
  }
})

afterEach(() => pools.destroy())

function build(
  entity: Upstream,
  list: readonly Target[],
  previous?: Upstreams,
  changes: Partial<UpstreamsOptions> = {},
) {
  return new Upstreams([entity], new Map([[entity.id, list]]), { ...options, ...changes }, previous)
}

describe('a host', () => {
  it('that is the name of an upstream is one of its targets, at the port of the target', () => {
    const upstreams = build(upstream({ name: 'my-api' }), targetsOf(1))
    expect(pickNow(upstreams.balancer('my-api', 443)).address).toMatchObject({ host: '10.0.0.1', port: 80 })
    expect(upstreams.names()).toEqual(['my-api'])
  })

  it('that is no such name is resolved', async () => {
    const upstreams = build(upstream(), targetsOf(1))
    const balancer = upstreams.balancer('a.test', 443)
    expect(upstreams.balancer('a.test', 443)).toBe(balancer)
    expect(upstreams.balancer('a.test', 80)).not.toBe(balancer)
    const { address } = await balancer.pick(pickContext(), [])
    expect(address).toMatchObject({ port: 443, hostname: 'a.test' })
  })
})

describe('health', () => {
  it('is reported for each target and address, in the words of the Admin API', async () => {
    const list = [target('10.0.0.1:80', 10), target('a.test:8080', 20), target('b.test:80'), target('10.0.0.2:80', 0)]
    const upstreams = build(upstream({ healthchecks: oneStrike }), list)
    await upstreams.ready()
    expect(upstreams.healthOf('up')?.map(({ health }) => health)).toEqual([
      'HEALTHY',
      'HEALTHY',
      'DNS_ERROR',
      'HEALTHCHECKS_OFF',
    ])
    expect(upstreams.setHealth('up', 'a.test:8080', false, '10.9.0.1:8080')).toBe(true)
    expect(upstreams.healthOf('up')?.[1]).toEqual({
      target: list[1],
      health: 'HEALTHY',
      data: {
        addresses: [
          { ip: '10.9.0.1', port: 8080, weight: 20, health: 'UNHEALTHY' },
          { ip: '10.9.0.2', port: 8080, weight: 20, health: 'HEALTHY' },
        ],
        dns: 'A',
        host: 'a.test',
        port: 8080,
        nodeWeight: 20,
        weight: { total: 40, available: 20, unavailable: 20 },
      },
    })
    expect(upstreams.healthOf('up')?.[2]?.data).toMatchObject({ addresses: [], dns: 'dns server error' })
    expect(upstreams.setHealth('up', list[1]?.id ?? '', false)).toBe(true)
    expect(upstreams.healthOf('up')?.[1]?.health).toBe('UNHEALTHY')
    expect(upstreams.balancerHealthOf('up')).toMatchObject({ health: 'HEALTHY', balancer_health: 'HEALTHY' })
    upstreams.setHealth('up', '10.0.0.1:80', false)
    expect(upstreams.balancerHealthOf('up')).toMatchObject({ health: 'UNHEALTHY', balancer_health: 'UNHEALTHY' })
    expect(() => pickNow(upstreams.balancer('up', 80))).toThrow(expect.objectContaining({ code: 'TOLL_NO_PEER' }))
  })

  it('is off where nothing is checked, and cannot be set then', () => {
    const upstreams = build(upstream(), [target('[::1]:80')])
    expect(upstreams.healthOf('up')).toMatchObject([
      { health: 'HEALTHCHECKS_OFF', data: { dns: 'AAAA', host: '::1', addresses: [{ health: 'HEALTHCHECKS_OFF' }] } },
    ])
    expect(upstreams.balancerHealthOf('up')).toMatchObject({ health: 'HEALTHCHECKS_OFF', balancer_health: 'HEALTHY' })
    expect(upstreams.setHealth('up', '[::1]:80', false)).toBe(false)
  })

  it('of what does not exist is neither known nor set', () => {
    const upstreams = build(upstream({ healthchecks: oneStrike }), [target('[::1]:80')])
    expect(upstreams.healthOf('other')).toBeUndefined()
    expect(upstreams.balancerHealthOf('other')).toBeUndefined()
    expect(upstreams.setHealth('other', '[::1]:80', false)).toBe(false)
    expect(upstreams.setHealth('up', '[::2]:80', false)).toBe(false)
    expect(upstreams.setHealth('up', '[::1]:80', false, '[::1]:81')).toBe(false)
    expect(upstreams.setHealth('up', '[::1]:80', false, '[::1]:80')).toBe(true)
  })

  it('outlives a reload, and so does the resolver', () => {
    const entity = upstream({ healthchecks: oneStrike })
    const first = build(entity, targetsOf(2))
    first.setHealth('up', '10.0.0.1:80', false)
    const second = new Upstreams([entity], new Map([[entity.id, targetsOf(2)]]), { pools }, first)
    expect(second.resolver).toBe(first.resolver)
    expect(second.healthOf('up')?.map(({ health }) => health)).toEqual(['UNHEALTHY', 'HEALTHY'])
  })
})

it('checks actively from start to stop', async () => {
  let probes = 0
  const server = createServer((_, response) => {
    probes += 1
    response.writeHead(500).end()
  })
  const port = await listen(server)
  const active = { healthy: { interval: 0.01 }, unhealthy: { interval: 0.01, http_failures: 2 } }
  const changes: unknown[] = []
  const upstreams = build(upstream({ healthchecks: { active } }), [target(`127.0.0.1:${port}`)], undefined, {
    onHealthChange: (change) => changes.push(change),
  })
  expect(probes).toBe(0)
  upstreams.start()
  await expect
    .poll(() => changes)
    .toEqual([{ upstream: 'up', ip: '127.0.0.1', port, hostname: '127.0.0.1', healthy: false }])
  upstreams.stop()
  expect(probes).toBeGreaterThanOrEqual(2)
  await new Promise((resolve) => server.close(resolve).closeAllConnections())
})
