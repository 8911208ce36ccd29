/** The data plane of one thread: a snapshot, what outlives it, and the handler that answers requests. */

import { randomUUID } from 'node:crypto'
import { type IncomingMessage, ServerResponse } from 'node:http'
import { hostname } from 'node:os'
import type { Duplex } from 'node:stream'
import type { LoadedConfig } from '../config/types.ts'
import { ResourceScope } from '../pdk/resources.ts'
import { Bag } from '../pipeline/bag.ts'
import { Exchange } from '../pipeline/exchange.ts'
import type { Counters, Host } from '../pipeline/host.ts'
import { Runner } from '../pipeline/runner.ts'
import type { Redactor } from '../secrets/redact.ts'
import type { Settings } from '../settings/index.ts'
import { buildSnapshot } from '../snapshot/build.ts'
import type { PluginRegistry } from '../snapshot/plugin-registry.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Logger } from '../telemetry/logger.ts'
import { Pools } from '../upstream/pools.ts'
import { pipelineOptions } from './pipeline-options.ts'

export interface GatewayOptions {
  readonly settings: Settings
  readonly registry: PluginRegistry
  readonly logger: Logger
  readonly redactor: Redactor
  readonly counters: Counters
  readonly version: string
  readonly nodeId?: string | undefined
  readonly env: NodeJS.ProcessEnv
}

export class Gateway {
  readonly host: Host
  readonly #options: GatewayOptions
  readonly #running = new Bag<Exchange>()
  #snapshot: Snapshot | null = null
  #idle: (() => void) | null = null
  /** Exchanges since the start. */
  total = 0

  constructor(options: GatewayOptions) {
    const { settings } = options
    this.#options = options
    this.host = {
      version: options.version,
      nodeId: options.nodeId ?? randomUUID(),
      hostname: hostname(),
      logger: options.logger,
      counters: options.counters,
      resources: new ResourceScope(),
      options: pipelineOptions(settings),
      redact: (text) => options.redactor.redact(text),
      pools: new Pools({
        keepaliveSize: settings.upstream_keepalive_pool_size,
        keepaliveTimeout: settings.upstream_keepalive_idle_timeout * 1000,
        keepaliveRequests: settings.upstream_keepalive_max_requests,
      }),
    }
  }

  get snapshot(): Snapshot | null {
    return this.#snapshot
  }

  /** Exchanges under way. */
  get running(): number {
    return this.#running.size
  }

  /** Compiles a configuration and serves it from the next request on; requests under way keep theirs. Throws, and changes nothing, where it cannot. */
  apply(config: LoadedConfig): void {
    const { registry, settings, logger, redactor, env } = this.#options
    const previous = this.#snapshot
    this.#snapshot = buildSnapshot(config, {
      registry,
      flavor: settings.router_flavor === 'traditional' ? 'traditional' : 'traditional_compatible',
      env,
      pools: this.host.pools,
      onSecret: (secret) => redactor.add(secret),
      onWarning: (message) => logger.warn(message),
      previous,
    })
    this.#snapshot.upstreams.start()
    previous?.upstreams.stop()
  }

  readonly handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    void this.#run(incoming, outgoing)
  }

  /** A request to switch protocols; its answer goes straight onto the socket. */
  readonly handleUpgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const outgoing = new ServerResponse(incoming)
    outgoing.assignSocket(incoming.socket)
    outgoing.shouldKeepAlive = false
    outgoing.once('finish', () => socket.end())
    void this.#run(incoming, outgoing, head)
  }

  async #run(incoming: IncomingMessage, outgoing: ServerResponse, upgradeHead?: Buffer): Promise<void> {
    const snapshot = this.#snapshot
    if (snapshot === null) {
      outgoing.writeHead(503, { 'Content-Type': 'application/json; charset=utf-8' })
      outgoing.end('{"message":"no configuration available (empty configuration present)"}')
      return
    }
    const exchange = new Exchange(this.host, snapshot, incoming, outgoing)
    exchange.upgradeHead = upgradeHead
    this.total += 1
    this.#running.add(exchange)
    try {
      await new Runner(exchange).run()
    } finally {
      this.#running.delete(exchange)
      if (this.#running.size === 0) this.#idle?.()
    }
  }

  /** Resolves when no exchange is under way, or after `milliseconds`; says how many were left. */
  async drain(milliseconds: number): Promise<number> {
    if (this.#running.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds)
        this.#idle = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return this.#running.size
  }

  /** Ends what is still under way and closes all that is open. */
  async close(): Promise<void> {
    for (const exchange of this.#running) {
      exchange.outgoing.destroy()
      // A WebSocket has left its answer behind.
      exchange.incoming.socket.destroy()
    }
    this.#snapshot?.upstreams.stop()
    await this.host.resources.close()
    await this.host.pools.destroy()
  }
}
