/** The answer between formats, as a sequence of events; a whole answer is the fold of its events. */

import type { Extras, Part } from './conversation.ts'
import type { ChatError } from './error.ts'
import type { Json } from './json.ts'
import { mergeUsage, type Usage } from './usage.ts'

export type FinishReason = 'stop' | 'length' | 'toolCalls' | 'contentFilter'

/**
 * `slot` numbers the parts of one choice from 0 in the order in which they opened; parts may interleave.
 * `choice` is the number of the answer where the client asked for several; absent: 0.
 */
export type ChatEvent =
  /** Comes once, first. `created` is in seconds. */
  | { type: 'start'; id?: string; model?: string; created?: number; extras?: Extras }
  | { type: 'open'; choice?: number; slot: number; part: 'text' | 'reasoning' | 'refusal' }
  | { type: 'open'; choice?: number; slot: number; part: 'toolCall'; id: string; name: string }
  /** A part that arrives whole, as redacted reasoning or an image; it is open and closed at once. */
  | { type: 'whole'; choice?: number; slot: number; value: Part }
  /** More text of an open part; of a tool call, more of its arguments' JSON text. */
  | { type: 'delta'; choice?: number; slot: number; text: string; extras?: Extras }
  /** Of reasoning; `origin` as in its part. */
  | { type: 'signature'; choice?: number; slot: number; signature: string; origin?: string }
  | { type: 'citation'; choice?: number; slot: number; citation: Json }
  | { type: 'close'; choice?: number; slot: number }
  | { type: 'usage'; usage: Usage }
  /** `raw` is the provider's own word for the reason; `extras` what else its format says of this answer. */
  | { type: 'finish'; choice?: number; reason: FinishReason; raw?: string; stopSequence?: string; extras?: Extras }
  | { type: 'error'; error: ChatError }
  /** The provider is alive but has nothing to say. */
  | { type: 'ping' }
  /** The terminal marker of the format was seen: the stream is whole. */
  | { type: 'end' }

export interface Finish {
  reason: FinishReason
  raw?: string
  stopSequence?: string
  extras?: Extras
}

export interface Answer {
  parts: Part[]
  finish?: Finish
}

/** A whole answer. */
export interface Completion {
  id?: string
  model?: string
  created?: number
  answers: Answer[]
  usage: Usage
  error?: ChatError
  extras?: Extras
}

/** Folds events into the whole answer; feed it as they come. */
export class CompletionFold {
  readonly completion: Completion = { answers: [], usage: {} }
  /** True once the terminal marker was seen. */
  ended = false

  push(event: ChatEvent): void {
    const { completion } = this
    switch (event.type) {
      case 'start':
        if (event.id !== undefined) completion.id = event.id
        if (event.model !== undefined) completion.model = event.model
        if (event.created !== undefined) completion.created = event.created
        if (event.extras !== undefined) completion.extras = event.extras
        return
      case 'open':
        this.#put(event.choice, event.slot, opened(event))
        return
      case 'whole':
        this.#put(event.choice, event.slot, event.value)
        return
      case 'delta': {
        const part = this.#answer(event.choice).parts[event.slot]
        if (part?.type === 'toolCall') part.arguments += event.text
        else if (part?.type === 'reasoning') part.text = (part.text ?? '') + event.text
        else if (part?.type === 'text' || part?.type === 'refusal') part.text += event.text
        return
      }
      case 'signature': {
        const part = this.#answer(event.choice).parts[event.slot]
        if (part?.type !== 'reasoning') return
        part.signature = (part.signature ?? '') + event.signature
        if (event.origin !== undefined) part.origin = event.origin
        return
      }
      case 'citation': {
        const part = this.#answer(event.choice).parts[event.slot]
        if (part?.type === 'text') part.citations = [...(part.citations ?? []), event.citation]
        return
      }
      case 'usage':
        completion.usage = mergeUsage(completion.usage, event.usage)
        return
      case 'finish': {
        const answer = this.#answer(event.choice)
        answer.finish ??= {
          reason: event.reason,
          ...(event.raw !== undefined && { raw: event.raw }),
          ...(event.stopSequence !== undefined && { stopSequence: event.stopSequence }),
          ...(event.extras !== undefined && { extras: event.extras }),
        }
        return
      }
      case 'error':
        completion.error = event.error
        return
      case 'end':
        this.ended = true
        return
      case 'close':
      case 'ping':
    }
  }

  #answer(choice = 0): Answer {
    const { answers } = this.completion
    let answer = answers[choice]
    while (answer === undefined) {
      // A later answer may begin first; no hole may stay.
      answers.push({ parts: [] })
      answer = answers[choice]
    }
    return answer
  }

  #put(choice: number | undefined, slot: number, part: Part): void {
    const { parts } = this.#answer(choice)
    while (parts.length < slot) parts.push({ type: 'text', text: '' })
    parts[slot] = part
  }
}

function opened(event: Extract<ChatEvent, { type: 'open' }>): Part {
  if (event.part === 'toolCall') return { type: 'toolCall', id: event.id, name: event.name, arguments: '' }
  return event.part === 'reasoning' ? { type: 'reasoning' } : { type: event.part, text: '' }
}
