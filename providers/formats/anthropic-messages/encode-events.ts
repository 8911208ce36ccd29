/** Canonical events as a stream of Anthropic's message events. */

import type { Extras } from '../../canonical/conversation.ts'
import type { ChatEvent, Finish } from '../../canonical/events.ts'
import type { AnswerContext, EventEncoder } from '../../canonical/format.ts'
import { isObject, type JsonObject } from '../../canonical/json.ts'
import { mergeUsage, type Usage } from '../../canonical/usage.ts'
import { withPrefix } from '../shared/identifiers.ts'
import { BlockWriter, frame } from './block-writer.ts'
import { encodeError } from './error.ts'
import { encodeStop } from './finish.ts'
import { formatName } from './name.ts'
import { encodeUsage } from './usage.ts'

export function encodeEvents(context: AnswerContext): EventEncoder {
  return new MessageEncoder(context)
}

/** Blocks cannot interleave here: of parts that grow at the same time one is sent, and the others wait until it closes. */
class MessageEncoder implements EventEncoder {
  readonly #context: AnswerContext
  #current: { slot: number; writer: BlockWriter } | undefined
  /** By slot, in the order in which they opened. */
  readonly #waiting = new Map<number, BlockWriter>()
  #nextIndex = 0
  #start: { id?: string; extras?: Extras } | undefined
  #started = false
  #usage: Usage = {}
  #finish: Finish | undefined
  #refused = false
  #calledTools = false
  #failed = false

  constructor(context: AnswerContext) {
    this.#context = context
  }

  encode(events: readonly ChatEvent[]): string {
    let out = ''
    for (const event of events) {
      // There is one answer in this format.
      if (this.#failed || ('choice' in event && event.choice !== undefined && event.choice > 0)) continue
      out += this.#one(event)
    }
    return this.#start === undefined ? out : out + this.#begin()
  }

  /** The reason to stop waits until here, for some providers tell their usage last. */
  end(): string {
    if (this.#failed) return ''
    const out = this.#begin() + this.#flush()
    const finish = this.#finish
    const own = finish?.extras?.format === formatName ? finish.extras.fields : {}
    const delta: JsonObject = {
      stop_reason: encodeStop(finish, this.#refused, this.#calledTools),
      stop_sequence: finish?.stopSequence ?? null,
      ...own,
    }
    const usage = encodeUsage(this.#usage)
    return `${out}${frame('message_delta', { type: 'message_delta', delta, usage })}${frame('message_stop', { type: 'message_stop' })}`
  }

  #one(event: ChatEvent): string {
    switch (event.type) {
      case 'start':
        // What usage comes with it is told in the start; the end tells all of it anyway.
        this.#start = event
        return ''
      case 'usage':
        this.#usage = mergeUsage(this.#usage, event.usage)
        return ''
      case 'finish':
        this.#finish ??= event
        return this.#flush()
      case 'error':
        this.#failed = true
        this.#start = undefined
        return frame('error', encodeError(event.error))
      case 'ping':
        return `${this.#begin()}${frame('ping', { type: 'ping' })}`
      case 'end':
        return ''
      default:
        return this.#begin() + this.#part(event)
    }
  }

  #part(event: Extract<ChatEvent, { slot: number }>): string {
    const { slot } = event
    if (event.type === 'open' || event.type === 'whole') {
      const writer = new BlockWriter(event)
      if (event.type === 'open') {
        if (event.part === 'refusal') this.#refused = true
        if (event.part === 'toolCall') this.#calledTools = true
      } else if (event.value.type === 'toolCall') this.#calledTools = true
      this.#waiting.set(slot, writer)
      return this.#promote()
    }
    const current = this.#current?.slot === slot ? this.#current.writer : undefined
    const writer = current ?? this.#waiting.get(slot)
    writer?.push(event)
    if (current === undefined) return ''
    const out = current.take()
    return event.type === 'close' ? out + this.#promote() : out
  }

  /** Starts what waits, up to the first that is still growing. */
  #promote(): string {
    let out = ''
    if (this.#current !== undefined) {
      if (!this.#current.writer.closed) return out
      this.#current = undefined
    }
    for (const [slot, writer] of this.#waiting) {
      this.#waiting.delete(slot)
      if (!writer.start(this.#nextIndex)) continue
      this.#nextIndex += 1
      out += writer.take()
      if (writer.closed) continue
      this.#current = { slot, writer }
      break
    }
    return out
  }

  /** Closes and sends all there is. */
  #flush(): string {
    let out = ''
    while (this.#current !== undefined) {
      this.#current.writer.push({ type: 'close', slot: this.#current.slot })
      out += this.#current.writer.take() + this.#promote()
    }
    return out
  }

  #begin(): string {
    if (this.#started) {
      this.#start = undefined
      return ''
    }
    this.#started = true
    const { id, extras } = this.#start ?? {}
    this.#start = undefined
    const own = extras !== undefined && extras.format === formatName && isObject(extras.fields) ? extras.fields : {}
    const message: JsonObject = {
      id: withPrefix('msg_', id ?? this.#context.id),
      type: 'message',
      role: 'assistant',
      model: this.#context.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      ...own,
      usage: encodeUsage(this.#usage),
    }
    return frame('message_start', { type: 'message_start', message })
  }
}
