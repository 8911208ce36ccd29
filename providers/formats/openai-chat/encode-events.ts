/** Events as a stream of chat completion chunks. */

import type { Extras } from '../../canonical/conversation.ts'
import type { ChatEvent } from '../../canonical/events.ts'
import type { AnswerContext, EventEncoder } from '../../canonical/format.ts'
import { asObject, type Json, type JsonObject } from '../../canonical/json.ts'
import { mergeUsage, type Usage } from '../../canonical/usage.ts'
import { encodeError } from './error.ts'
import { finishNames } from './finish.ts'
import { formatName } from './name.ts'
import { encodeDetail } from './reasoning.ts'
import { annotationOf } from './response.ts'
import { encodeUsage } from './usage.ts'

/** What one answer has sent. */
interface Choice {
  readonly index: number
  /** By slot: the number of the tool call, which clients expect to count from 0 without gaps. */
  readonly tools: Map<number, number>
  readonly kinds: Map<number, 'text' | 'reasoning' | 'refusal'>
  /** By slot: reasoning that was signed and must come back whole. */
  readonly signed: Map<number, { text: string; signature: string; origin?: string }>
  details: number
  opened: boolean
}

export function encodeEvents(context: AnswerContext): EventEncoder {
  return new ChunkEncoder(context)
}

class ChunkEncoder implements EventEncoder {
  readonly #context: AnswerContext
  readonly #choices = new Map<number, Choice>()
  /** All that precedes `choices`, the same in every chunk. */
  #head = ''
  /** All that follows them. */
  readonly #tail: string
  #usage: Usage | undefined
  #failed = false

  constructor(context: AnswerContext) {
    this.#context = context
    this.#tail = context.includeUsage ? '],"usage":null}\n\n' : ']}\n\n'
  }

  encode(events: readonly ChatEvent[]): string {
    let out = ''
    for (const event of events) out += this.#one(event)
    return out
  }

  end(): string {
    if (this.#failed) return ''
    if (!this.#context.includeUsage || this.#usage === undefined) return 'data: [DONE]\n\n'
    return `${this.#begin()}],"usage":${JSON.stringify(encodeUsage(this.#usage))}}\n\ndata: [DONE]\n\n`
  }

  #one(event: ChatEvent): string {
    if (this.#failed) return ''
    switch (event.type) {
      case 'start':
        this.#start(event.id, event.created, event.extras)
        return this.#opening(this.#choice(0))
      case 'delta':
        return this.#delta(event.choice ?? 0, event.slot, event.text, event.extras)
      case 'open': {
        const choice = this.#choice(event.choice ?? 0)
        if (event.part === 'toolCall') return this.#tool(choice, event.slot, event.id, event.name, '')
        choice.kinds.set(event.slot, event.part)
        return this.#opening(choice)
      }
      case 'whole':
        return this.#whole(event)
      case 'signature': {
        const choice = this.#choice(event.choice ?? 0)
        const part = choice.signed.get(event.slot) ?? { text: '', signature: '' }
        part.signature += event.signature
        if (event.origin !== undefined) part.origin = event.origin
        choice.signed.set(event.slot, part)
        return ''
      }
      case 'citation': {
        const annotation = annotationOf(event.citation)
        if (annotation === undefined) return ''
        return this.#chunk(this.#choice(event.choice ?? 0), `{"annotations":${JSON.stringify([annotation])}}`)
      }
      case 'close':
        return this.#close(this.#choice(event.choice ?? 0), event.slot)
      case 'usage':
        this.#usage = this.#usage === undefined ? event.usage : mergeUsage(this.#usage, event.usage)
        return ''
      case 'finish':
        return this.#finish(event)
      case 'error':
        this.#failed = true
        return `data: ${JSON.stringify(encodeError(event.error))}\n\n`
      case 'ping':
        return ': ping\n\n'
      case 'end':
        return ''
    }
  }

  #start(id: string | undefined, created: number | undefined, extras: Extras | undefined): void {
    const own = extras?.format === formatName ? extras.fields : {}
    const head = JSON.stringify({
      id: id ?? this.#context.id,
      object: 'chat.completion.chunk',
      created: created ?? this.#context.created,
      model: this.#context.model,
      ...own,
    })
    this.#head = `data: ${head.slice(0, -1)},"choices":[`
  }

  #begin(): string {
    if (this.#head === '') this.#start(undefined, undefined, undefined)
    return this.#head
  }

  #choice(index: number): Choice {
    let choice = this.#choices.get(index)
    if (choice === undefined) {
      choice = { index, tools: new Map(), kinds: new Map(), signed: new Map(), details: 0, opened: false }
      this.#choices.set(index, choice)
    }
    return choice
  }

