/** A node: the configuration, the data plane that serves it, and the listeners for those who run it. */

import { createHash, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { createAdminApp } from '../admin/app.ts'
import type { AdminContext, ApplyResult } from '../admin/context.ts'
import { createStatusApp } from '../admin/status-app.ts'
import { loadConfig } from '../config/load.ts'
import type { LoadedConfig } from '../config/types.ts'
import { SharedCounters } from '../counters/shared-counters.ts'
import { Redactor } from '../secrets/redact.ts'
import { resolveReferences } from '../secrets/resolve.ts'
import type { Settings } from '../settings/index.ts'
import { buildSnapshot } from '../snapshot/build.ts'
import type { PluginRegistry } from '../snapshot/plugin-registry.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import { aggregate } from '../telemetry/metrics.ts'
import { Pools } from '../upstream/pools.ts'
import type { DataPlane } from './data-plane.ts'
import { HonoListener } from './hono-listener.ts'
import { LocalPlane } from './local-plane.ts'
import { ThreadPlane } from './thread-plane.ts'
import { tlsOptions } from './tls.ts'

export interface NodeOptions {
  readonly settings: Settings
  readonly registry: PluginRegistry
  readonly version: string
  readonly workers: number
  readonly env: NodeJS.ProcessEnv
}

export interface Addresses {
  readonly proxy: readonly string[]
  readonly admin: readonly string[]
  readonly status: readonly string[]
}

/** Counters that all threads share: 24 bytes each. */
const counterSlots = 65_536

export class GatewayNode {
  readonly logger: Logger
  readonly #options: NodeOptions
  readonly #redactor = new Redactor()
  readonly #plane: DataPlane
  readonly #nodeId: string
  readonly #startedAt = Date.now()
  #hono: HonoListener[] = []
  #config: LoadedConfig | null = null
  #applying = false
  #draining = false

  constructor(options: NodeOptions) {
    const { settings, registry, version, workers, env } = options
    this.#options = options
    this.#nodeId = settings.node_id ?? randomUUID()
    this.logger = createLogger({ level: settings.log_level, redact: (text) => this.#redactor.redact(text) })
    if (settings.admin_token !== null) {
      for (const secret of resolveReferences(settings.admin_token, [], env).secrets) this.#redactor.add(secret)
      this.#redactor.add(settings.admin_token)
    }
    const counters = SharedCounters.create({ slots: counterSlots })
    const common = { settings, version, nodeId: this.#nodeId, counters, logger: this.logger }
    this.#plane =
      workers > 1
        ? new ThreadPlane({ ...common, count: workers })
        : new LocalPlane({ ...common, registry, redactor: this.#redactor, env, shared: false })
  }

  /** Opens all listeners. Rejects where a port is taken, and leaves none open. */
  async listen(): Promise<Addresses> {
    try {
      return await this.#open()
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async #open(): Promise<Addresses> {
    const { settings, env } = this.#options
    const context = this.#context()
    const onError = (error: Error) => this.logger.error('the Admin API failed', { error })
    const adminApp = createAdminApp(context, { env, onError })
    const statusApp = createStatusApp(context, { onError })
    const tls = [...settings.admin_listen, ...settings.status_listen].some(({ ssl }) => ssl)
      ? tlsOptions(settings, env, () => null)
      : undefined
    const proxy = await this.#plane.listen()
    const admin = settings.admin_listen.map((listener) => new HonoListener(adminApp, listener, tls))
    const status = settings.status_listen.map((listener) => new HonoListener(statusApp, listener, tls))
    this.#hono = [...admin, ...status]
    return {
      proxy,
      admin: await Promise.all(admin.map((listener) => listener.listen())),
      status: await Promise.all(status.map((listener) => listener.listen())),
    }
  }

  /** Serves a declarative configuration; what is wrong with it leaves everything as it is. */
  async apply(
    text: string,
    { checkHash = false, env }: { checkHash?: boolean; env?: NodeJS.ProcessEnv } = {},
  ): Promise<ApplyResult> {
    if (this.#applying) return { outcome: 'busy' }
    if (checkHash && createHash('md5').update(text).digest('hex') === this.#config?.hash)
      return { outcome: 'unchanged' }
    this.#applying = true
    try {
      const result = loadConfig(text, { catalog: this.#options.registry.catalog(), env })
      if (!result.ok) return { outcome: 'refused', result }
      this.#tryOut(result.config)
      await this.#plane.apply(result.config)
      this.#config = result.config
      for (const warning of result.warnings) this.logger.warn(warning)
      return { outcome: 'applied', warnings: result.warnings }
    } catch (error) {
      return { outcome: 'failed', message: error instanceof Error ? error.message : String(error) }
    } finally {
      this.#applying = false
    }
  }

  /** Compiles a configuration to see that it compiles: with several threads, none may be the first to find out. */
  #tryOut(config: LoadedConfig): void {
    const { registry, settings, env, workers } = this.#options
    if (workers === 1) return
    const pools = new Pools()
    try {
      buildSnapshot(config, {
        registry,
        env,
        pools,
        flavor: settings.router_flavor === 'traditional' ? 'traditional' : 'traditional_compatible',
        onSecret: (secret) => this.#redactor.add(secret),
        onWarning: () => {},
        previous: null,
      })
    } finally {
      void pools.destroy()
    }
  }

  /** Stops as operators want it: no new connections, streams run out within `drain_timeout`, then the end. */
  async close(): Promise<void> {
    this.#draining = true
    await this.#plane.close(this.#options.settings.drain_timeout * 1000)
    await Promise.all(this.#hono.map((listener) => listener.close()))
    this.logger.flush()
  }

  #context(): AdminContext {
    const { settings, registry, version } = this.#options
    return {
      settings,
      registry,
      version,
      nodeId: this.#nodeId,
      hostname: hostname(),
      startedAt: this.#startedAt,
      config: () => this.#config,
      apply: (text, options) => this.apply(text, options),
      workers: () => this.#plane.status(),
      metrics: async () => aggregate([...(await this.#plane.metrics())]),
      upstreamHealth: (name) => this.#plane.upstreamHealth(name),
      setTargetHealth: (upstream, target, healthy, address) =>
        this.#plane.setTargetHealth(upstream, target, healthy, address),
      draining: () => this.#draining,
    }
  }
}
