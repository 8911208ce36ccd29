/** The gauges that say how a node is, whichever plugins it has: Kong's names, read when somebody looks. */

import { getHeapStatistics } from 'node:v8'
import { threadId } from 'node:worker_threads'
import type { ResourceScope } from '../pdk/resources.ts'
import { metricsIn } from './metrics.ts'

export interface Connections {
  /** Since the start. */
  readonly accepted: number
  /** Open now. */
  readonly active: number
  /** Open, with a request under way. */
  readonly writing: number
}

/** One address of one target; `state` is Kong's word in lower case. */
export interface TargetState {
  readonly upstream: string
  readonly target: string
  /** As in `10.0.0.1:80`; empty where the name was not found. */
  readonly address: string
  readonly state: 'healthchecks_off' | 'healthy' | 'unhealthy' | 'dns_error'
}

/** What the thread knows of itself; each function is called at every scrape. */
export interface NodeFacts {
  readonly nodeId: string
  readonly version: string
  /** Requests since the start. */
  readonly requests: () => number
  readonly connections: () => Connections | Promise<Connections>
  readonly datastoreReachable: () => boolean | Promise<boolean>
  /** Null where no plugin asks for `upstream_health_metrics`. */
  readonly targets: () => Iterable<TargetState> | null
}

const targetStates = ['healthchecks_off', 'healthy', 'unhealthy', 'dns_error'] as const

/** Registers the gauges of a node; to be called once by whoever starts a thread. */
export function registerNodeMetrics(scope: ResourceScope, facts: NodeFacts): void {
  const metrics = metricsIn(scope)
  const { nodeId, version } = facts
  metrics.gauge({
    name: 'kong_node_info',
    help: 'Node metadata information',
    labels: ['node_id', 'version'],
    aggregator: 'first',
    read: () => [[[nodeId, version], 1]],
  })
  metrics.gauge({
    name: 'kong_datastore_reachable',
    help: 'Datastore reachable, 0 is unreachable',
    labels: [],
    aggregator: 'min',
    read: async () => [[[], (await facts.datastoreReachable()) ? 1 : 0]],
  })
  metrics.gauge({
    name: 'kong_nginx_requests_total',
    help: 'Number of requests total',
    labels: ['node_id', 'subsystem'],
    read: () => [[[nodeId, 'http'], facts.requests()]],
  })
  metrics.gauge({
    name: 'kong_nginx_connections_total',
    help: 'Number of connections by subsystem',
    labels: ['node_id', 'subsystem', 'state'],
    read: async () => connectionRows(nodeId, await facts.connections(), facts.requests()),
  })
  metrics.gauge({
    name: 'kong_memory_workers_lua_vms_bytes',
    help: 'Heap in use, by worker thread',
    labels: ['node_id', 'pid', 'kong_subsystem'],
    read: () => [[[nodeId, threadId === 0 ? `${process.pid}` : `${process.pid}-${threadId}`, 'http'], heapInUse()]],
  })
  metrics.gauge({
    name: 'kong_upstream_target_health',
    help: 'Health status of targets of upstream. States = healthchecks_off|healthy|unhealthy|dns_error, value is 1 when state is populated.',
    labels: ['upstream', 'target', 'address', 'state', 'subsystem'],
    // Threads see for themselves; one that cannot reach a target is worth an alert.
    aggregator: 'max',
    read: () => targetRows(facts.targets() ?? []),
  })
}

function heapInUse(): number {
  return getHeapStatistics().used_heap_size
}

/** nginx's states. There is no reading and waiting apart from each other here: what is not answered waits. */
function connectionRows(
  nodeId: string,
  { accepted, active, writing }: Connections,
  requests: number,
): [string[], number][] {
  const states = {
    accepted,
    active,
    handled: accepted,
    reading: 0,
    total: requests,
    waiting: Math.max(0, active - writing),
    writing,
  }
  return Object.entries(states).map(([state, value]) => [[nodeId, 'http', state], value])
}

function* targetRows(targets: Iterable<TargetState>): Generator<[string[], number]> {
  for (const { upstream, target, address, state } of targets) {
    for (const one of targetStates) yield [[upstream, target, address, one, 'http'], one === state ? 1 : 0]
  }
}
