/** Reasoning beside OpenAI's chat format: the fields of DeepSeek, OpenRouter and LiteLLM that most clients know. */

import type { ReasoningPart } from '../../canonical/conversation.ts'
import { asArray, asObject, asString, isObject, type Json, type JsonObject } from '../../canonical/json.ts'
import { ownFields, unknownFields, withExtras } from '../shared/extras.ts'
import { formatName } from './name.ts'

/** The family of Anthropic's signatures, in OpenRouter's words. */
export const anthropicOrigin = 'anthropic-claude-v1'

const known = new Set(['type', 'text', 'summary', 'signature', 'data', 'id', 'format'])

/** One entry of `reasoning_details`. */
export function decodeDetail(entry: JsonObject): ReasoningPart {
  const text = asString(entry.text) ?? asString(entry.summary)
  const signature = asString(entry.signature)
  const data = asString(entry.data)
  const id = asString(entry.id)
  const origin = asString(entry.format)
  const part: ReasoningPart = {
    type: 'reasoning',
    ...(text !== undefined && { text }),
    ...(signature !== undefined && { signature }),
    ...(data !== undefined && { data }),
    ...(id !== undefined && { id }),
    ...(origin !== undefined && { origin }),
  }
  const rest = unknownFields(entry, known)
  return withExtras(part, formatName, { ...rest, kind: entry.type ?? null })
}

/** One entry of `thinking_blocks`, which are Anthropic's blocks as they are. */
function decodeBlock(block: JsonObject): ReasoningPart {
  const text = asString(block.thinking)
  const signature = asString(block.signature)
  const data = asString(block.data)
  return {
    type: 'reasoning',
    origin: anthropicOrigin,
    ...(text !== undefined && { text }),
    ...(signature !== undefined && { signature }),
    ...(data !== undefined && { data }),
  }
}

/** The field that says most of a message's reasoning; undefined where there is none. */
export function reasoningSource(message: JsonObject): string | undefined {
  for (const name of ['reasoning_details', 'thinking_blocks']) {
    const list = asArray(message[name])
    if (list.length > 0 && list.every(isObject)) return name
  }
  return ['reasoning_content', 'reasoning'].find((name) => typeof message[name] === 'string' && message[name] !== '')
}

export function decodeReasoning(message: JsonObject): ReasoningPart[] {
  const source = reasoningSource(message)
  if (source === undefined) return []
  const value = message[source]
  if (typeof value === 'string') return [{ type: 'reasoning', text: value }]
  return asArray(value)
    .filter(isObject)
    .map(source === 'reasoning_details' ? decodeDetail : decodeBlock)
}

export function encodeDetail(part: ReasoningPart, index: number): JsonObject {
  const { kind, ...rest } = ownFields(part, formatName)
  const type = asString(kind) ?? (part.data !== undefined ? 'reasoning.encrypted' : 'reasoning.text')
  return {
    ...(kind === undefined && { index }),
    ...rest,
    type,
    ...(part.text !== undefined && { [type === 'reasoning.summary' ? 'summary' : 'text']: part.text }),
    ...(part.signature !== undefined && { signature: part.signature }),
    ...(part.data !== undefined && { data: part.data }),
    ...(part.id !== undefined && { id: part.id }),
    ...(part.origin !== undefined && { format: part.origin }),
  }
}

/**
 * What a message carries of its reasoning: the text for people, and details wherever something must come back unchanged.
 */
export function encodeReasoning(parts: readonly ReasoningPart[]): JsonObject {
  if (parts.length === 0) return {}
  const text = parts.map((part) => part.text ?? '').join('')
  const opaque = parts.some((part) => part.signature !== undefined || part.data !== undefined)
  return {
    ...(text !== '' && { reasoning_content: text }),
    ...(opaque && { reasoning_details: parts.map(encodeDetail) }),
  }
}

/** Reasoning text of a delta or a message, whatever the field is called. */
export function reasoningText(object: JsonObject): string | undefined {
  return asString(object.reasoning_content) ?? asString(object.reasoning)
}

/** `thinking` parts of Mistral hold text parts of their own. */
export function thinkingText(value: Json | undefined): string {
  if (typeof value === 'string') return value
  return asArray(value)
    .map((item) => asString(asObject(item)?.text) ?? '')
    .join('')
}
