/** A stream of Anthropic's message events as canonical events. */

import { chatError } from '../../canonical/error.ts'
import type { ChatEvent } from '../../canonical/events.ts'
import type { EventDecoder } from '../../canonical/format.ts'
import { asArray, asNumber, asObject, asString, isObject, type JsonObject, parseObject } from '../../canonical/json.ts'
import { decodeProviderError } from '../shared/decode-error.ts'
import { unknownFields } from '../shared/extras.ts'
import { partEvents } from '../shared/part-events.ts'
import { TextHold } from '../shared/text-hold.ts'
import { SseSplitter } from '../sse/index.ts'
import { decodeBlock } from './decode-block.ts'
import { decodeStop } from './finish.ts'
import { formatName, origin } from './name.ts'
import { decodeUsage, mergeRaw } from './usage.ts'

const startFields = new Set(['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence', 'usage'])
const deltaFields = new Set(['stop_reason', 'stop_sequence'])

/** A block that is open. */
interface Block {
  readonly slot: number
  readonly kind: 'text' | 'reasoning' | 'toolCall' | 'opaque'
  readonly hold: TextHold
  /** As it began. */
  readonly value: JsonObject
  /** JSON text of an opaque block's input. */
  input: string
  filled: boolean
}

export function decodeEvents(): EventDecoder {
  return new MessageDecoder()
}

class MessageDecoder implements EventDecoder {
  readonly #splitter = new SseSplitter()
  readonly #blocks = new Map<number, Block>()
  #id: string | undefined
  #started = false
  #usage: JsonObject = {}
  #nextSlot = 0
  #calledTools = false
  #finished = false
  #over = false

