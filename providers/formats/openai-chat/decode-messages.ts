/** OpenAI's flat list of messages as turns. */

import type { Part, Role, ToolCallPart, Turn } from '../../canonical/conversation.ts'
import { FormatError } from '../../canonical/format.ts'
import { asObject, asString, type Json, type JsonObject } from '../../canonical/json.ts'
import { unknownFields, withExtras } from '../shared/extras.ts'
import { arrayField, objectAt, stringAt, stringField } from '../shared/read.ts'
import { decodeContent } from './decode-content.ts'
import { formatName } from './name.ts'
import { decodeReasoning, reasoningSource } from './reasoning.ts'

const plainFields = new Set(['role', 'content', 'name'])
const toolFields = new Set(['role', 'content', 'tool_call_id'])
const functionFields = new Set(['role', 'content', 'name'])
const assistantFields = new Set(['role', 'content', 'name', 'tool_calls', 'function_call'])
const callFields = new Set(['id', 'type', 'function'])
const innerFields = new Set(['name', 'arguments'])

/**
 * Extras of a turn may hold, besides unknown fields, how the content was spelled: `content` is `[]` for an array that a
 * string would do for, `null` for null, and false for a content that was not there; `via` names the field of the reasoning.
 * Throws FormatError with the path of the field at fault.
 */
export function decodeMessages(messages: readonly Json[]): Turn[] {
  const turns: Turn[] = []
  /** The turn that the next tool result joins. */
  let results: Turn | undefined
  let functionId = ''
  for (const [index, item] of messages.entries()) {
    const at = `messages[${index}]`
    const message = objectAt(item, at)
    const role = stringAt(message.role, `${at}.role`)
    if (role === 'tool' || role === 'function') {
      const id = role === 'tool' ? stringAt(message.tool_call_id, `${at}.tool_call_id`) : functionId
      if (results === undefined) {
        results = { role: 'user', parts: [] }
        turns.push(results)
      }
      results.parts.push(decodeResult(message, id, role, at))
      continue
    }
    results = undefined
    if (role === 'assistant') {
      const turn = decodeAssistant(message, index)
      const call = turn.parts.findLast((part) => part.type === 'toolCall')
      if (call !== undefined) functionId = call.id
      turns.push(turn)
      continue
    }
    turns.push(decodePlain(message, roleOf(role, at), at))
  }
  return turns
}

function roleOf(role: string, at: string): Role {
  if (role === 'system' || role === 'developer' || role === 'user') return role
  throw new FormatError(`${at}.role must be system, developer, user, assistant or tool, not ${role}`, `${at}.role`)
}

function decodePlain(message: JsonObject, role: Role, at: string): Turn {
  const parts = decodeContent(message.content, `${at}.content`)
  const turn: Turn = { role, parts, ...nameOf(message, at) }
  return withExtras(turn, formatName, { ...unknownFields(message, plainFields), ...spellingOf(message.content, parts) })
}

function decodeResult(message: JsonObject, id: string, role: string, at: string): Part {
  const content =
    message.content === null || message.content === undefined ? [] : decodeContent(message.content, `${at}.content`)
  const fields = unknownFields(message, role === 'tool' ? toolFields : functionFields)
  const name = asString(message.name)
  return withExtras<Part>({ type: 'toolResult', id, content }, formatName, {
    ...fields,
    ...spellingOf(message.content, content),
    ...(role === 'function' && { legacy: name ?? '' }),
  })
}

/** A message of the model, in a request or as the answer. Throws FormatError. */
export function decodeAssistant(message: JsonObject, index: number, at = `messages[${index}]`): Turn {
  const { content } = message
  const shown = content === null || content === undefined ? [] : decodeContent(content, `${at}.content`)
  const parts: Part[] = [...decodeReasoning(message), ...shown]
  const fields = unknownFields(message, assistantFields) ?? {}
  // The parts speak for the field they came from; a second copy of the text in another field stays as it was.
  const source = reasoningSource(message)
  if (source !== undefined) {
    delete fields[source]
    if (source !== 'reasoning_details') fields.via = source
  }
  const refusal = asString(message.refusal)
  if (refusal !== undefined) {
    parts.push({ type: 'refusal', text: refusal })
    delete fields.refusal
  }
  const calls = arrayField(message, 'tool_calls')
  for (const [call, item] of (calls ?? []).entries()) {
    parts.push(decodeCall(objectAt(item, `${at}.tool_calls[${call}]`), `${at}.tool_calls[${call}]`))
  }
  if (calls?.length === 0) fields.tool_calls = []
  const legacy = asObject(message.function_call)
  if (legacy !== undefined) {
    const name = stringAt(legacy.name, `${at}.function_call.name`)
    const call: ToolCallPart = { type: 'toolCall', id: `call_${index}_${name}`, name, arguments: argumentsOf(legacy) }
    parts.push(withExtras(call, formatName, { legacy: true }))
  }
  const turn: Turn = { role: 'assistant', parts, ...nameOf(message, at) }
  return withExtras(turn, formatName, { ...fields, ...spellingOf(content, shown) })
}

function decodeCall(item: JsonObject, at: string): Part {
  const inner = asObject(item.function)
  if (inner === undefined) return { type: 'opaque', format: formatName, value: item }
  const rest = unknownFields(inner, innerFields)
  const call: ToolCallPart = {
    type: 'toolCall',
    id: stringField(item, 'id', `${at}.id`) ?? '',
    name: stringAt(inner.name, `${at}.function.name`),
    arguments: argumentsOf(inner),
  }
  return withExtras(call, formatName, {
    ...unknownFields(item, callFields),
    ...(rest !== undefined && { function: rest }),
    ...(item.type === undefined && { untyped: true }),
  })
}

/** Some clients send the object itself. */
export function argumentsOf(call: JsonObject): string {
  const value = call.arguments
  if (typeof value === 'string') return value
  return value === null || value === undefined ? '' : JSON.stringify(value)
}

function spellingOf(content: Json | undefined, parts: readonly Part[]): JsonObject | undefined {
  if (content === undefined) return { content: false }
  if (content === null) return { content: null }
  return Array.isArray(content) && parts.every((part) => part.type === 'text') ? { content: [] } : undefined
}

function nameOf(message: JsonObject, at: string): { name?: string } {
  const name = stringField(message, 'name', `${at}.name`)
  return name === undefined ? {} : { name }
}
