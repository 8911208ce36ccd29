/** What differs between kinds of LLM calls: what goes to the provider, and what becomes of its answer. */

import type { BodyTransform, CallContext, LocalAnswer } from '../upstream/call.ts'
import type { ResponseHead } from '../upstream/types.ts'

export interface Wire {
  /** Below the provider's base address. */
  readonly path: string
  /** Runs what must run before anything is sent; an answer of the provider itself, where it needs no upstream. */
  prepare(context: CallContext): Promise<LocalAnswer | undefined> | LocalAnswer | undefined
  body(): Buffer
  /** Headers of this kind of call, names and values in turn. */
  headers(): string[]
  /** A good answer came in. */
  receive(head: ResponseHead, context: CallContext): BodyTransform | null
  /** The answer that the client gets for an error of the provider: bytes, or a throw of ChatFailure. */
  refuse(status: number, head: ResponseHead, body: Buffer): Buffer
  /** The exchange is over. */
  done(aborted: boolean): void
}
