/** One content block of a stream: what is known of it, as text that may go out once its turn comes. */

import type { Part } from '../../canonical/conversation.ts'
import type { ChatEvent } from '../../canonical/events.ts'
import { isObject, type JsonObject } from '../../canonical/json.ts'
import { safeToolId } from '../shared/identifiers.ts'
import { formatName } from './name.ts'

/** One event of the stream. */
export function frame(event: string, data: JsonObject): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

export class BlockWriter {
  readonly #block: JsonObject | undefined
  readonly #kind: string
  /** Whole parts say all that they have at once. */
  readonly #whole: Part | undefined
  #waiting: Extract<ChatEvent, { slot: number }>[] = []
  #index = -1
  #out = ''
  /** All but the text of a delta, the same for each. */
  #deltaHead = ''
  closed = false

  constructor(event: Extract<ChatEvent, { type: 'open' | 'whole' }>) {
    if (event.type === 'open') {
      this.#kind = event.part
      this.#block = opening(event)
    } else {
      this.#kind = event.value.type
      this.#whole = event.value
      this.#block = wholeBlock(event.value)
    }
  }

  /** False for a part that the format cannot say. */
  start(index: number): boolean {
    if (this.#block === undefined) return false
    this.#index = index
    this.#out = frame('content_block_start', { type: 'content_block_start', index, content_block: this.#block })
    const [type, field] =
      this.#kind === 'toolCall'
        ? ['input_json_delta', 'partial_json']
        : this.#kind === 'reasoning'
          ? ['thinking_delta', 'thinking']
          : ['text_delta', 'text']
    this.#deltaHead = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"${type}","${field}":`
    const waiting = this.#waiting
    this.#waiting = []
    if (this.#whole !== undefined) this.#writeWhole(this.#whole)
    for (const event of waiting) this.#write(event)
    return true
  }

  push(event: Extract<ChatEvent, { slot: number }>): void {
    if (this.#index >= 0) this.#write(event)
    else this.#waiting.push(event)
  }

  /** The text to send since the last call. */
  take(): string {
    const out = this.#out
    this.#out = ''
    return out
  }

  #write(event: Extract<ChatEvent, { slot: number }>): void {
    if (this.closed) return
    switch (event.type) {
      case 'delta':
        if (event.text !== '') this.#out += `${this.#deltaHead}${JSON.stringify(event.text)}}}\n\n`
        return
      case 'signature':
        this.#delta({ type: 'signature_delta', signature: event.signature })
        return
      case 'citation':
        // Another format's citations point elsewhere than its own do.
        if (isObject(event.citation) && event.citation.type !== 'url_citation') {
          this.#delta({ type: 'citations_delta', citation: event.citation })
        }
        return
      case 'close':
        this.closed = true
        this.#out += frame('content_block_stop', { type: 'content_block_stop', index: this.#index })
    }
  }

  #writeWhole(part: Part): void {
    if (part.type === 'text' || part.type === 'refusal') this.#write({ type: 'delta', slot: 0, text: part.text })
    else if (part.type === 'toolCall') this.#write({ type: 'delta', slot: 0, text: part.arguments })
    else if (part.type === 'reasoning' && part.data === undefined) {
      this.#write({ type: 'delta', slot: 0, text: part.text ?? '' })
      if (part.signature !== undefined) this.#write({ type: 'signature', slot: 0, signature: part.signature })
    }
    this.#write({ type: 'close', slot: 0 })
  }

  #delta(delta: JsonObject): void {
    this.#out += frame('content_block_delta', { type: 'content_block_delta', index: this.#index, delta })
  }
}

function opening(event: Extract<ChatEvent, { type: 'open' }>): JsonObject {
  if (event.part === 'toolCall') return { type: 'tool_use', id: safeToolId(event.id), name: event.name, input: {} }
  return event.part === 'reasoning' ? { type: 'thinking', thinking: '', signature: '' } : { type: 'text', text: '' }
}

function wholeBlock(part: Part): JsonObject | undefined {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? undefined : { type: 'text', text: '' }
    case 'reasoning':
      if (part.data !== undefined) return { type: 'redacted_thinking', data: part.data }
      return { type: 'thinking', thinking: '', signature: '' }
    case 'toolCall':
      return { type: 'tool_use', id: safeToolId(part.id), name: part.name, input: {} }
    case 'opaque':
      return part.format === formatName && isObject(part.value) ? part.value : undefined
    default:
      return undefined
  }
}
