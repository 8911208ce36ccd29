/** The conversation between formats: what a client asks, whatever it speaks. */

import type { Json, JsonObject } from './json.ts'

/** Fields that only one format knows. A codec of the same format puts them back; any other leaves them out. */
export interface Extras {
  readonly format: string
  readonly fields: JsonObject
}

interface PartBase {
  extras?: Extras
  /** The prompt up to here is worth caching: the `cache_control` of Anthropic, which many others take too. */
  cache?: JsonObject
}

export type MediaSource =
  | { type: 'url'; url: string }
  /** `data` is base64 without the `data:` prefix. */
  | { type: 'base64'; data: string; mediaType: string }
  | { type: 'id'; id: string }
  | { type: 'text'; text: string }

export interface TextPart extends PartBase {
  type: 'text'
  text: string
  citations?: Json[]
}
export interface RefusalPart extends PartBase {
  type: 'refusal'
  text: string
}
export interface ImagePart extends PartBase {
  type: 'image'
  source: MediaSource
  detail?: string
}
export interface AudioPart extends PartBase {
  type: 'audio'
  source: MediaSource
}
export interface FilePart extends PartBase {
  type: 'file'
  source: MediaSource
  name?: string
}
/** Reasoning is opaque: `signature` and `data` go back to the provider family they came from, unchanged, or nowhere. */
export interface ReasoningPart extends PartBase {
  type: 'reasoning'
  text?: string
  signature?: string
  /** Redacted or encrypted reasoning. */
  data?: string
  id?: string
  /** The family that can read `signature` and `data`, named as OpenRouter does, as in `anthropic-claude-v1`. */
  origin?: string
}
export interface ToolCallPart extends PartBase {
  type: 'toolCall'
  id: string
  name: string
  /** JSON text, byte for byte as the model wrote it. */
  arguments: string
}
export interface ToolResultPart extends PartBase {
  type: 'toolResult'
  /** The id of the call that this answers. */
  id: string
  content: Part[]
  isError?: boolean
}
/** A part that only its own format understands. */
export interface OpaquePart extends PartBase {
  type: 'opaque'
  format: string
  value: Json
}
export type Part =
  | TextPart
  | RefusalPart
  | ImagePart
  | AudioPart
  | FilePart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | OpaquePart

export type Role = 'system' | 'developer' | 'user' | 'assistant'

/** One message. Tool results are parts of a user turn. */
export interface Turn extends PartBase {
  role: Role
  parts: Part[]
  name?: string
}

export interface Tool extends PartBase {
  name: string
  description?: string
  /** JSON Schema of the arguments; absent: no arguments. */
  parameters?: JsonObject
  strict?: boolean
  /** A tool that only its own format understands, as one that the provider runs itself; other formats leave it out. */
  opaque?: { format: string; value: JsonObject }
}

export type ToolChoice = { type: 'auto' } | { type: 'none' } | { type: 'required' } | { type: 'tool'; name: string }

export type OutputShape =
  | { type: 'json' }
  | { type: 'jsonSchema'; name: string; schema: JsonObject; strict?: boolean; description?: string }

export interface Reasoning {
  effort?: string
  /** Tokens that may be spent on reasoning. */
  budget?: number
  enabled?: boolean
}

export interface Conversation extends PartBase {
  model?: string
  turns: Turn[]
  tools?: Tool[]
  toolChoice?: ToolChoice
  parallelToolCalls?: boolean
  stream: boolean
  /** Whether the client wants usage in the stream. */
  includeUsage?: boolean
  maxTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  stop?: string[]
  seed?: number
  frequencyPenalty?: number
  presencePenalty?: number
  /** How many answers; absent: one. */
  count?: number
  output?: OutputShape
  reasoning?: Reasoning
  user?: string
}
