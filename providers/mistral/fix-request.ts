/** Where Mistral's API differs from the one it copied: it refuses fields that it does not know. */

import { createHash } from 'node:crypto'
import { isObject, type Json, type JsonObject } from '../canonical/json.ts'
import { type Fix, inTurn, oldMaxTokens, renamed, without } from '../fixes.ts'

const id = /^[A-Za-z0-9]{9}$/

/** Ids of tool calls must be nine letters or digits; the same id becomes the same one in the call and in its result. */
function nineLetters(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string' || id.test(value)) return value
  return createHash('sha256').update(value).digest('hex').slice(0, 9)
}

function fixMessage(message: Json): Json {
  if (!isObject(message)) return message
  if (message.role === 'tool') return { ...message, tool_call_id: nineLetters(message.tool_call_id) }
  if (!Array.isArray(message.tool_calls)) return message
  const calls = message.tool_calls.map((call) => (isObject(call) ? { ...call, id: nineLetters(call.id) } : call))
  return { ...message, tool_calls: calls }
}

function fixMessages(body: JsonObject): JsonObject {
  if (!Array.isArray(body.messages)) return body
  const foreign = body.messages.some(
    (message) => isObject(message) && (message.role === 'tool' || Array.isArray(message.tool_calls)),
  )
  return foreign ? { ...body, messages: body.messages.map(fixMessage) } : body
}

function fixToolChoice(body: JsonObject): JsonObject {
  return body.tool_choice === 'required' ? { ...body, tool_choice: 'any' } : body
}

export const fixRequest: Fix = inTurn(
  oldMaxTokens,
  renamed('seed', 'random_seed'),
  without('stream_options', 'top_k', 'user', 'logprobs', 'top_logprobs', 'logit_bias', 'store'),
  fixToolChoice,
  fixMessages,
)
