/** The parts of one choice, as they grow delta by delta. */

import type { Extras, Part } from '../../canonical/conversation.ts'
import { chatError } from '../../canonical/error.ts'
import type { ChatEvent } from '../../canonical/events.ts'
import { asObject, asString, isObject, type Json, type JsonObject } from '../../canonical/json.ts'
import { TextHold } from '../shared/text-hold.ts'
import { decodeFinish, isFailure } from './finish.ts'
import { formatName } from './name.ts'
import { anthropicOrigin, decodeDetail, reasoningText, thinkingText } from './reasoning.ts'
import { argumentsDelta, ToolTracker, type TrackedCall } from './tool-tracker.ts'

type TextKind = 'text' | 'reasoning' | 'refusal'

/** `choice` is absent from events of the first one. */
export class ChoiceDecoder {
  readonly #choice: { choice?: number }
  readonly #tools = new ToolTracker()
  readonly #hold = new TextHold()
  #nextSlot = 0
  #kind: TextKind | undefined
  #slot = 0
  /** The reasoning of the open part so far. */
  #said = ''
  finished = false

  constructor(index: number) {
    this.#choice = index === 0 ? {} : { choice: index }
  }

  /** `logprobs` go with the text they belong to. */
  delta(delta: JsonObject, logprobs: Json | undefined, events: ChatEvent[]): void {
    if (this.finished) return
    this.#reasoning(delta, events)
    const { content } = delta
    if (typeof content === 'string') this.#text('text', content, events, extrasOf(logprobs))
    else if (Array.isArray(content)) this.#parts(content, events)
    if (typeof delta.refusal === 'string') this.#text('refusal', delta.refusal, events)
    const { annotations } = delta
    if (Array.isArray(annotations)) for (const citation of annotations) this.#citation(citation, events)
    const { tool_calls } = delta
    if (Array.isArray(tool_calls)) for (const call of tool_calls) if (isObject(call)) this.#tool(call, events)
    const legacy = asObject(delta.function_call)
    if (legacy !== undefined) this.#tool({ index: -1, function: legacy }, events)
  }

