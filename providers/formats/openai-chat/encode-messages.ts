/** Turns as OpenAI's flat list of messages. */

import type { Part, ReasoningPart, ToolResultPart, Turn } from '../../canonical/conversation.ts'
import type { RequestTarget } from '../../canonical/format.ts'
import { asObject, asString, isObject, type Json, type JsonObject } from '../../canonical/json.ts'
import { ownFields } from '../shared/extras.ts'
import { resultsAfterCalls } from '../shared/turn-order.ts'
import { encodePart } from './encode-content.ts'
import { formatName } from './name.ts'
import { encodeDetail } from './reasoning.ts'

/** Throws FormatError for parts that the format cannot say. `same`: the client spoke it too. */
export function encodeMessages(turns: readonly Turn[], target: RequestTarget, same: boolean): JsonObject[] {
  const messages: JsonObject[] = []
  for (const turn of resultsAfterCalls(turns)) {
    if (turn.role === 'assistant') messages.push(encodeAssistant(turn, target, same))
    else encodeOther(turn, target, same, messages)
  }
  return messages
}

function encodeOther(turn: Turn, target: RequestTarget, same: boolean, messages: JsonObject[]): void {
  const results = turn.parts.filter((part) => part.type === 'toolResult')
  const shown: Part[] = []
  for (const result of results) messages.push(encodeResult(result, same, shown))
  for (const part of turn.parts) if (part.type !== 'toolResult') shown.push(part)
  if (results.length > 0 && shown.length === 0) return
  const { content, ...fields } = ownFields(turn, formatName)
  const role = turn.role === 'developer' && target.developerRole !== true && !same ? 'system' : turn.role
  messages.push({
    role,
    content: encodeContent(shown, content, role, same),
    ...(turn.name !== undefined && { name: turn.name }),
    ...fields,
  })
}

/** Media that a tool gave is shown by a user message behind the results, for a `tool` message holds text only. */
function encodeResult(result: ToolResultPart, same: boolean, shown: Part[]): JsonObject {
  const { content, legacy, ...fields } = ownFields(result, formatName)
  const base = legacy === undefined ? { role: 'tool', tool_call_id: result.id } : { role: 'function', name: legacy }
  if (same) {
    const spelled = content === false ? {} : { content: encodeContent(result.content, content, 'tool', same) }
    return { ...base, ...spelled, ...fields }
  }
  const texts: string[] = []
  for (const part of result.content) {
    if (part.type === 'text') texts.push(part.text)
    else if (part.type === 'image' || part.type === 'file' || part.type === 'audio') {
      texts.push(`[${part.type} in the next message]`)
      shown.push(part)
    } else if (part.type === 'opaque') texts.push(JSON.stringify(part.value))
  }
  const text = texts.join('\n')
  return { ...base, content: result.isError === true && !/^error/i.test(text) ? `Error: ${text}` : text }
}

function encodeContent(parts: readonly Part[], spelling: Json | undefined, role: string, same: boolean): Json {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part] : []))
  const array = Array.isArray(spelling)
  if (texts.length === parts.length && !array) {
    if (texts.length === 1) return texts[0]?.text ?? ''
    // Many that copied the API take strings only.
    if (!same) return texts.map((part) => part.text).join(role === 'assistant' ? '' : '\n\n')
    if (texts.length === 0) return spelling === null ? null : ''
  }
  const context = { ofModel: role === 'assistant', same }
  const items: Json[] = []
  for (const part of parts) {
    const item = encodePart(part, context)
    if (item !== undefined) items.push(item)
  }
  return items
}

function encodeAssistant(turn: Turn, target: RequestTarget, same: boolean): JsonObject {
  const { content, via, ...fields } = ownFields(turn, formatName)
  const reasoning: ReasoningPart[] = []
  const shown: Part[] = []
  const calls: JsonObject[] = []
  let refusal: string | undefined
  let legacy: JsonObject | undefined
  for (const part of turn.parts) {
    if (part.type === 'reasoning') reasoning.push(part)
    else if (part.type === 'toolCall') {
      const { legacy: old, untyped, function: inner, ...rest } = ownFields(part, formatName)
      const call = {
        ...asObject(inner),
        name: part.name,
        arguments: part.arguments === '' && !same ? '{}' : part.arguments,
      }
      if (old === true) legacy = call
      else calls.push({ ...rest, id: part.id, ...(untyped !== true && { type: 'function' }), function: call })
    } else if (part.type === 'opaque' && isObject(part.value) && part.format === formatName && 'custom' in part.value) {
      calls.push(part.value)
    } else if (part.type === 'refusal' && ownFields(part, formatName).inline !== true) {
      refusal = (refusal ?? '') + part.text
    } else if (
      part.type === 'text' ||
      part.type === 'refusal' ||
      (part.type === 'opaque' && part.format === formatName)
    ) {
      shown.push(part)
    }
  }
  const called = calls.length > 0 || legacy !== undefined
  const missing = content === false && shown.length === 0
  const empty =
    shown.length === 0 && (content === null || ((called || refusal !== undefined) && !Array.isArray(content)))
  return {
    role: 'assistant',
    ...(!missing && { content: empty ? null : encodeContent(shown, content, 'assistant', same) }),
    ...(turn.name !== undefined && { name: turn.name }),
    ...fields,
    ...(refusal !== undefined && { refusal }),
    ...reasoningFields(reasoning, asString(via), target, same),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(legacy !== undefined && { function_call: legacy }),
  }
}

/** Back in the field it came in, or in the one that the provider wants, or nowhere. */
function reasoningFields(
  parts: readonly ReasoningPart[],
  via: string | undefined,
  target: RequestTarget,
  same: boolean,
): JsonObject {
  if (parts.length === 0) return {}
  const text = parts.map((part) => part.text ?? '').join('')
  if (same) {
    if (via === 'thinking_blocks') return { thinking_blocks: parts.map(thinkingBlock) }
    if (via !== undefined) return { [via]: text }
    return { reasoning_details: parts.map((part, index) => encodeDetail(part, index)) }
  }
  if (target.reasoningField === undefined) return {}
  if (target.reasoningField === 'reasoning_details') {
    return { reasoning_details: parts.map((part, index) => encodeDetail(part, index)) }
  }
  return text === '' ? {} : { [target.reasoningField]: text }
}

function thinkingBlock(part: ReasoningPart): JsonObject {
  if (part.data !== undefined) return { type: 'redacted_thinking', data: part.data }
  return {
    type: 'thinking',
    thinking: part.text ?? '',
    ...(part.signature !== undefined && { signature: part.signature }),
  }
}
