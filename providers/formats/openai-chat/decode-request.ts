/** A chat completion request as a conversation. */

import type { Conversation, OutputShape, Reasoning, Tool, ToolChoice } from '../../canonical/conversation.ts'
import { FormatError } from '../../canonical/format.ts'
import { asBoolean, asNumber, asObject, asString, isObject, type Json, type JsonObject } from '../../canonical/json.ts'
import { unknownFields, withExtras } from '../shared/extras.ts'
import { arrayField, booleanField, numberField, objectAt, stopStrings, stringAt, stringField } from '../shared/read.ts'
import { decodeMessages } from './decode-messages.ts'
import { formatName } from './name.ts'

/** Fields whose meaning is all in the conversation; others are kept, if only for how they were spelled. */
const absorbed = new Set([
  'model',
  'messages',
  'tools',
  'functions',
  'parallel_tool_calls',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'n',
  'reasoning_effort',
  'user',
])
const toolFields = new Set(['type', 'function'])
const functionFields = new Set(['name', 'description', 'parameters', 'strict'])

export function decodeRequest(body: JsonObject): Conversation {
  const messages = arrayField(body, 'messages')
  if (messages === undefined || messages.length === 0) {
    throw new FormatError('messages must be an array with at least one message', 'messages')
  }
  const fields = unknownFields(body, absorbed) ?? {}
  for (const name of absorbed) if (body[name] === null) fields[name] = null
  if (body.max_tokens !== undefined && body.max_completion_tokens !== undefined) {
    fields.max_completion_tokens = body.max_completion_tokens ?? null
  }
  const conversation: Conversation = {
    turns: decodeMessages(messages),
    stream: booleanField(body, 'stream') ?? false,
    // Marks where it came from, even if nothing is left over.
    extras: { format: formatName, fields },
  }
  const model = stringField(body, 'model')
  if (model !== undefined) conversation.model = model
  const tools = decodeTools(body)
  if (tools.length > 0) conversation.tools = tools
  else if (Array.isArray(body.tools)) fields.tools = []

  const toolChoice = meaningOfChoice(body.tool_choice ?? body.function_call ?? null)
  if (toolChoice !== undefined) conversation.toolChoice = toolChoice
  const parallel = booleanField(body, 'parallel_tool_calls')
  if (parallel !== undefined) conversation.parallelToolCalls = parallel
  const includeUsage = asBoolean(asObject(body.stream_options)?.include_usage)
  if (includeUsage !== undefined) conversation.includeUsage = includeUsage

  const maxTokens = numberField(body, 'max_completion_tokens') ?? numberField(body, 'max_tokens')
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
  const output = meaningOfOutput(body.response_format ?? null)
  if (output !== undefined) conversation.output = output
  const reasoning = decodeReasoningControls(body)
  if (reasoning !== undefined) conversation.reasoning = reasoning
  const user = stringField(body, 'user')
  if (user !== undefined) conversation.user = user
  return conversation
}

function decodeTools(body: JsonObject): Tool[] {
  const tools: Tool[] = []
  for (const [index, item] of (arrayField(body, 'tools') ?? []).entries()) {
    const at = `tools[${index}]`
    const tool = objectAt(item, at)
    if (tool.type !== 'function') {
      const name = asString(asObject(tool.custom)?.name) ?? asString(tool.name) ?? asString(tool.type) ?? ''
      tools.push({ name, opaque: { format: formatName, value: tool } })
      continue
    }
    const definition = objectAt(tool.function, `${at}.function`)
    const inner = unknownFields(definition, functionFields)
    const decoded = decodeFunction(definition, `${at}.function`)
    const cache = asObject(tool.cache_control)
    if (cache !== undefined) decoded.cache = cache
    tools.push(
      withExtras(decoded, formatName, {
        ...unknownFields(tool, toolFields),
        ...nulls(definition),
        ...(inner !== undefined && { function: inner }),
      }),
    )
  }
  for (const [index, item] of (arrayField(body, 'functions') ?? []).entries()) {
    const at = `functions[${index}]`
    const definition = objectAt(item, at)
    const inner = unknownFields(definition, functionFields)
    tools.push(
      withExtras(decodeFunction(definition, at), formatName, {
        legacy: true,
        ...(inner !== undefined && { function: inner }),
      }),
    )
  }
  return tools
}

/** `null` where a client's serializer writes all fields; kept apart, for they mean nothing. */
function nulls(definition: JsonObject): JsonObject | undefined {
  const names = [...functionFields].filter((name) => definition[name] === null)
  return names.length === 0 ? undefined : { nulls: names }
}

function decodeFunction(definition: JsonObject, at: string): Tool {
  const description = asString(definition.description)
  const parameters = asObject(definition.parameters)
  const strict = asBoolean(definition.strict)
  return {
    name: stringAt(definition.name, `${at}.name`),
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && { parameters }),
    ...(strict !== undefined && { strict }),
  }
}

/** The meaning of `tool_choice`, or of the older `function_call`. */
export function meaningOfChoice(raw: Json): ToolChoice | undefined {
  if (raw === 'auto' || raw === 'none' || raw === 'required') return { type: raw }
  if (raw === 'any') return { type: 'required' }
  if (!isObject(raw)) return undefined
  const name = asString(asObject(raw.function)?.name) ?? asString(asObject(raw.custom)?.name) ?? asString(raw.name)
  if (name !== undefined) return { type: 'tool', name }
  const allowed = asObject(raw.allowed_tools) ?? raw
  return allowed.mode === 'required' ? { type: 'required' } : allowed.mode === 'auto' ? { type: 'auto' } : undefined
}

export function meaningOfOutput(raw: Json): OutputShape | undefined {
  if (!isObject(raw)) return undefined
  if (raw.type === 'json_object') return { type: 'json' }
  const shape = asObject(raw.json_schema)
  const schema = asObject(shape?.schema)
  if (raw.type !== 'json_schema' || shape === undefined || schema === undefined) return undefined
  const strict = asBoolean(shape.strict)
  const description = asString(shape.description)
  return {
    type: 'jsonSchema',
    name: asString(shape.name) ?? 'response',
    schema,
    ...(strict !== undefined && { strict }),
    ...(description !== undefined && { description }),
  }
}

/** From `reasoning_effort`, or the `reasoning` object of OpenRouter and Together. */
function decodeReasoningControls(body: JsonObject): Reasoning | undefined {
  const effort = stringField(body, 'reasoning_effort')
  if (effort !== undefined) return { effort }
  return meaningOfReasoning(body.reasoning ?? null)
}

export function meaningOfReasoning(raw: Json): Reasoning | undefined {
  if (!isObject(raw)) return undefined
  const effort = asString(raw.effort)
  const budget = asNumber(raw.max_tokens)
  const enabled = asBoolean(raw.enabled)
  if (effort === undefined && budget === undefined && enabled === undefined) return undefined
  return {
    ...(effort !== undefined && { effort }),
    ...(budget !== undefined && { budget }),
    ...(enabled !== undefined && { enabled }),
  }
}
