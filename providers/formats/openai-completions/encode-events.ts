/** Events as a stream of completion chunks. */

import type { ChatEvent } from '../../canonical/events.ts'
import type { AnswerContext, EventEncoder } from '../../canonical/format.ts'
import { mergeUsage, type Usage } from '../../canonical/usage.ts'
import { encodeError } from '../openai-chat/error.ts'
import { finishNames } from '../openai-chat/finish.ts'
import { encodeUsage } from '../openai-chat/usage.ts'
import { formatName } from './name.ts'

export function encodeEvents(context: AnswerContext): EventEncoder {
  return new CompletionEncoder(context)
}

class CompletionEncoder implements EventEncoder {
  readonly #context: AnswerContext
  readonly #tail: string
  /** Parts that are text, by answer and slot. */
  readonly #texts = new Set<string>()
  #head = ''
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
      case 'start': {
        const own = event.extras?.format === formatName ? event.extras.fields : {}
        this.#start({ id: event.id, created: event.created }, own)
        return ''
      }
      case 'open':
        if (event.part === 'text' || event.part === 'refusal') this.#texts.add(`${event.choice ?? 0}/${event.slot}`)
        return ''
      case 'delta':
        if (!this.#texts.has(`${event.choice ?? 0}/${event.slot}`)) return ''
        return this.#chunk(event.choice ?? 0, event.text, null)
      case 'whole':
        return event.value.type === 'text' ? this.#chunk(event.choice ?? 0, event.value.text, null) : ''
      case 'usage':
        this.#usage = this.#usage === undefined ? event.usage : mergeUsage(this.#usage, event.usage)
        return ''
      case 'finish':
        return this.#chunk(event.choice ?? 0, '', finishNames[event.reason])
      case 'error':
        this.#failed = true
        return `data: ${JSON.stringify(encodeError(event.error))}\n\n`
      case 'ping':
        return ': ping\n\n'
      default:
        return ''
    }
  }

  #start(given: { id?: string | undefined; created?: number | undefined }, own: object): void {
    const head = JSON.stringify({
      id: given.id ?? this.#context.id,
      object: 'text_completion',
      created: given.created ?? this.#context.created,
      model: this.#context.model,
      ...own,
    })
    this.#head = `data: ${head.slice(0, -1)},"choices":[`
  }

  #begin(): string {
    if (this.#head === '') this.#start({}, {})
    return this.#head
  }

  #chunk(choice: number, text: string, reason: string | null): string {
    return `${this.#begin()}{"text":${JSON.stringify(text)},"index":${choice},"logprobs":null,"finish_reason":${JSON.stringify(reason)}}${this.#tail}`
  }
}
