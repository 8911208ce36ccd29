/** Where requests are served: in this thread, or in as many worker threads as are asked for. */

import type { UpstreamReport, WorkerStatus } from '../admin/context.ts'
import type { LoadedConfig } from '../config/types.ts'

export interface DataPlane {
  /** Addresses that clients may use, as in `http://0.0.0.0:8000`. */
  listen(): Promise<readonly string[]>
  /** Serves the configuration from the next request on. Rejects, and changes nothing, where it cannot. */
  apply(config: LoadedConfig): Promise<void>
  status(): Promise<readonly WorkerStatus[]>
  /** Metrics of each thread, to be summed. */
  metrics(): Promise<readonly object[]>
  upstreamHealth(name: string): Promise<UpstreamReport | null>
  setTargetHealth(upstream: string, target: string, healthy: boolean, address?: string): Promise<boolean>
  /** Takes no new connections, waits for exchanges under way at most so many milliseconds, and closes everything. */
  close(milliseconds: number): Promise<void>
}