  finish(raw: string | undefined, extras: Extras | undefined, events: ChatEvent[]): void {
    if (this.finished) return
    this.close(events)
    this.finished = true
    if (isFailure(raw)) {
      events.push({ type: 'error', error: chatError('upstream', `The provider ended the answer with "${raw}"`) })
      return
    }
    events.push({
      type: 'finish',
      ...this.#choice,
      reason: decodeFinish(raw, this.#tools.calls.length > 0),
      ...(raw !== undefined && { raw }),
      ...(extras !== undefined && { extras }),
    })
  }

  /** Closes all that is open. */
  close(events: ChatEvent[]): void {
    this.#closeText(events)
    for (const call of this.#tools.calls) {
      this.#open(call, events)
      const rest = call.hold.rest()
      // No arguments at all mean an empty object.
      const text = rest === '' && !call.filled ? '{}' : rest
      if (text !== '') events.push({ type: 'delta', ...this.#choice, slot: call.slot, text })
      events.push({ type: 'close', ...this.#choice, slot: call.slot })
    }
  }

  #text(kind: TextKind, text: string, events: ChatEvent[], extras?: Extras): void {
    if (text === '' && extras === undefined) return
    if (this.#kind !== kind) {
      this.#closeText(events)
      this.#kind = kind
      this.#slot = this.#newSlot()
      this.#said = ''
      events.push({ type: 'open', ...this.#choice, slot: this.#slot, part: kind })
    }
    if (kind === 'reasoning') this.#said += text
    const whole = this.#hold.take(text)
    if (whole === '' && extras === undefined) return
    events.push({
      type: 'delta',
      ...this.#choice,
      slot: this.#slot,
      text: whole,
      ...(extras !== undefined && { extras }),
    })
  }

  #closeText(events: ChatEvent[]): void {
    if (this.#kind === undefined) return
    const rest = this.#hold.rest()
    if (rest !== '') events.push({ type: 'delta', ...this.#choice, slot: this.#slot, text: rest })
    events.push({ type: 'close', ...this.#choice, slot: this.#slot })
    this.#kind = undefined
  }

  #reasoning(delta: JsonObject, events: ChatEvent[]): void {
    const details = delta.reasoning_details
    const blocks = delta.thinking_blocks
    const entries = Array.isArray(details) && details.length > 0 ? details : undefined
    const text = reasoningText(delta)
    if (entries === undefined) {
      if (text !== undefined) this.#text('reasoning', text, events)
      if (Array.isArray(blocks)) for (const block of blocks) this.#thinkingBlock(block, text === undefined, events)
      return
    }
    // A plain field beside the details says the same once more, and all of it where an entry comes late with its signature.
    if (text !== undefined && !entries.some((entry) => isObject(entry) && hasText(entry))) {
      this.#text('reasoning', text, events)
    }
    for (const entry of entries) if (isObject(entry)) this.#detail(entry, events)
  }

  #detail(entry: JsonObject, events: ChatEvent[]): void {
    const part = decodeDetail(entry)
    if (part.data !== undefined) {
      this.#whole(part, events)
      return
    }
    // An entry that is complete, behind the text that it repeats, only signs it.
    const repeated = part.signature !== undefined && this.#kind === 'reasoning' && part.text === this.#said
    if (part.text !== undefined && !repeated) this.#text('reasoning', part.text, events)
    if (part.signature !== undefined) this.#sign(part.signature, part.origin, events)
  }

  #thinkingBlock(block: Json, alone: boolean, events: ChatEvent[]): void {
    if (!isObject(block)) return
    const data = asString(block.data)
    if (data !== undefined) {
      this.#whole({ type: 'reasoning', data, origin: anthropicOrigin }, events)
      return
    }
    const text = asString(block.thinking)
    if (alone && text !== undefined) this.#text('reasoning', text, events)
    const signature = asString(block.signature)
    if (signature !== undefined && signature !== '') this.#sign(signature, anthropicOrigin, events)
  }

  #sign(signature: string, origin: string | undefined, events: ChatEvent[]): void {
    if (this.#kind !== 'reasoning') {
      this.#closeText(events)
      this.#kind = 'reasoning'
      this.#slot = this.#newSlot()
      events.push({ type: 'open', ...this.#choice, slot: this.#slot, part: 'reasoning' })
    }
    events.push({
      type: 'signature',
      ...this.#choice,
      slot: this.#slot,
      signature,
      ...(origin !== undefined && { origin }),
    })
  }

  #whole(value: Part, events: ChatEvent[]): void {
    this.#closeText(events)
    events.push({ type: 'whole', ...this.#choice, slot: this.#newSlot(), value })
  }

  /** Mistral sends arrays of parts. */
  #parts(content: readonly Json[], events: ChatEvent[]): void {
    for (const item of content) {
      if (!isObject(item)) continue
      if (item.type === 'thinking') this.#text('reasoning', thinkingText(item.thinking), events)
      else if (typeof item.text === 'string') this.#text('text', item.text, events)
      else this.#whole({ type: 'opaque', format: formatName, value: item }, events)
    }
  }

  #citation(citation: Json, events: ChatEvent[]): void {
    if (this.#kind === 'text') events.push({ type: 'citation', ...this.#choice, slot: this.#slot, citation })
  }

  #tool(delta: JsonObject, events: ChatEvent[]): void {
    const call = this.#tools.find(delta, () => this.#newSlot())
    if (call === undefined) {
      events.push({
        type: 'error',
        error: chatError('upstream', 'The provider sent arguments of an unknown tool call'),
      })
      return
    }
    const text = argumentsDelta(delta)
    if (!call.opened && call.name === '') {
      call.early += text
      return
    }
    this.#open(call, events)
    this.#fill(call, text, events)
  }

  #open(call: TrackedCall, events: ChatEvent[]): void {
    if (call.opened) return
    call.opened = true
    this.#closeText(events)
    if (call.id === '') call.id = `call_${call.slot}`
    events.push({ type: 'open', ...this.#choice, slot: call.slot, part: 'toolCall', id: call.id, name: call.name })
    this.#fill(call, call.early, events)
  }

  #fill(call: TrackedCall, text: string, events: ChatEvent[]): void {
    const whole = call.hold.take(text)
    if (whole === '') return
    call.filled = true
    events.push({ type: 'delta', ...this.#choice, slot: call.slot, text: whole })
  }

  #newSlot(): number {
    const slot = this.#nextSlot
    this.#nextSlot += 1
    return slot
  }
}

function hasText(entry: JsonObject): boolean {
  return typeof entry.text === 'string' || typeof entry.summary === 'string'
}

function extrasOf(logprobs: Json | undefined): Extras | undefined {
  return logprobs === undefined || logprobs === null ? undefined : { format: formatName, fields: { logprobs } }
}
