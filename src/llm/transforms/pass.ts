/** Answers that go on byte for byte, while their usage is read. */

import { ChatFailure, chatError } from '../../../providers/canonical/error.ts'
import type { ChatFormat } from '../../../providers/canonical/format.ts'
import { asObject, asString, type JsonObject } from '../../../providers/canonical/json.ts'
import { UsageTap } from '../../../providers/formats/usage-tap.ts'
import { TollError } from '../../errors/registry.ts'
import type { CallContext } from '../../upstream/call.ts'
import type { UpstreamFailure } from '../../upstream/send.ts'
import { Collector } from '../collect.ts'
import { countEvents, countText } from '../estimate.ts'
import type { LlmRecord } from '../record.ts'
import type { AnswerTransform } from './answer-transform.ts'
import { failureText } from './failure-text.ts'

export class PassStream implements AnswerTransform {
  readonly #tap: UsageTap
  readonly #options: { format: ChatFormat; record: LlmRecord; context: CallContext }
  #committed = false
  #seen = 0

  constructor(options: { format: ChatFormat; record: LlmRecord; hideUsage: boolean; context: CallContext }) {
    this.#options = options
    this.#tap = new UsageTap(options.format.name, { dropUsageChunk: options.hideUsage })
  }

  get holding(): boolean {
    return !this.#committed
  }
  get over(): boolean {
    return this.#tap.finished
  }
  get seen(): number {
    return this.#seen
  }

  push(chunk: Buffer): Buffer | null {
    const bytes = this.#tap.push(chunk)
    if (!this.#committed) {
      // An error in place of the first event can still be told as one.
      if (this.#tap.error !== undefined) throw new ChatFailure(this.#tap.error)
      this.#committed = true
    }
    this.#seen += countEvents(chunk)
    this.#note()
    return bytes.length > 0 ? this.#withoutSecrets(bytes) : null
  }

  end(): Buffer | string | null {
    const rest = this.#tap.end()
    this.#note()
    if (this.#tap.finished || this.#tap.error !== undefined) return rest.length > 0 ? this.#withoutSecrets(rest) : null
    if (!this.#committed) throw new ChatFailure(chatError('upstream', 'the provider sent an empty stream'))
    return Buffer.concat([
      rest,
      Buffer.from(
        failureText(this.#options.format, 'the stream of the provider was cut short', this.#options.context.requestId),
      ),
    ])
  }

  fail(failure: UpstreamFailure): string {
    return failureText(
      this.#options.format,
      `the provider failed while it answered: ${failure.reason}`,
      this.#options.context.requestId,
    )
  }

  /** An error in a stream may quote the credential that the provider was sent. */
  #withoutSecrets(bytes: Buffer): Buffer {
    if (this.#tap.error === undefined) return bytes
    return Buffer.from(this.#options.context.redact(bytes.toString('utf8')))
  }

  #note(): void {
    const { record } = this.#options
    const { usage, model } = this.#tap
    record.usage = usage
    if (model !== undefined) record.responseModel = model
  }
}

export interface PassJsonOptions {
  readonly format: Pick<ChatFormat, 'decodeUsage'>
  readonly record: LlmRecord
  readonly limit: number
  readonly provider: string
  /** Changes a body that is not yet what the client asked for; the same object means it is. */
  readonly convert?: (body: JsonObject) => JsonObject
}

/** Held until it is whole: what is no JSON must not go on as a good answer. */
export class PassJson implements AnswerTransform {
  readonly holding = true
  readonly #options: PassJsonOptions
  readonly #body: Collector
  #over = false
  #seen = 0

  constructor(options: PassJsonOptions) {
    this.#options = options
    this.#body = new Collector(options.limit)
  }

  get over(): boolean {
    return this.#over
  }
  /** Counted only where the provider does not say. */
  get seen(): number {
    return this.#seen
  }

  push(chunk: Buffer): null {
    this.#body.push(chunk)
    return null
  }

  end(): Buffer | string {
    const { format, record, provider, convert } = this.#options
    const bytes = this.#body.whole()
    const text = bytes.toString('utf8')
    this.#over = true
    const body = parseAnswer(text, provider)
    const usage = asObject(body.usage)
    if (usage !== undefined) record.usage = format.decodeUsage(usage)
    else this.#seen = countText(text.length)
    record.responseModel = asString(body.model)
    const converted = convert?.(body) ?? body
    if (converted !== body) return JSON.stringify(converted)
    // A short text goes out with the head in one piece; but only the bytes are what came, where they are no good UTF-8.
    return bytes.length <= textSize && Buffer.byteLength(text) === bytes.length && !text.includes('\ufffd')
      ? text
      : bytes
  }

  fail(): null {
    return null
  }
}

/** Answers up to this many bytes are sent as texts. */
const textSize = 65_536

/** Throws TOLL_LLM_UPSTREAM where the text is no JSON object. */
export function parseAnswer(text: string, provider: string): JsonObject {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new TollError('TOLL_LLM_UPSTREAM', { provider, reason: 'it is not JSON' })
  }
  const object = asObject(body)
  if (object === undefined) throw new TollError('TOLL_LLM_UPSTREAM', { provider, reason: 'it is not a JSON object' })
  return object
}
