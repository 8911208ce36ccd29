/** What a thread knows of itself, gathered for its gauges when somebody looks. */

import type { Server } from 'node:http'
import type { Connections, NodeFacts, TargetState } from '../telemetry/node-metrics.ts'
import type { Upstreams } from '../upstream/index.ts'
import type { Gateway } from './gateway.ts'
import { openConnections } from './listener.ts'

/** Counts the connections of a thread's listeners. */
export class ConnectionCount {
  #accepted = 0
  readonly #servers: Server[] = []

  watch(server: Server): void {
    this.#servers.push(server)
    server.on('connection', () => {
      this.#accepted += 1
    })
  }

  /** @param writing requests under way */
  async read(writing: number): Promise<Connections> {
    const open = await Promise.all(this.#servers.map(openConnections))
    return { accepted: this.#accepted, active: open.reduce((sum, count) => sum + count, 0), writing }
  }
}

export function nodeFacts(gateway: Gateway, connections: ConnectionCount): NodeFacts {
  const { nodeId, version } = gateway.host
  return {
    nodeId,
    version,
    requests: () => gateway.total,
    connections: () => connections.read(gateway.running),
    // The configuration is the store: a thread that serves has it.
    datastoreReachable: () => gateway.snapshot !== null,
    targets() {
      const { snapshot } = gateway
      const wanted = snapshot?.plugins.some(({ config, entity }) => entity.enabled && wantsHealth(config))
      return snapshot && wanted ? targetStates(snapshot.upstreams) : null
    },
  }
}

function wantsHealth(config: unknown): boolean {
  return (
    typeof config === 'object' &&
    config !== null &&
    'upstream_health_metrics' in config &&
    config.upstream_health_metrics === true
  )
}

const states = {
  HEALTHY: 'healthy',
  UNHEALTHY: 'unhealthy',
  HEALTHCHECKS_OFF: 'healthchecks_off',
  DNS_ERROR: 'dns_error',
} as const

function* targetStates(upstreams: Upstreams): Generator<TargetState> {
  for (const upstream of upstreams.names()) {
    for (const { target, health, data } of upstreams.healthOf(upstream) ?? []) {
      // A target whose name was not found has no address to be shown by.
      if (data.addresses.length === 0) yield { upstream, target: target.target, address: '', state: states[health] }
      for (const { ip, port, health: own } of data.addresses) {
        const address = ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
        yield { upstream, target: target.target, address, state: states[own] }
      }
    }
  }
}