  push(bytes: Buffer): ChatEvent[] {
    const events: ChatEvent[] = []
    for (const { data, event } of this.#splitter.push(bytes)) this.#event(data, event, events)
    return events
  }

  end(): ChatEvent[] {
    const events: ChatEvent[] = []
    for (const { data, event } of this.#splitter.end()) this.#event(data, event, events)
    if (!this.#over) this.#fail('The stream of the provider ended early', events)
    return events
  }

  #event(data: string, name: string | undefined, events: ChatEvent[]): void {
    if (this.#over) return
    const event = parseObject(data)
    if (event === undefined) {
      if (name !== 'error') return
      this.#over = true
      events.push({ type: 'error', error: decodeProviderError(200, {}, data) })
      return
    }
    switch (event.type) {
      case 'message_start':
        this.#start(asObject(event.message) ?? {}, events)
        return
      case 'content_block_start':
        this.#open(asNumber(event.index) ?? 0, asObject(event.content_block) ?? {}, events)
        return
      case 'content_block_delta':
        this.#delta(this.#blocks.get(asNumber(event.index) ?? 0), asObject(event.delta) ?? {}, events)
        return
      case 'content_block_stop':
        this.#close(asNumber(event.index) ?? 0, events)
        return
      case 'message_delta':
        this.#messageDelta(event, events)
        return
      case 'message_stop':
        this.#closeAll(events)
        this.#finish(undefined, {}, events)
        this.#over = true
        events.push({ type: 'end' })
        return
      case 'ping':
        events.push({ type: 'ping' })
        return
      default:
        // Events to come are none of the conversation.
        if (event.type !== 'error' && event.error === undefined) return
        this.#over = true
        events.push({ type: 'error', error: decodeProviderError(200, {}, event) })
    }
  }

  #start(message: JsonObject, events: ChatEvent[]): void {
    const id = asString(message.id)
    if (this.#started) {
      // The same start twice is a known fault; another one means that two answers got mixed.
      if (id !== this.#id) this.#fail('The provider began a second message within the stream', events)
      return
    }
    this.#started = true
    this.#id = id
    const model = asString(message.model)
    const fields = unknownFields(message, startFields)
    events.push({
      type: 'start',
      ...(id !== undefined && { id }),
      ...(model !== undefined && { model }),
      ...(fields !== undefined && { extras: { format: formatName, fields } }),
    })
    this.#countUsage(message.usage, events)
    for (const block of asArray(message.content)) {
      if (!isObject(block) || typeof block.type !== 'string') continue
      const part = decodeBlock(block, 'content')
      if (part.type === 'toolCall') this.#calledTools = true
      partEvents(part, this.#newSlot(), 0, events)
    }
  }

  #open(index: number, value: JsonObject, events: ChatEvent[]): void {
    this.#close(index, events)
    const slot = this.#newSlot()
    const block = (kind: Block['kind']): Block => {
      const opened = { slot, kind, hold: new TextHold(), value, input: '', filled: false }
      this.#blocks.set(index, opened)
      return opened
    }
    switch (value.type) {
      case 'text':
        events.push({ type: 'open', slot, part: 'text' })
        this.#text(block('text'), asString(value.text), events)
        for (const citation of asArray(value.citations)) events.push({ type: 'citation', slot, citation })
        return
      case 'thinking': {
        events.push({ type: 'open', slot, part: 'reasoning' })
        this.#text(block('reasoning'), asString(value.thinking), events)
        const signature = asString(value.signature)
        if (signature !== undefined && signature !== '') events.push({ type: 'signature', slot, signature, origin })
        return
      }
      case 'redacted_thinking':
        events.push({ type: 'whole', slot, value: { type: 'reasoning', data: asString(value.data) ?? '', origin } })
        return
      case 'tool_use':
        this.#calledTools = true
        block('toolCall')
        events.push({
          type: 'open',
          slot,
          part: 'toolCall',
          id: asString(value.id) ?? `call_${slot}`,
          name: asString(value.name) ?? '',
        })
        return
      default:
        block('opaque')
    }
  }

  #delta(block: Block | undefined, delta: JsonObject, events: ChatEvent[]): void {
    if (block === undefined) return
    const { slot } = block
    switch (delta.type) {
      case 'text_delta':
        this.#text(block, asString(delta.text), events)
        return
      case 'thinking_delta':
        this.#text(block, asString(delta.thinking), events)
        return
      case 'input_json_delta':
        if (block.kind === 'opaque') block.input += asString(delta.partial_json) ?? ''
        else this.#text(block, asString(delta.partial_json), events)
        return
      case 'signature_delta': {
        const signature = asString(delta.signature)
        if (signature !== undefined) events.push({ type: 'signature', slot, signature, origin })
        return
      }
      case 'citations_delta':
        if (delta.citation !== undefined) events.push({ type: 'citation', slot, citation: delta.citation })
    }
  }

  #text(block: Block, text: string | undefined, events: ChatEvent[]): void {
    if (text === undefined || text === '') return
    const whole = block.hold.take(text)
    if (whole === '') return
    block.filled = true
    events.push({ type: 'delta', slot: block.slot, text: whole })
  }

  #close(index: number, events: ChatEvent[]): void {
    const block = this.#blocks.get(index)
    if (block === undefined) return
    this.#blocks.delete(index)
    const { slot, kind, value } = block
    if (kind === 'opaque') {
      const input = block.input === '' ? value.input : (parseObject(block.input) ?? value.input)
      const whole = input === undefined ? value : { ...value, input }
      events.push({ type: 'whole', slot, value: { type: 'opaque', format: formatName, value: whole } })
      return
    }
    const rest = block.hold.rest()
    if (rest !== '') events.push({ type: 'delta', slot, text: rest })
    // A call without deltas has the input that it began with.
    else if (kind === 'toolCall' && !block.filled) {
      events.push({ type: 'delta', slot, text: JSON.stringify(value.input ?? {}) })
    }
    events.push({ type: 'close', slot })
  }

  #closeAll(events: ChatEvent[]): void {
    for (const index of [...this.#blocks.keys()]) this.#close(index, events)
  }

  #messageDelta(event: JsonObject, events: ChatEvent[]): void {
    this.#countUsage(event.usage, events)
    const delta = asObject(event.delta) ?? {}
    const raw = asString(delta.stop_reason)
    if (raw === undefined) return
    this.#closeAll(events)
    this.#finish(raw, delta, events)
  }

  #finish(raw: string | undefined, delta: JsonObject, events: ChatEvent[]): void {
    if (this.#finished) return
    this.#finished = true
    const stopSequence = asString(delta.stop_sequence)
    const fields = unknownFields(delta, deltaFields)
    events.push({
      type: 'finish',
      reason: decodeStop(raw, this.#calledTools),
      ...(raw !== undefined && { raw }),
      ...(stopSequence !== undefined && { stopSequence }),
      ...(fields !== undefined && { extras: { format: formatName, fields } }),
    })
  }

  /** Fields are merged before they are read: the cache's parts come once, its total again and again. */
  #countUsage(usage: unknown, events: ChatEvent[]): void {
    if (!isObject(usage)) return
    this.#usage = mergeRaw(this.#usage, usage)
    events.push({ type: 'usage', usage: decodeUsage(this.#usage) })
  }

  #fail(message: string, events: ChatEvent[]): void {
    this.#over = true
    events.push({ type: 'error', error: chatError('upstream', message) })
  }

  #newSlot(): number {
    const slot = this.#nextSlot
    this.#nextSlot += 1
    return slot
  }
}
