/** One request and its response on their way through the phases; nothing else carries per-request state. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Consumer } from '../entities/consumer.ts'
import type { ConsumerGroup } from '../entities/consumer-group.ts'
import type { ErrorFormat } from '../errors/bodies.ts'
import { HeaderMap } from '../http/headers.ts'
import { requestId } from '../http/request-id.ts'
import type { LlmRecord } from '../llm/record.ts'
import type { Credential, ExitBody } from '../pdk/api.ts'
import type { Phase } from '../pdk/phases.ts'
import type { RouteMatch } from '../router/types.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { UpstreamCall } from '../upstream/call.ts'
import type { Address } from '../upstream/types.ts'
import type { Bagged } from './bag.ts'
import type { Host } from './host.ts'
import type { PhaseLists, Plan } from './plan.ts'
import type { PluginInstance } from './plugin-instance.ts'
import { RequestView } from './request-view.ts'

/** What plugins asked to be different about the request to the service. */
export class ServiceDraft {
  scheme: 'http' | 'https' | undefined
  host: string | undefined
  port: number | undefined
  path: string | undefined
  query: string | undefined
  method: string | undefined
  body: Buffer | undefined
  retries: number | undefined
  timeouts: { connect: number; write: number; read: number } | undefined
  /** By lower-case name; `null` removes. */
  headers: Map<string, { name: string; value: string | string[] | null }> | undefined
}

/** What the client is going to get. */
export class Reply {
  status = 0
  readonly headers = new HeaderMap()
  source: 'service' | 'exit' | 'error' = 'error'
  /** Set once a plugin or the gateway answers in the upstream's stead. */
  exit: { body: ExitBody } | undefined
  /** Headers set before there was anything to set them on; they go onto whatever is answered. */
  early: HeaderMap | undefined
  /** Bytes of the body sent so far. */
  size = 0
}

/** One try at an address, for the log. */
export interface Try {
  readonly address: Address
  readonly startedAt: number
  readonly latency: number
  state?: 'failed'
  code?: number
}

/** Marks on the monotonic clock, in milliseconds; 0: not reached. */
export class Marks {
  readonly start = performance.now()
  accessEnd = 0
  /** The last try was sent. */
  sent = 0
  /** The upstream's head came in, or the gateway's own answer was made. */
  head = 0
  end = 0
}

export class Exchange implements Bagged {
  place = -1
  readonly id = requestId()
  readonly startedAt = Date.now()
  readonly marks = new Marks()
  readonly host: Host
  readonly snapshot: Snapshot
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly request: RequestView
  readonly service = new ServiceDraft()
  readonly reply = new Reply()

  phase: Phase = 'rewrite'
  /** The plugin whose handler runs. */
  plugin: PluginInstance | null = null
  match: RouteMatch | null = null
  plan: Plan
  /** Set at the end of the access phase: the instances of the later phases. */
  lists: PhaseLists | null = null
  errorFormat: ErrorFormat | null = null

  consumer: Consumer | null = null
  credential: Credential | null = null
  groups: readonly ConsumerGroup[] = []

  call: UpstreamCall | null = null
  llm: LlmRecord | null = null
  /** Status and headers of the upstream's answer, before anything was changed. */
  upstreamStatus: number | undefined
  upstreamHeaders: Readonly<Record<string, string | string[] | undefined>> = {}
  upstreamPath: string | undefined
  /** The whole upstream body, in the response phase. */
  bufferedBody: Buffer | undefined
  tries: Try[] = []
  body: Promise<Buffer> | undefined
  /** What the client sent behind a request to switch protocols. */
  upgradeHead: Buffer | undefined
  /** The client left before the answer was complete. */
  aborted = false

  shared: Map<string, unknown> | undefined
  logValues: { key: string; value: unknown; mode: 'set' | 'add' | 'replace' }[] | undefined

  constructor(host: Host, snapshot: Snapshot, incoming: IncomingMessage, outgoing: ServerResponse) {
    this.host = host
    this.snapshot = snapshot
    this.incoming = incoming
    this.outgoing = outgoing
    this.request = new RequestView(incoming, host.options)
    this.plan = snapshot.globalPlan
  }
}
