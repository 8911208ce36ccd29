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
  | { type: 'delta'; choice?: number; slot: number; text: string }
  | { type: 'signature'; choice?: number; slot: number; signature: string }
  | { type: 'citation'; choice?: number; slot: number; citation: Json }
  | { type: 'close'; choice?: number; slot: number }
  | { type: 'usage'; usage: Usage }
  /** `raw` is the provider's own word for the reason. */
  | { type: 'finish'; choice?: number; reason: FinishReason; raw?: string; stopSequence?: string }
  | { type: 'error'; error: ChatError }
  /** The provider is alive but has nothing to say. */
  | { type: 'ping' }
  /** The terminal marker of the format was seen: the stream is whole. */
  | { type: 'end' }

export interface Answer {
  parts: Part[]
  finish?: { reason: FinishReason; raw?: string; stopSequence?: string }
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
        this.#answer(event.choice).parts[event.slot] =
          event.part === 'toolCall'
            ? { type: 'toolCall', id: event.id, name: event.name, arguments: '' }
            : event.part === 'reasoning'
              ? { type: 'reasoning' }
              : { type: event.part, text: '' }
        return
      case 'whole':
        this.#answer(event.choice).parts[event.slot] = event.value
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
        if (part?.type === 'reasoning') part.signature = (part.signature ?? '') + event.signature
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
    if (answer === undefined) {
      answer = { parts: [] }
      answers[choice] = answer
    }
    return answer
  }
}
