/** The data plane in one thread. */

import type { ServerOptions } from 'node:https'
import { threadId } from 'node:worker_threads'
import type { UpstreamReport, WorkerStatus } from '../admin/context.ts'
import type { LoadedConfig } from '../config/types.ts'
import { metricsOf } from '../telemetry/metrics.ts'
import { registerNodeMetrics } from '../telemetry/node-metrics.ts'
import type { DataPlane } from './data-plane.ts'
import { Gateway, type GatewayOptions } from './gateway.ts'
import { HttpListener, openConnections } from './listener.ts'
import { ConnectionCount, nodeFacts } from './node-facts.ts'
import { tlsOptions } from './tls.ts'

export interface LocalPlaneOptions extends GatewayOptions {
  /** Other threads listen on the same ports. */
  readonly shared: boolean
}

export class LocalPlane implements DataPlane {
  readonly gateway: Gateway
  readonly #options: LocalPlaneOptions
  readonly #connections = new ConnectionCount()
  #listeners: HttpListener[] = []

  constructor(options: LocalPlaneOptions) {
    this.#options = options
    this.gateway = new Gateway(options)
    registerNodeMetrics(this.gateway.host.resources, nodeFacts(this.gateway, this.#connections))
  }

  async listen(): Promise<readonly string[]> {
    const { settings, shared, env } = this.#options
    const { gateway } = this
    const tls: ServerOptions | undefined = settings.proxy_listen.some(({ ssl }) => ssl)
      ? tlsOptions(settings, env, () => gateway.snapshot)
      : undefined
    this.#listeners = settings.proxy_listen.map(
      (listener) =>
        new HttpListener({
          listener,
          settings,
          shared,
          tls,
          handle: gateway.handle,
          handleUpgrade: gateway.handleUpgrade,
        }),
    )
    for (const { server } of this.#listeners) this.#connections.watch(server)
    return Promise.all(this.#listeners.map((listener) => listener.listen()))
  }

  async apply(config: LoadedConfig): Promise<void> {
    this.gateway.apply(config)
  }

  async status(): Promise<readonly WorkerStatus[]> {
    const counts = await Promise.all(this.#listeners.map(({ server }) => openConnections(server)))
    return [
      {
        pid: process.pid,
        thread: threadId,
        heapUsed: process.memoryUsage().heapUsed,
        connections: counts.reduce((sum, count) => sum + count, 0),
        requests: this.gateway.total,
        running: this.gateway.running,
      },
    ]
  }

  async metrics(): Promise<readonly object[]> {
    return [await metricsOf(this.gateway.host.resources)]
  }

  async upstreamHealth(name: string): Promise<UpstreamReport | null> {
    const upstreams = this.gateway.snapshot?.upstreams
    const targets = upstreams?.healthOf(name)
    const balancer = upstreams?.balancerHealthOf(name)
    return targets === undefined || balancer === undefined ? null : { targets, balancer }
  }

  async setTargetHealth(upstream: string, target: string, healthy: boolean, address?: string): Promise<boolean> {
    return this.gateway.snapshot?.upstreams.setHealth(upstream, target, healthy, address) ?? false
  }

  async close(milliseconds: number): Promise<void> {
    for (const listener of this.#listeners) listener.stop()
    const left = await this.gateway.drain(milliseconds)
    if (left > 0) this.gateway.host.logger.warn('exchanges were cut short by the end of drain_timeout', { left })
    await this.gateway.close()
    for (const listener of this.#listeners) listener.destroy()
  }
}
