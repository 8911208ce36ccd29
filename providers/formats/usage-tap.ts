/** Reads usage from a stream that passes through as it is, at little more than the cost of a few byte searches. */

import { TollError } from '../../src/errors/registry.ts'
import type { ChatError } from '../canonical/error.ts'
import { asArray, asObject, asString, type JsonObject, parseObject } from '../canonical/json.ts'
import { mergeUsage, type Usage } from '../canonical/usage.ts'
import { decodeUsage as decodeAnthropicUsage, mergeRaw } from './anthropic-messages/usage.ts'
import { decodeUsage as decodeOpenaiUsage } from './openai-chat/usage.ts'
import { decodeProviderError } from './shared/decode-error.ts'
import { boundaryAfter, boundaryBefore, endsEvent, lastBoundary } from './sse/boundary.ts'
import { defaultLineLimit, type SseEvent, SseSplitter } from './sse/index.ts'

export interface UsageTapOptions {
  /** Keeps back the chunk that tells usage and nothing else, where the gateway asked for it and the client did not. */
  readonly dropUsageChunk?: boolean
}

const usageKey = Buffer.from('"usage"')
const empty = Buffer.alloc(0)

/** For `openai-chat`, `openai-completions` and `anthropic-messages`. */
export class UsageTap {
  /** What the provider has counted so far. */
  usage: Usage = {}
  /** The model's name at the provider. */
  model: string | undefined
  /** The terminal marker was seen: the stream is whole. */
  finished = false
  /** The first error that the provider sent inside the stream. */
  error: ChatError | undefined

  readonly #anthropic: boolean
  readonly #drop: boolean
  readonly #splitter = new SseSplitter()
  #raw: JsonObject = {}
  /** Bytes of an event whose end has not come; only where chunks are dropped. */
  #carry: Buffer[] = []
  #carried = 0

  constructor(format: string, options: UsageTapOptions = {}) {
    this.#anthropic = format === 'anthropic-messages'
    this.#drop = options.dropUsageChunk === true && !this.#anthropic
  }

  /** The bytes to forward: `chunk` itself unless something is held back. Throws TOLL_UPSTREAM_TOO_LARGE for an endless event. */
  push(chunk: Buffer): Buffer {
    if (!this.#drop) {
      this.#read(chunk)
      return chunk
    }
    if (this.#carried > 0 && !hasLineEnd(chunk)) {
      this.#hold(chunk)
      return empty
    }
    const bytes = this.#carried > 0 ? Buffer.concat([...this.#carry, chunk]) : chunk
    this.#carry = []
    this.#carried = 0
    const cut = lastBoundary(bytes)
    if (cut < bytes.length) this.#hold(bytes.subarray(cut))
    if (cut === 0) return empty
    const region = cut === bytes.length ? bytes : bytes.subarray(0, cut)
    return this.#read(region) ? withoutUsageChunk(region) : region
  }

  /** What was held back and must still be forwarded. */
  end(): Buffer {
    const rest = this.#carried > 0 ? Buffer.concat(this.#carry) : empty
    this.#carry = []
    this.#carried = 0
    let told = this.#read(rest)
    for (const event of this.#splitter.end()) told = this.#inspect(event) || told
    return told ? withoutUsageChunk(rest) : rest
  }

  #hold(bytes: Buffer): void {
    this.#carried += bytes.length
    if (this.#carried > defaultLineLimit) throw new TollError('TOLL_UPSTREAM_TOO_LARGE', { limit: defaultLineLimit })
    this.#carry.push(bytes)
  }

  /** True where usage was told. */
  #read(bytes: Buffer): boolean {
    if (bytes.length === 0) return false
    if (this.#splitter.idle && this.model !== undefined && endsEvent(bytes) && !this.#interesting(bytes)) return false
    let told = false
    for (const event of this.#splitter.push(bytes)) told = this.#inspect(event) || told
    return told
  }

  /** One character for each byte, and words that begin with a rare letter: JSON is full of quotes. */
  #interesting(bytes: Buffer): boolean {
    const text = bytes.toString('latin1')
    if (text.includes(this.#anthropic ? 'message_stop' : '[DONE]') || text.includes('error')) return true
    // Most chunks of some providers say that they have none.
    for (let at = text.indexOf('usage"'); at !== -1; at = text.indexOf('usage"', at + 6)) {
      if (!saysNull(bytes, at + 6)) return true
    }
    return false
  }

  #inspect(event: SseEvent): boolean {
    const { data } = event
    if (!this.#anthropic && data.trim() === '[DONE]') {
      this.finished = true
      return false
    }
    const asked =
      this.model === undefined ||
      event.event === 'error' ||
      data.includes('"usage"') ||
      data.includes('"error"') ||
      (this.#anthropic && data.includes('"message_stop"'))
    if (!asked) return false
    const body = parseObject(data)
    if (body === undefined) {
      if (event.event === 'error') this.error ??= decodeProviderError(200, {}, data)
      return false
    }
    return this.#anthropic ? this.#anthropicEvent(body) : this.#openaiChunk(body, event.event)
  }

  #anthropicEvent(body: JsonObject): boolean {
    if (body.type === 'message_stop') this.finished = true
    if (body.type === 'error') this.error ??= decodeProviderError(200, {}, body)
    const message = body.type === 'message_start' ? asObject(body.message) : undefined
    this.model ??= asString(message?.model)
    const usage = asObject(message === undefined ? body.usage : message.usage)
    if (usage === undefined) return false
    this.#raw = mergeRaw(this.#raw, usage)
    this.usage = decodeAnthropicUsage(this.#raw)
    return true
  }

  #openaiChunk(body: JsonObject, name: string | undefined): boolean {
    const failed = (body.error !== undefined && body.error !== null) || name === 'error' || body.object === 'error'
    if (failed) this.error ??= decodeProviderError(200, {}, body)
    const model = asString(body.model)
    if (model !== undefined && model !== '') this.model ??= model
    for (const choice of asArray(body.choices)) {
      const error = asObject(asObject(choice)?.error)
      if (error !== undefined) this.error ??= decodeProviderError(200, {}, { error })
    }
    const usage = asObject(body.usage) ?? asObject(asObject(body.x_groq)?.usage)
    if (usage === undefined) return false
    this.usage = mergeUsage(this.usage, decodeOpenaiUsage(usage))
    return true
  }
}

/** The bytes without the events that tell usage and have no choices. */
function withoutUsageChunk(bytes: Buffer): Buffer {
  const kept: Buffer[] = []
  let copied = 0
  for (let at = bytes.indexOf(usageKey); at !== -1; at = bytes.indexOf(usageKey, at + usageKey.length)) {
    if (at < copied || saysNull(bytes, at + usageKey.length)) continue
    const start = boundaryBefore(bytes, at)
    const end = boundaryAfter(bytes, at)
    const splitter = new SseSplitter()
    const events = [...splitter.push(bytes.subarray(start, end)), ...splitter.end()]
    const body = parseObject(events[0]?.data ?? '')
    if (body === undefined || !Array.isArray(body.choices) || body.choices.length > 0) continue
    kept.push(bytes.subarray(copied, start))
    copied = end
  }
  if (copied === 0) return bytes
  kept.push(bytes.subarray(copied))
  return Buffer.concat(kept)
}

function saysNull(bytes: Buffer, at: number): boolean {
  let index = at
  while (bytes[index] === 0x20 || bytes[index] === 0x3a) index += 1
  return bytes[index] === 0x6e
}

function hasLineEnd(bytes: Buffer): boolean {
  return bytes.includes(10) || bytes.includes(13)
}
