/** What the Admin and Status APIs need of the node that they speak for. */

import type { LoadedConfig, LoadResult } from '../config/types.ts'
import type { Settings } from '../settings/index.ts'
import type { PluginRegistry } from '../snapshot/plugin-registry.ts'
import type { BalancerHealth, TargetHealth } from '../upstream/health/report.ts'

/** One worker, as `/status` tells of it. */
export interface WorkerStatus {
  readonly pid: number
  /** 0: the main thread. */
  readonly thread: number
  /** Bytes. */
  readonly heapUsed: number
  readonly connections: number
  /** Requests since the start, and those under way. */
  readonly requests: number
  readonly running: number
}

export interface UpstreamReport {
  readonly targets: readonly TargetHealth[]
  readonly balancer: BalancerHealth
}

export type ApplyResult =
  | { readonly outcome: 'applied'; readonly warnings: readonly string[] }
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'refused'; readonly result: Extract<LoadResult, { ok: false }> }
  /** Each entity is valid, but they do not work together. */
  | { readonly outcome: 'failed'; readonly message: string }
  | { readonly outcome: 'busy' }

export interface AdminContext {
  readonly settings: Settings
  readonly registry: PluginRegistry
  readonly version: string
  readonly nodeId: string
  readonly hostname: string
  readonly startedAt: number
  /** What is served now; `null` before the first configuration. */
  config(): LoadedConfig | null
  /** Serves another configuration. With `checkHash` an equal text changes nothing. */
  apply(text: string, options: { checkHash: boolean }): Promise<ApplyResult>
  workers(): Promise<readonly WorkerStatus[]>
  /** Prometheus text of all workers. */
  metrics(): Promise<string>
  /** `null`: no such upstream. */
  upstreamHealth(name: string): Promise<UpstreamReport | null>
  /** False: no such target, or its health is not checked. */
  setTargetHealth(upstream: string, target: string, healthy: boolean, address?: string): Promise<boolean>
  /** True from the moment the node was asked to stop. */
  draining(): boolean
}
