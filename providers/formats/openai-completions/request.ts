/** Prompts as conversations of one user turn, and conversations as prompts. */

import type { Conversation, Turn } from '../../canonical/conversation.ts'
import { FormatError, type RequestTarget } from '../../canonical/format.ts'
import { asBoolean, asObject, type Json, type JsonObject } from '../../canonical/json.ts'
import { ownFields, spelled, unknownFields } from '../shared/extras.ts'
import { booleanField, numberField, stopStrings, stringField } from '../shared/read.ts'
import { formatName } from './name.ts'

const absorbed = new Set([
  'model',
  'prompt',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'n',
  'user',
])

/** Several prompts, or prompts of tokens, can only go to a provider that speaks this format. Throws FormatError. */
export function decodeRequest(body: JsonObject): Conversation {
  const fields = unknownFields(body, absorbed) ?? {}
  for (const name of absorbed) if (body[name] === null) fields[name] = null
  const conversation: Conversation = {
    turns: [decodePrompt(body.prompt, fields)],
    stream: booleanField(body, 'stream') ?? false,
    extras: { format: formatName, fields },
  }
  const model = stringField(body, 'model')
  if (model !== undefined) conversation.model = model
  const includeUsage = asBoolean(asObject(body.stream_options)?.include_usage)
  if (includeUsage !== undefined) conversation.includeUsage = includeUsage
  const maxTokens = numberField(body, 'max_tokens')
  if (maxTokens !== undefined) conversation.maxTokens = maxTokens
  const temperature = numberField(body, 'temperature')
  if (temperature !== undefined) conversation.temperature = temperature
  const topP = numberField(body, 'top_p')
  if (topP !== undefined) conversation.topP = topP
  const topK = numberField(body, 'top_k')
  if (topK !== undefined) conversation.topK = topK
  const seed = numberField(body, 'seed')
  if (seed !== undefined) conversation.seed = seed
  const frequencyPenalty = numberField(body, 'frequency_penalty')
  if (frequencyPenalty !== undefined) conversation.frequencyPenalty = frequencyPenalty
  const presencePenalty = numberField(body, 'presence_penalty')
  if (presencePenalty !== undefined) conversation.presencePenalty = presencePenalty
  const count = numberField(body, 'n')
  if (count !== undefined) conversation.count = count
  const stop = stopStrings(body.stop ?? null)
  if (stop !== undefined) conversation.stop = stop
  const user = stringField(body, 'user')
  if (user !== undefined) conversation.user = user
  return conversation
}

function decodePrompt(prompt: Json | undefined, fields: JsonObject): Turn {
  if (typeof prompt === 'string') return { role: 'user', parts: [{ type: 'text', text: prompt }] }
  if (!Array.isArray(prompt) || prompt.length === 0) {
    throw new FormatError('prompt must be a string or an array with at least one prompt', 'prompt')
  }
  const only = prompt[0]
  if (prompt.length === 1 && typeof only === 'string') {
    fields.prompt = []
    return { role: 'user', parts: [{ type: 'text', text: only }] }
  }
  return { role: 'user', parts: [{ type: 'opaque', format: formatName, value: prompt }] }
}

/** Several turns become one text with the name of the speaker before each. Throws FormatError for anything but text. */
export function encodeRequest(conversation: Conversation, target: RequestTarget): JsonObject {
  if ((conversation.tools?.length ?? 0) > 0) {
    throw new FormatError(`tools cannot be sent to a model that speaks ${formatName}`, 'tools')
  }
  const { prompt, stop, ...fields } = ownFields(conversation, formatName)
  const text = encodePrompt(conversation.turns)
  const body: JsonObject = {
    ...fields,
    model: target.model,
    prompt: Array.isArray(prompt) && typeof text === 'string' ? [text] : text,
  }
  if (conversation.stream) {
    body.stream = true
    body.stream_options = { ...asObject(fields.stream_options), include_usage: true }
  }
  const values: Readonly<Record<string, Json | undefined>> = {
    max_tokens: conversation.maxTokens ?? target.maxTokens,
    temperature: conversation.temperature,
    top_p: conversation.topP,
    top_k: conversation.topK,
    seed: conversation.seed,
    frequency_penalty: conversation.frequencyPenalty,
    presence_penalty: conversation.presencePenalty,
    n: conversation.count,
    stop: spelled(stop, stopStrings, conversation.stop, (strings) => [...strings]),
    user: conversation.user,
  }
  for (const [name, value] of Object.entries(values)) if (value !== undefined) body[name] = value
  return body
}

function encodePrompt(turns: readonly Turn[]): Json {
  const only = turns.length === 1 ? turns[0] : undefined
  const first = only?.parts[0]
  if (first?.type === 'opaque' && first.format === formatName) return first.value
  if (only !== undefined) return textOf(only)
  return `${turns.map((turn) => `${turn.role}: ${textOf(turn)}`).join('\n\n')}\n\nassistant:`
}

function textOf(turn: Turn): string {
  return turn.parts
    .map((part) => {
      if (part.type === 'text' || part.type === 'refusal') return part.text
      if (part.type === 'reasoning') return ''
      throw new FormatError(`content of type ${part.type} cannot be sent to a model that speaks ${formatName}`)
    })
    .join('\n')
}
