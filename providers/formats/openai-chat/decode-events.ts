/** A stream of chat completion chunks as events. */

import type { Extras } from '../../canonical/conversation.ts'
import { chatError } from '../../canonical/error.ts'
import type { ChatEvent } from '../../canonical/events.ts'
import type { EventDecoder } from '../../canonical/format.ts'
import { asArray, asNumber, asObject, asString, isObject, type JsonObject, parseObject } from '../../canonical/json.ts'
import { decodeProviderError } from '../shared/decode-error.ts'
import { unknownFields } from '../shared/extras.ts'
import { type SseEvent, SseSplitter } from '../sse/index.ts'
import { ChoiceDecoder } from './choice-decoder.ts'
import { formatName } from './name.ts'
import { decodeUsage } from './usage.ts'

const chunkFields = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'obfuscation', 'x_groq', 'error'])

/** What the chat format and the older completions differ in. */
export interface ChunkDialect {
  readonly format: string
  /** The delta of a choice. */
  delta(choice: JsonObject): JsonObject | undefined
}

const chat: ChunkDialect = { format: formatName, delta: (choice) => asObject(choice.delta) ?? asObject(choice.message) }

export function decodeEvents(dialect: ChunkDialect = chat): EventDecoder {
  return new ChunkDecoder(dialect)
}

class ChunkDecoder implements EventDecoder {
  readonly #dialect: ChunkDialect
  readonly #splitter = new SseSplitter()
  readonly #choices: ChoiceDecoder[] = []
  #started = false
  #over = false

  constructor(dialect: ChunkDialect) {
    this.#dialect = dialect
  }

  push(bytes: Buffer): ChatEvent[] {
    const events: ChatEvent[] = []
    for (const event of this.#splitter.push(bytes)) this.#event(event, events)
    return events
  }

  end(): ChatEvent[] {
    const events: ChatEvent[] = []
    for (const event of this.#splitter.end()) this.#event(event, events)
    if (!this.#over) {
      this.#over = true
      events.push({ type: 'error', error: chatError('upstream', 'The stream of the provider ended early') })
    }
    return events
  }

  #event(event: SseEvent, events: ChatEvent[]): void {
    if (this.#over) return
    const { data } = event
    if (data === '[DONE]' || data.trim() === '[DONE]') {
      this.#over = true
      for (const choice of this.#choices) choice.finish(undefined, undefined, events)
      events.push({ type: 'end' })
      return
    }
    const chunk = parseObject(data)
    if (chunk === undefined) {
      // The cut tail of a broken stream, or words that no client could use.
      if (event.event === 'error') this.#fail(data, events)
      return
    }
    const failed =
      event.event === 'error' || chunk.object === 'error' || (chunk.error !== undefined && chunk.error !== null)
    if (failed) {
      this.#usage(chunk, events)
      this.#fail(chunk, events)
      return
    }
    const choices = asArray(chunk.choices)
    this.#start(chunk, choices.length > 0, events)
    for (const item of choices) {
      if (isObject(item)) this.#choice(item, events)
      if (this.#over) return
    }
    this.#usage(chunk, events)
  }

  /** Azure sends a chunk of filter results first, without id or choices: it begins nothing. */
  #start(chunk: JsonObject, hasChoices: boolean, events: ChatEvent[]): void {
    if (this.#started) return
    const id = asString(chunk.id)
    if (!hasChoices && (id === undefined || id === '')) return
    this.#started = true
    const model = asString(chunk.model)
    const created = asNumber(chunk.created)
    const fields = unknownFields(chunk, chunkFields)
    events.push({
      type: 'start',
      ...(id !== undefined && id !== '' && { id }),
      ...(model !== undefined && model !== '' && { model }),
      ...(created !== undefined && created !== 0 && { created }),
      ...(fields !== undefined && { extras: { format: this.#dialect.format, fields } }),
    })
  }

  #choice(item: JsonObject, events: ChatEvent[]): void {
    const index = asNumber(item.index) ?? 0
    // A wild index must not make an array of that length.
    if (!(index >= 0 && index < 1024)) return
    while (this.#choices.length <= index) this.#choices.push(new ChoiceDecoder(this.#choices.length))
    const choice = this.#choices[index]
    const delta = this.#dialect.delta(item)
    if (delta !== undefined) choice?.delta(delta, item.logprobs, events)
    if (isObject(item.error)) {
      this.#fail(item, events)
      return
    }
    const raw = asString(item.finish_reason)
    if (raw === undefined || choice === undefined) return
    choice.finish(raw, finishExtras(item, this.#dialect.format), events)
    if (events.at(-1)?.type === 'error') this.#over = true
  }

  #usage(chunk: JsonObject, events: ChatEvent[]): void {
    const usage = asObject(chunk.usage) ?? asObject(asObject(chunk.x_groq)?.usage)
    if (usage !== undefined) events.push({ type: 'usage', usage: decodeUsage(usage) })
  }

  #fail(body: unknown, events: ChatEvent[]): void {
    this.#over = true
    events.push({ type: 'error', error: decodeProviderError(200, {}, body) })
  }
}

const choiceFields = new Set(['index', 'delta', 'message', 'text', 'finish_reason', 'logprobs', 'error'])

function finishExtras(choice: JsonObject, format: string): Extras | undefined {
  const fields = unknownFields(choice, choiceFields)
  return fields === undefined ? undefined : { format, fields: { choice: fields } }
}
