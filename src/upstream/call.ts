/** How an exchange is answered from upstream: plain proxying is one call, an LLM call another. The pipeline drives either. */

import type { UpstreamFailure } from './send.ts'
import type { Lease, ResponseHead, UpstreamRequest } from './types.ts'

/** One try. */
export interface Attempt {
  readonly request: UpstreamRequest
  readonly lease: Lease
}

export interface UpstreamCall {
  /** Tries after the first. */
  readonly retries: number
  /** The next try. Throws a TollError where there is none. */
  next(): Attempt | Promise<Attempt>
  /** A try failed before anything reached the client: is another one allowed? */
  mayRetry(failure: UpstreamFailure, request: UpstreamRequest): boolean
  /** The head is in. What the body must pass through; `null`: the bytes go on as they are. */
  receive(head: ResponseHead): BodyTransform | null
  /** The exchange is over, in whatever way. Called once. */
  done?(): void
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