  /** The role, once for each answer. */
  #opening(choice: Choice): string {
    if (choice.opened) return ''
    choice.opened = true
    return this.#chunk(choice, '{"role":"assistant","content":""}')
  }

  /** `delta` is JSON text. */
  #chunk(choice: Choice, delta: string): string {
    return `${this.#opening(choice)}${this.#begin()}{"index":${choice.index},"delta":${delta},"logprobs":null,"finish_reason":null}${this.#tail}`
  }

  #delta(index: number, slot: number, text: string, extras: Extras | undefined): string {
    const choice = this.#choice(index)
    const tool = choice.tools.get(slot)
    const json = JSON.stringify(text)
    if (tool !== undefined) {
      return this.#chunk(choice, `{"tool_calls":[{"index":${tool},"function":{"arguments":${json}}}]}`)
    }
    const kind = choice.kinds.get(slot)
    if (kind === 'reasoning') {
      const part = choice.signed.get(slot) ?? { text: '', signature: '' }
      part.text += text
      choice.signed.set(slot, part)
      return this.#chunk(choice, `{"reasoning_content":${json}}`)
    }
    const delta = kind === 'refusal' ? `{"refusal":${json}}` : `{"content":${json}}`
    const logprobs = extras?.format === formatName ? extras.fields.logprobs : undefined
    if (logprobs === undefined) return this.#chunk(choice, delta)
    return `${this.#opening(choice)}${this.#begin()}{"index":${choice.index},"delta":${delta},"logprobs":${JSON.stringify(logprobs)},"finish_reason":null}${this.#tail}`
  }

  #tool(choice: Choice, slot: number, id: string, name: string, text: string): string {
    const index = choice.tools.size
    choice.tools.set(slot, index)
    const call = { index, id, type: 'function', function: { name, arguments: text } }
    return this.#chunk(choice, `{"tool_calls":[${JSON.stringify(call)}]}`)
  }

  #whole(event: Extract<ChatEvent, { type: 'whole' }>): string {
    const choice = this.#choice(event.choice ?? 0)
    const { value } = event
    switch (value.type) {
      case 'text':
        return value.text === '' ? '' : this.#chunk(choice, `{"content":${JSON.stringify(value.text)}}`)
      case 'refusal':
        return this.#chunk(choice, `{"refusal":${JSON.stringify(value.text)}}`)
      case 'toolCall':
        return this.#tool(choice, event.slot, value.id, value.name, value.arguments)
      case 'reasoning': {
        const detail = encodeDetail(value, choice.details)
        choice.details += 1
        const text = value.text === undefined ? '' : `"reasoning_content":${JSON.stringify(value.text)},`
        return this.#chunk(choice, `{${text}"reasoning_details":[${JSON.stringify(detail)}]}`)
      }
      case 'opaque':
        return value.format === formatName ? this.#chunk(choice, `{"content":${JSON.stringify([value.value])}}`) : ''
      default:
        return ''
    }
  }

  #close(choice: Choice, slot: number): string {
    const part = choice.signed.get(slot)
    if (part === undefined) return ''
    choice.signed.delete(slot)
    if (part.signature === '') return ''
    const detail = encodeDetail({ type: 'reasoning', ...part }, choice.details)
    choice.details += 1
    return this.#chunk(choice, `{"reasoning_details":[${JSON.stringify(detail)}]}`)
  }

  #finish(event: Extract<ChatEvent, { type: 'finish' }>): string {
    const choice = this.#choice(event.choice ?? 0)
    const opening = this.#opening(choice)
    const reason = finishNames[event.reason === 'stop' && choice.tools.size > 0 ? 'toolCalls' : event.reason]
    const own: JsonObject = event.extras?.format === formatName ? event.extras.fields : {}
    const rest: Record<string, Json | undefined> = { ...asObject(own.choice) }
    if (event.raw !== undefined && event.raw !== reason && rest.native_finish_reason === undefined) {
      rest.native_finish_reason = event.raw
    }
    const more = JSON.stringify(rest)
    const tail = more === '{}' ? '' : `,${more.slice(1, -1)}`
    return `${opening}${this.#begin()}{"index":${choice.index},"delta":{},"logprobs":null,"finish_reason":"${reason}"${tail}}${this.#tail}`
  }
}
