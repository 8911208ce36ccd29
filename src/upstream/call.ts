/** How an exchange is answered from upstream: plain proxying is one call, an LLM call another. The pipeline drives either. */

import type { Conversation } from '../../providers/canonical/conversation.ts'
import type { ChatEvent, Completion } from '../../providers/canonical/events.ts'
import type { HeaderMap } from '../http/headers.ts'
import type { UpstreamFailure } from './send.ts'
import type { Balancer, Lease, PickContext, ResponseHead, UpstreamRequest } from './types.ts'

/** One try. */
export interface Attempt {
  readonly request: UpstreamRequest
  readonly lease: Lease
}

/** The chat phases of the exchange's plugins. */
export interface ChatPhases {
  /** Whether any plugin minds the conversation, or the events of the answer. */
  readonly readsRequest: boolean
  readonly readsEvents: boolean
  readonly readsWhole: boolean
  request(conversation: Conversation): Promise<Conversation>
  events(events: readonly ChatEvent[], last: boolean): readonly ChatEvent[]
  done(conversation: Conversation, completion: Completion): void
}

/** What a call may use of its exchange. */
export interface CallContext {
  readonly requestId: string
  readonly version: string
  /** Headers of the client's request, lower-case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly chat: ChatPhases
  readonly pickContext: PickContext
  /** Headers of the answer on their way to the client. */
  readonly replyHeaders: HeaderMap
  /** Milliseconds for everything; 0: none. */
  readonly totalTimeout: number
  readonly verifyTls: boolean
  /** Bytes of an answer that may be held in memory. */
  readonly maxBuffered: number
  balancer(host: string, port: number): Balancer
  /** Takes known secrets out of a text. */
  redact(text: string): string
  /** True where a plugin answered in the meantime. */
  exited(): boolean
}

/** An answer made without any upstream. */
export interface LocalAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | { readonly pieces: AsyncIterable<string> }
}

export interface UpstreamCall {
  /** Tries after the first. */
  readonly retries: number
  /** Comes once, first. An answer given here ends the call. */
  start?(context: CallContext): LocalAnswer | undefined | Promise<LocalAnswer | undefined>
  /** The next try. Throws a TollError where there is none. */
  next(): Attempt | Promise<Attempt>
  /** A try failed before anything reached the client: is another one allowed? */
  mayRetry(failure: UpstreamFailure, request: UpstreamRequest): boolean
  /**
   * The head is in: puts the client's headers into the reply, and says what the body must pass through; `null`: the bytes
   * go on as they are.
   */
  receive(head: ResponseHead): BodyTransform | null
  /** The exchange is over, in whatever way. Comes once. */
  done?(aborted: boolean): void
}

/** Makes the client's body of the upstream's. */
export interface BodyTransform {
  /** True as long as nothing may leave for the client: the head waits too. */
  readonly holding: boolean
  /** What goes on; `null`: nothing yet. A throw before the commit point becomes an error answer. */
  push(chunk: Buffer): Buffer | string | null
  /** The upstream is done. */
  end(): Buffer | string | null
  /** The upstream failed after the commit point: the last words to the client. */
  fail(failure: UpstreamFailure): Buffer | string | null
}
