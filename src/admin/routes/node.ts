/** What is told of the node itself. */

import { redactedSettings } from '../../settings/index.ts'
import { AdminError, json, message } from '../answer.ts'
import { emptyHash, type Store } from '../collections/catalog.ts'
import type { AdminContext } from '../context.ts'
import type { Endpoints, Handler } from '../endpoints.ts'
import { memorySize } from './memory-size.ts'

/** `/`, `/status`, `/endpoints`, `/metrics` and the log level. */
export function addNode(endpoints: Endpoints, context: AdminContext, store: Store): void {
  endpoints.add('/', { GET: async () => json(await nodeInformation(context, store)) })
  endpoints.add('/status', { GET: statusHandler(context) })
  endpoints.add('/metrics', { GET: metricsHandler(context) })
  endpoints.add('/endpoints', { GET: () => json({ data: endpoints.paths() }) })
  endpoints.add('/debug/node/log-level', { GET: () => message(`log level: ${context.settings.log_level}`) })
  endpoints.add('/debug/node/log-level/:level', {
    PUT() {
      throw new AdminError(405, 'cannot change log level when not using a database')
    },
  })
}

async function nodeInformation(context: AdminContext, store: Store): Promise<object> {
  const { settings, registry, version, nodeId, hostname } = context
  const workers = await context.workers()
  const available = registry
    .all()
    .map(({ name, priority, version: own }) => [name, { priority, version: own ?? version }])
  return {
    version,
    tagline: 'Welcome to Tollgate',
    edition: 'community',
    hostname,
    node_id: nodeId,
    pids: { master: process.pid, workers: [...new Set(workers.map(({ pid }) => pid))] },
    timers: { running: 0, pending: 0 },
    plugins: {
      available_on_server: Object.fromEntries(available),
      enabled_in_cluster: [...new Set(store.entities().plugins.map(({ name }) => name))].toSorted(),
    },
    // `database` and `role` are no settings here, but tools look at them to learn what a node can do.
    configuration: { ...redactedSettings(settings), database: 'off', role: 'traditional' },
  }
}

/**
 * `/status`, for both the Admin and the Status API. Kong's connections_accepted and connections_handled are not there:
 * nothing counts them.
 */
export function statusHandler(context: AdminContext): Handler {
  return async function answerStatus(c) {
    const format = memorySize(c.req.query('unit'), c.req.query('scale'))
    const workers = await context.workers()
    const sum = (pick: (worker: (typeof workers)[number]) => number) =>
      workers.reduce((total, worker) => total + pick(worker), 0)
    const connections = sum((worker) => worker.connections)
    const running = sum((worker) => worker.running)
    return json({
      memory: {
        workers_lua_vms: workers.map(({ heapUsed, pid, thread }) => ({
          http_allocated_gc: format(heapUsed),
          pid,
          thread,
        })),
        lua_shared_dicts: {},
      },
      server: {
        connections_active: connections,
        connections_reading: 0,
        connections_writing: running,
        connections_waiting: Math.max(0, connections - running),
        total_requests: sum((worker) => worker.requests),
      },
      configuration_hash: context.config()?.hash ?? emptyHash,
    })
  }
}

export function metricsHandler(context: AdminContext): Handler {
  return async function answerMetrics() {
    const text = await context.metrics()
    return new Response(text, { headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' } })
  }
}
