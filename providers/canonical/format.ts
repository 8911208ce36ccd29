/** What a wire format of chat traffic must offer. Pure functions and small state machines; no I/O. */

import type { Conversation } from './conversation.ts'
import type { ChatError } from './error.ts'
import type { ChatEvent, Completion } from './events.ts'
import type { JsonObject } from './json.ts'
import type { Usage } from './usage.ts'

/** Turns the bytes of a stream into events; a character, a line end or a frame may be cut anywhere. */
export interface EventDecoder {
  push(bytes: Buffer): ChatEvent[]
  /** The stream is over: what was left, and an `upstream` error if its terminal marker never came. */
  end(): ChatEvent[]
}

/** Turns events into the bytes of a stream. */
export interface EventEncoder {
  /** All events of one read go out in one write. */
  encode(events: readonly ChatEvent[]): string
  /** What closes the stream after the last event. */
  end(): string
}

export interface RequestTarget {
  /** The model's name at the provider. */
  readonly model: string
  /** `max_tokens` for a format that must have one, where the client gave none. */
  readonly maxTokens?: number
  /** True: a role `developer` is understood. */
  readonly developerRole?: boolean
  /** The field in which it wants the reasoning of earlier turns back; absent: none, as at OpenAI. */
  readonly reasoningField?: ReasoningField
}

/** How formats of OpenAI's kind carry reasoning. */
export type ReasoningField = 'reasoning_content' | 'reasoning' | 'reasoning_details'

/** What an answer needs to know of its request. */
export interface AnswerContext {
  /** Used where the provider gives no id. */
  readonly id: string
  /** The model's name for the client. */
  readonly model: string
  /** Seconds since the epoch. */
  readonly created: number
  readonly includeUsage: boolean
}

/** A codec: what lies between one wire format and the canonical conversation. Throws `FormatError` for a bad request. */
export interface ChatFormat {
  /** As in `openai-chat`. */
  readonly name: string
  /** Media type of its streams. */
  readonly streamType: string
  /** The terminal path at a provider that speaks it, as in `/v1/chat/completions`. */
  path(model: string, stream: boolean): string
  decodeRequest(body: JsonObject): Conversation
  encodeRequest(conversation: Conversation, target: RequestTarget): JsonObject
  decodeEvents(): EventDecoder
  encodeEvents(context: AnswerContext): EventEncoder
  /** The events of a whole answer, ending with `end`. */
  decodeResponse(body: JsonObject): ChatEvent[]
  encodeResponse(completion: Completion, context: AnswerContext): JsonObject
  /** `body` is the parsed JSON, or the text where it is none. */
  decodeError(
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: unknown,
  ): ChatError
  encodeError(error: ChatError, requestId: string): JsonObject
  /** The HTTP status that this format's clients know for the error, as 529 for an overload in Anthropic's. */
  errorStatus(error: ChatError): number
  /** Usage as this format's own object, as read from `usage` of an answer. */
  decodeUsage(usage: JsonObject): Usage
}

/** A request that its own format does not allow; `param` is the path of the field, as in `messages[0].role`. */
export class FormatError extends Error {
  readonly param: string | undefined

  constructor(message: string, param?: string) {
    super(message)
    this.name = 'FormatError'
    this.param = param
  }
}
