/** Answers that change their format on the way, piece by piece. */

import { ChatFailure, chatError } from '../../../providers/canonical/error.ts'
import { type ChatEvent, type Completion, CompletionFold } from '../../../providers/canonical/events.ts'
import type { AnswerContext, ChatFormat, EventDecoder, EventEncoder } from '../../../providers/canonical/format.ts'
import { mergeUsage } from '../../../providers/canonical/usage.ts'
import type { CallContext } from '../../upstream/call.ts'
import type { UpstreamFailure } from '../../upstream/send.ts'
import { Collector } from '../collect.ts'
import { countParts } from '../estimate.ts'
import type { LlmRecord } from '../record.ts'
import type { AnswerTransform } from './answer-transform.ts'
import { parseAnswer } from './pass.ts'

export interface TranslateOptions {
  /** The provider's format. */
  readonly from: ChatFormat
  /** The client's. */
  readonly to: ChatFormat
  /** Whether the client wants a stream. */
  readonly stream: boolean
  readonly record: LlmRecord
  readonly context: CallContext
  readonly answer: AnswerContext
  readonly provider: string
}

/** A stream of the provider's; where the client wants none, its fold. */
export class TranslateStream implements AnswerTransform {
  readonly #options: TranslateOptions
  readonly #decoder: EventDecoder
  readonly #encoder: EventEncoder
  readonly #fold = new CompletionFold()
  #committed = false
  #failed = false

  constructor(options: TranslateOptions) {
    this.#options = options
    this.#decoder = options.from.decodeEvents()
    this.#encoder = options.to.encodeEvents(options.answer)
  }

  get holding(): boolean {
    return !this.#committed
  }

  get completion(): Completion {
    return this.#fold.completion
  }
  get over(): boolean {
    return this.#fold.ended
  }
  get seen(): number {
    return countParts(this.#fold.completion)
  }

  push(chunk: Buffer): string | null {
    return this.#take(this.#decoder.push(chunk), false)
  }

  end(): string | null {
    const text = this.#take(this.#decoder.end(), true) ?? ''
    const { stream, to, answer } = this.#options
    const { completion } = this.#fold
    if (!stream) {
      if (completion.error !== undefined) throw new ChatFailure(completion.error)
      return JSON.stringify(to.encodeResponse(completion, answer))
    }
    // After an error nothing may look like a good end.
    return this.#failed ? text : text + this.#encoder.end()
  }

  fail(failure: UpstreamFailure): string {
    const error = chatError('upstream', `the provider failed while it answered: ${failure.reason}`)
    return this.#encoder.encode([{ type: 'error', error }])
  }

  #take(decoded: ChatEvent[], last: boolean): string | null {
    const { context, record, stream } = this.#options
    const events = context.chat.readsEvents ? context.chat.events(decoded, last) : decoded
    for (const event of events) {
      this.#fold.push(event)
      if (event.type === 'usage') record.usage = mergeUsage(record.usage, event.usage)
      else if (event.type === 'start' && event.model !== undefined) record.responseModel = event.model
      else if (event.type === 'error') {
        if (!this.#committed) throw new ChatFailure(event.error)
        this.#failed = true
      } else if (stream && event.type !== 'ping') this.#committed ||= event.type !== 'start'
    }
    if (!stream) return null
    const text = this.#encoder.encode(events)
    if (text === '') return null
    // An error may quote the credential that the provider was sent.
    return this.#failed ? context.redact(text) : text
  }
}

/** A whole answer of the provider's; where the client wants a stream, it gets all its events at once. */
export class TranslateJson implements AnswerTransform {
  readonly holding = true
  readonly #options: TranslateOptions
  readonly #body: Collector
  readonly #fold = new CompletionFold()

  constructor(options: TranslateOptions) {
    this.#options = options
    this.#body = new Collector(options.context.maxBuffered)
  }

  get completion(): Completion {
    return this.#fold.completion
  }
  get over(): boolean {
    return this.#fold.ended
  }
  get seen(): number {
    return countParts(this.#fold.completion)
  }

  push(chunk: Buffer): null {
    this.#body.push(chunk)
    return null
  }

  end(): string {
    const { from, to, stream, context, record, answer, provider } = this.#options
    const text = this.#body.whole().toString('utf8')
    const decoded = from.decodeResponse(parseAnswer(text, provider))
    const events = context.chat.readsEvents ? context.chat.events(decoded, true) : decoded
    for (const event of events) this.#fold.push(event)
    const { completion } = this.#fold
    record.usage = completion.usage
    record.responseModel = completion.model
    if (completion.error !== undefined) throw new ChatFailure(completion.error)
    if (!stream) return JSON.stringify(to.encodeResponse(completion, answer))
    const encoder = to.encodeEvents(answer)
    return encoder.encode(events) + encoder.end()
  }

  fail(): null {
    return null
  }
}
