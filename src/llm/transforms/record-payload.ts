/** Keeps what a provider answered for the log, where the configuration asks for payloads. */

import type { BodyTransform, CallContext } from '../../upstream/call.ts'
import type { UpstreamFailure } from '../../upstream/send.ts'
import type { LlmRecord } from '../record.ts'

export class RecordPayload implements BodyTransform {
  readonly #inner: BodyTransform
  readonly #record: LlmRecord
  readonly #context: CallContext
  readonly #pieces: Buffer[] = []
  #size = 0

  constructor(inner: BodyTransform, record: LlmRecord, context: CallContext) {
    this.#inner = inner
    this.#record = record
    this.#context = context
  }

  get holding(): boolean {
    return this.#inner.holding
  }
  push(chunk: Buffer): Buffer | string | null {
    // What is too long to be held is logged as far as it goes.
    if (this.#size < this.#context.maxBuffered) this.#pieces.push(chunk)
    this.#size += chunk.length
    return this.#inner.push(chunk)
  }
  end(): Buffer | string | null {
    return this.#inner.end()
  }
  fail(failure: UpstreamFailure): Buffer | string | null {
    return this.#inner.fail(failure)
  }

  /** Puts what has come so far into the record. */
  keep(): void {
    this.#record.responseBody = this.#context.redact(Buffer.concat(this.#pieces).toString('utf8'))
  }
}
