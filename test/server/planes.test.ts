/** Data planes: one in this thread, and one of several threads behind the same port. */

import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SharedCounters } from '../../src/counters/shared-counters.ts'
import { definePlugin, z } from '../../src/pdk/index.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { Redactor } from '../../src/secrets/redact.ts'
import type { DataPlane } from '../../src/server/data-plane.ts'
import { LocalPlane } from '../../src/server/local-plane.ts'
import { ThreadPlane } from '../../src/server/thread-plane.ts'
import { PluginRegistry } from '../../src/snapshot/plugin-registry.ts'
import { aggregate } from '../../src/telemetry/metrics.ts'
import { listenLocally, portOf } from '../support/listen-locally.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'
import { configOf, get, listening, registry, settingsOf, terminating } from './support.ts'

const counters = () => SharedCounters.create({ slots: 64 })

function local(): { plane: DataPlane; lines: string[] } {
  const { logger, lines } = listening()
  const common = { settings: settingsOf(), logger, counters: counters(), version: '1.2.3', nodeId: 'n-1' }
  const plane = new LocalPlane({ ...common, registry, redactor: new Redactor(), env: {}, shared: false })
  return { plane, lines }
}

function threads(count = 2): { plane: DataPlane; lines: string[] } {
  const { logger, lines } = listening()
  const settings = settingsOf({ log_level: 'crit' })
  return {
    plane: new ThreadPlane({ settings, logger, counters: counters(), version: '1.2.3', nodeId: 'n-1', count }),
    lines,
  }
}

const withUpstream = terminating('up', {
  upstreams: [
    {
      name: 'api.test',
      targets: [{ target: '127.0.0.1:1' }],
      healthchecks: { passive: { unhealthy: { tcp_failures: 1 } } },
    },
  ],
})
const circle = terminating('circle', {
  plugins: [
    { name: 'cors', ordering: { before: { access: ['acl'] } } },
    { name: 'acl', config: { allow: ['a'] }, ordering: { before: { access: ['cors'] } } },
  ],
})

/** A plugin that ends its thread when it is asked to. */
const crashing = `
import { definePlugin, z } from 'tollgate'
export default definePlugin({
  name: 'crash', priority: 9, config: z.object({}),
  access(kong) {
    if (kong.request.getHeader('x-crash') === undefined) return
    setImmediate(() => { throw new Error('crashed on purpose') })
    return new Promise<void>(() => {})
  },
})
`

describe.each([
  ['in this thread', local, 1],
  ['of threads', threads, 2],
] as const)('a data plane %s', (_, make, count) => {
  it('serves what is applied, tells of itself, and keeps what it has when an apply fails', async () => {
    const { plane } = make()
    onTestFinished(() => plane.close(0))
    const [url = ''] = await plane.listen()
    expect((await get(url)).status).toBe(503)
    await plane.apply(configOf(withUpstream))
    expect((await get(url)).text).toBe('up')
    await expect(plane.apply(configOf(circle))).rejects.toThrow('wait for one another')
    expect((await get(url)).text).toBe('up')

    const status = await plane.status()
    expect(status).toHaveLength(count)
    expect(new Set(status.map(({ thread }) => thread)).size).toBe(count)
    expect(status.reduce((sum, { requests }) => sum + requests, 0)).toBe(2)
    expect(status[0]).toMatchObject({ pid: process.pid, running: 0, heapUsed: expect.any(Number) })
    const metrics = await aggregate([...(await plane.metrics())])
    expect(metrics).toContain('kong_nginx_requests_total{node_id="n-1",subsystem="http"} 2')
  })

  it('knows and sets the health of targets', async () => {
    const { plane } = make()
    onTestFinished(() => plane.close(0))
    await plane.listen()
    await plane.apply(configOf(withUpstream))
    expect(await plane.upstreamHealth('nobody.test')).toBeNull()
    expect(await plane.setTargetHealth('api.test', '127.0.0.1:9', false)).toBe(false)
    expect(await plane.upstreamHealth('api.test')).toMatchObject({ targets: [{ health: 'HEALTHY' }] })
    expect(await plane.setTargetHealth('api.test', '127.0.0.1:1', false)).toBe(true)
    expect(await plane.upstreamHealth('api.test')).toMatchObject({ targets: [{ health: 'UNHEALTHY' }] })
  })

  it('ends, and nobody listens any more', async () => {
    const { plane } = make()
    const [url = ''] = await plane.listen()
    await plane.apply(configOf(terminating('x')))
    await get(url)
    await plane.close(1000)
    await expect(get(url)).rejects.toThrow('ECONNREFUSED')
  })
})

describe('a data plane in this thread', () => {
  it('cuts what is still under way once the time is over', async () => {
    const { plane, lines } = local()
    const [url = ''] = await plane.listen()
    const silent = createServer(() => {})
    await listenLocally(silent)
    onTestFinished(() => {
      silent.closeAllConnections()
      silent.close()
    })
    const service = { name: 's', url: `http://127.0.0.1:${portOf(silent)}`, routes: [{ paths: ['/'] }] }
    await plane.apply(configOf({ services: [service] }))
    const asking = get(url)
    asking.catch(() => undefined)
    await waitFor(async () => (await plane.status())[0]?.running === 1)
    await plane.close(20)
    await expect(asking).rejects.toThrow()
    expect(lines.join('')).toContain('cut short by the end of drain_timeout')
  })
})

describe('a data plane of threads', () => {
  it('replaces a thread that ended, with the same configuration and port', async () => {
    const folder = tempDir()
    onTestFinished(() => folder.remove())
    const path = join(folder.path, 'crash.ts')
    writeFileSync(path, crashing)
    const { logger, lines } = listening()
    const settings = settingsOf({ plugin_paths: path, log_level: 'crit' })
    const plane = new ThreadPlane({ settings, logger, counters: counters(), version: '1', nodeId: 'n', count: 2 })
    onTestFinished(() => plane.close(0))
    const [url = ''] = await plane.listen()
    const crash = definePlugin({ name: 'crash', priority: 9, config: z.object({}), access() {} })
    const known = new PluginRegistry([...bundledPlugins, crash])
    await plane.apply(configOf(terminating('up', { plugins: [{ name: 'crash' }] }), known))
    const before = new Set((await plane.status()).map(({ thread }) => thread))

    await expect(get(url, { headers: { 'x-crash': '1' } })).rejects.toThrow()
    const after = await waitFor(async () => {
      const now = (await plane.status()).map(({ thread }) => thread)
      return now.length === 2 && now.some((thread) => !before.has(thread)) && now
    })
    expect(after.filter((thread) => before.has(thread))).toHaveLength(1)
    expect(lines.join('')).toContain('a worker thread failed')
    for (let count = 0; count < 8; count += 1) expect((await get(url)).text).toBe('up')
  })

  it('rejects where its port is taken', async () => {
    const { plane } = local()
    onTestFinished(() => plane.close(0))
    const [url = ''] = await plane.listen()
    const { logger } = listening()
    const settings = settingsOf({ proxy_listen: new URL(url).host, log_level: 'crit' })
    const other = new ThreadPlane({ settings, logger, counters: counters(), version: '1', nodeId: 'n', count: 2 })
    await expect(other.listen()).rejects.toThrow('EADDRINUSE')
    await other.close(0)
  })
})
