/** What an exchange needs of the process it runs in. */

import type { BlockList } from 'node:net'
import type { ResourceScope } from '../pdk/resources.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Pools } from '../upstream/pools.ts'

export interface PipelineOptions {
  /** Bytes of a request body; 0: no limit. */
  readonly maxRequestBody: number
  /** Bytes of an answer that a plugin wants whole. */
  readonly maxBufferedResponse: number
  /** Milliseconds between two pieces of a request body. */
  readonly bodyTimeout: number
  /** Milliseconds for a whole exchange with an upstream; 0: none. */
  readonly totalTimeout: number
  /** Which headers of its own the gateway sets, lower-case. */
  readonly headers: ReadonlySet<string>
  readonly requestIdUpstream: boolean
  readonly allowDebugHeader: boolean
  /** `null`: nobody is. */
  readonly trusted: BlockList | null
  /** Lower-case; the header in which a trusted proxy names the client. */
  readonly realIpHeader: string
  readonly realIpRecursive: boolean
  /** Whether a path may hold `%2F`; dots and control characters that are encoded never pass. */
  readonly allowEncodedSlash: boolean
  /** Where a service does not say. */
  readonly verifyUpstreamTls: boolean
}

export interface Counters {
  increment(key: string, amount: number, expiresAt: number): number
  get(key: string, expiresAt: number): number
}

export interface Host {
  readonly version: string
  readonly nodeId: string
  readonly hostname: string
  readonly logger: Logger
  readonly pools: Pools
  readonly counters: Counters
  readonly resources: ResourceScope
  readonly options: PipelineOptions
  /** Takes known secrets out of a text. */
  readonly redact: (text: string) => string
}
