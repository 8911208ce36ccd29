import { get } from 'node:http'
import { afterEach, expect, it, vi } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { reportProblems } from '../../src/config/report.ts'
import { SharedCounters } from '../../src/counters/shared-counters.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { Redactor } from '../../src/secrets/redact.ts'
import { LocalPlane } from '../../src/server/local-plane.ts'
import { readSettings } from '../../src/settings/index.ts'
import { PluginRegistry } from '../../src/snapshot/plugin-registry.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { aggregate } from '../../src/telemetry/metrics.ts'

let plane: LocalPlane | undefined
afterEach(async () => {
  await plane?.close(0)
  plane = undefined
})

async function start(config: object): Promise<{ plane: LocalPlane; url: string }> {
  const read = readSettings({ argv: ['--proxy-listen', '127.0.0.1:0'], env: {}, readFile: () => '' })
  if (!read.ok) throw new Error(read.problems.join('\n'))
  const registry = new PluginRegistry(bundledPlugins)
  const redactor = new Redactor()
  const sink = { write: () => {}, flushSync: () => {} }
  plane = new LocalPlane({
    settings: read.settings,
    registry,
    redactor,
    logger: createLogger({ level: 'error', redact: (text) => text, sink }),
    counters: SharedCounters.create({ slots: 16 }),
    version: '1.2.3',
    nodeId: 'n-1',
    env: {},
    shared: false,
  })
  const loaded = loadConfig(JSON.stringify({ _format_version: '3.0', ...config }), { catalog: registry.catalog() })
  if (!loaded.ok) throw new Error(reportProblems(loaded.problems, 'config'))
  await plane.apply(loaded.config)
  const [url = ''] = await plane.listen()
  return { plane, url }
}

async function lines(from: LocalPlane, start: string): Promise<string[]> {
  const text = await aggregate([...(await from.metrics())])
  return text.split('\n').filter((line) => line.startsWith(start))
}

it('counts connections and requests of the thread', async () => {
  const { plane, url } = await start({})
  await new Promise<void>((resolve, reject) => {
    get(url, { agent: false }, (incoming) => incoming.resume().on('end', resolve)).on('error', reject)
  })
  const connection = (state: string, value: number) =>
    `kong_nginx_connections_total{node_id="n-1",subsystem="http",state="${state}"} ${value}`
  await vi.waitFor(async () => {
    const found = await lines(plane, 'kong_nginx_connections_total')
    expect(found).toEqual(
      expect.arrayContaining([connection('accepted', 1), connection('total', 1), connection('active', 0)]),
    )
  })
  expect(await lines(plane, 'kong_nginx_requests_total')).toEqual([
    'kong_nginx_requests_total{node_id="n-1",subsystem="http"} 1',
  ])
  expect(await lines(plane, 'kong_node_info')).toEqual(['kong_node_info{node_id="n-1",version="1.2.3"} 1'])
  expect(await lines(plane, 'kong_datastore_reachable')).toEqual(['kong_datastore_reachable 1'])
})

const upstreams = [
  { name: 'off', targets: [{ target: '127.0.0.1:81' }] },
  {
    name: 'checked',
    healthchecks: { passive: { unhealthy: { tcp_failures: 1 } } },
    targets: [{ target: '127.0.0.1:82' }, { target: '[::1]:83' }],
  },
]

it('shows the health of targets where a plugin asks for it', async () => {
  const { plane } = await start({
    upstreams,
    plugins: [{ name: 'prometheus', config: { upstream_health_metrics: true } }],
  })
  await plane.gateway.snapshot?.upstreams.ready()
  await plane.setTargetHealth('checked', '127.0.0.1:82', false)
  const shown = (await lines(plane, 'kong_upstream_target_health'))
    .filter((line) => line.endsWith(' 1'))
    .map((line) => /upstream="(\w+)".*address="([^"]*)",state="(\w+)"/.exec(line)?.slice(1))
  expect(shown).toEqual([
    ['off', '127.0.0.1:81', 'healthchecks_off'],
    ['checked', '127.0.0.1:82', 'unhealthy'],
    ['checked', '[::1]:83', 'healthy'],
  ])
})

it('shows no targets where no plugin does', async () => {
  const { plane } = await start({ upstreams, plugins: [{ name: 'prometheus' }] })
  expect(await lines(plane, 'kong_upstream_target_health')).toEqual([])
})
