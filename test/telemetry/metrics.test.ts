import { threadId } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { ResourceScope } from '../../src/pdk/resources.ts'
import { aggregate, metricsIn, metricsOf } from '../../src/telemetry/metrics.ts'
import { type NodeFacts, registerNodeMetrics } from '../../src/telemetry/node-metrics.ts'

const scopes: ResourceScope[] = []
function newScope(): ResourceScope {
  const scope = new ResourceScope()
  scopes.push(scope)
  return scope
}
afterEach(async () => {
  for (const scope of scopes.splice(0)) await scope.close()
})

async function scrape(...from: ResourceScope[]): Promise<string[]> {
  // As it goes between threads.
  const list = await Promise.all(from.map(async (scope) => structuredClone(await metricsOf(scope))))
  return (await aggregate(list)).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

const counter = { name: 'kong_c', help: 'c', labels: ['a', 'b'] }
const histogram = { name: 'kong_h', help: 'h', labels: ['a'], buckets: [1, 2.5, 10] }
const errors = 'kong_nginx_metric_errors_total 0'

describe('families', () => {
  it('keeps a series for each set of labels', async () => {
    const scope = newScope()
    const family = metricsIn(scope).counter(counter)
    family.cell(['1', '2']).add(3)
    family.cell(['1', '2']).add(0.5)
    family.cell(['1"\n\\', ',b:2']).add(1)
    expect(await scrape(scope)).toEqual([errors, 'kong_c{a="1",b="2"} 3.5', 'kong_c{a="1\\"\\n\\\\",b=",b:2"} 1'])
  })

  it('does not confuse labels that look alike when joined', async () => {
    const scope = newScope()
    const family = metricsIn(scope).counter(counter)
    family.cell(['1,2', '3']).add(1)
    family.cell(['1', '2,3']).add(1)
    expect(await scrape(scope)).toHaveLength(3)
  })

  it('puts observations into the first bucket that is not below them', async () => {
    const scope = newScope()
    const cell = metricsIn(scope).histogram(histogram).cell(['x'])
    for (const value of [0, 1, 2, 10, 10.1]) cell.observe(value)
    expect(await scrape(scope)).toEqual([
      errors,
      'kong_h_bucket{a="x",le="1"} 2',
      'kong_h_bucket{a="x",le="2.5"} 3',
      'kong_h_bucket{a="x",le="10"} 4',
      'kong_h_bucket{a="x",le="+Inf"} 5',
      'kong_h_sum{a="x"} 23.1',
      'kong_h_count{a="x"} 5',
    ])
  })

  it('gives the same family to all who ask for the name, and one for each gateway', () => {
    const [one, other] = [metricsIn(newScope()), metricsIn(newScope())]
    expect(one.counter(counter)).toBe(one.counter(counter))
    expect(one.histogram(histogram)).toBe(one.histogram(histogram))
    expect(one.counter(counter)).not.toBe(other.counter(counter))
  })

  it('refuses to call a counter a histogram', () => {
    const metrics = metricsIn(newScope())
    metrics.counter(counter)
    expect(() => metrics.histogram({ ...histogram, name: counter.name })).toThrow('already been registered')
  })

  it('bounds the series of a family and counts what had no place', async () => {
    const scope = newScope()
    const family = metricsIn(scope).counter(counter)
    for (let index = 0; index < 20_002; index++) family.cell([String(index), '']).add(1)
    const lines = await scrape(scope)
    expect(lines[0]).toBe('kong_nginx_metric_errors_total 2')
    expect(lines).toHaveLength(20_001)
  })

  it('shows no family that has no value', async () => {
    const scope = newScope()
    metricsIn(scope).counter(counter)
    expect(await aggregate([await metricsOf(scope)])).not.toContain('kong_c')
  })
})

describe('several threads', () => {
  it('sums counters and histograms, and treats gauges each in its way', async () => {
    const [one, other] = [newScope(), newScope()]
    for (const [index, scope] of [one, other].entries()) {
      const metrics = metricsIn(scope)
      metrics
        .counter(counter)
        .cell(['1', '2'])
        .add(1 + index)
      metrics
        .histogram(histogram)
        .cell(['x'])
        .observe(2 + index)
      for (const aggregator of ['sum', 'first', 'min', 'max'] as const) {
        metrics.gauge({ name: `kong_${aggregator}`, help: 'g', labels: [], aggregator, read: () => [[[], 5 + index]] })
      }
    }
    expect(await scrape(one, other)).toEqual([
      errors,
      'kong_c{a="1",b="2"} 3',
      'kong_h_bucket{a="x",le="1"} 0',
      'kong_h_bucket{a="x",le="2.5"} 1',
      'kong_h_bucket{a="x",le="10"} 2',
      'kong_h_bucket{a="x",le="+Inf"} 2',
      'kong_h_sum{a="x"} 5',
      'kong_h_count{a="x"} 2',
      'kong_sum 11',
      'kong_first 5',
      'kong_min 5',
      'kong_max 6',
    ])
  })
})

describe('the node', () => {
  const facts: NodeFacts = {
    nodeId: 'n-1',
    version: '1.2.3',
    requests: () => 7,
    connections: () => ({ accepted: 5, active: 3, writing: 1 }),
    datastoreReachable: () => true,
    targets: () => [{ upstream: 'u', target: 'a.example:80', address: '10.0.0.1:80', state: 'unhealthy' }],
  }

  it("tells how it is, in Kong's words", async () => {
    const scope = newScope()
    registerNodeMetrics(scope, facts)
    const lines = await scrape(scope)
    const connection = (state: string, value: number) =>
      `kong_nginx_connections_total{node_id="n-1",subsystem="http",state="${state}"} ${value}`
    const target = (state: string, value: number) =>
      `kong_upstream_target_health{upstream="u",target="a.example:80",address="10.0.0.1:80",state="${state}",subsystem="http"} ${value}`
    expect(lines.filter((line) => !line.startsWith('kong_memory'))).toEqual([
      errors,
      'kong_node_info{node_id="n-1",version="1.2.3"} 1',
      'kong_datastore_reachable 1',
      'kong_nginx_requests_total{node_id="n-1",subsystem="http"} 7',
      connection('accepted', 5),
      connection('active', 3),
      connection('handled', 5),
      connection('reading', 0),
      connection('total', 7),
      connection('waiting', 2),
      connection('writing', 1),
      target('healthchecks_off', 0),
      target('healthy', 0),
      target('unhealthy', 1),
      target('dns_error', 0),
    ])
    const pid = threadId === 0 ? `${process.pid}` : `${process.pid}-${threadId}`
    const memory = lines.find((line) => line.startsWith('kong_memory')) ?? ''
    expect(memory).toContain(`kong_memory_workers_lua_vms_bytes{node_id="n-1",pid="${pid}",kong_subsystem="http"} `)
    expect(Number(memory.split(' ').at(-1))).toBeGreaterThan(1_000_000)
  })

  it('shows what is new at each scrape, and no targets where nobody asks for them', async () => {
    const scope = newScope()
    let reachable = true
    registerNodeMetrics(scope, { ...facts, datastoreReachable: () => reachable, targets: () => null })
    expect(await scrape(scope)).toContain('kong_datastore_reachable 1')
    reachable = false
    expect(await scrape(scope)).toContain('kong_datastore_reachable 0')
    expect((await scrape(scope)).join()).not.toContain('upstream_target_health')
  })

  it('may be registered anew', async () => {
    const scope = newScope()
    registerNodeMetrics(scope, facts)
    registerNodeMetrics(scope, { ...facts, version: '2.0.0' })
    expect((await scrape(scope)).filter((line) => line.startsWith('kong_node_info'))).toEqual([
      'kong_node_info{node_id="n-1",version="2.0.0"} 1',
    ])
  })
})
