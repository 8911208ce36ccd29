/** A conversation as a chat completion request. */

import type { Conversation, OutputShape, Reasoning, Tool, ToolChoice } from '../../canonical/conversation.ts'
import type { RequestTarget } from '../../canonical/format.ts'
import { asArray, asObject, type Json, type JsonObject } from '../../canonical/json.ts'
import { ownFields, spelled } from '../shared/extras.ts'
import { stopStrings } from '../shared/read.ts'
import { meaningOfChoice, meaningOfOutput, meaningOfReasoning } from './decode-request.ts'
import { encodeMessages } from './encode-messages.ts'
import { formatName } from './name.ts'

/**
 * A stream always asks for its usage, for the gateway must know it; the answer's encoder keeps it from a client that did not ask.
 * Throws FormatError for parts that the format cannot say.
 */
export function encodeRequest(conversation: Conversation, target: RequestTarget): JsonObject {
  const same = conversation.extras?.format === formatName
  const { stop, tool_choice, function_call, response_format, reasoning, max_tokens, max_completion_tokens, ...fields } =
    ownFields(conversation, formatName)
  const body: JsonObject = { ...fields }
  body.model = target.model
  body.messages = encodeMessages(conversation.turns, target, same)

  const tools = (conversation.tools ?? []).filter(
    (tool) => tool.opaque === undefined || tool.opaque.format === formatName,
  )
  const legacy = tools.filter((tool) => ownFields(tool, formatName).legacy === true)
  const modern = tools.filter((tool) => ownFields(tool, formatName).legacy !== true)
  if (modern.length > 0) body.tools = modern.map(encodeTool)
  if (legacy.length > 0) body.functions = legacy.map(encodeFunction)
  // A choice without tools is refused by the API.
  if (tools.length > 0 || same) {
    if (function_call !== undefined) {
      set(body, 'function_call', spelled(function_call, meaningOfChoice, conversation.toolChoice, encodeChoice))
    } else set(body, 'tool_choice', spelled(tool_choice, meaningOfChoice, conversation.toolChoice, encodeChoice))
    set(body, 'parallel_tool_calls', conversation.parallelToolCalls)
  }

  if (conversation.stream) {
    body.stream = true
    body.stream_options = { ...asObject(fields.stream_options), include_usage: true }
  }
  if (max_tokens === undefined) set(body, 'max_completion_tokens', conversation.maxTokens ?? target.maxTokens)
  else if (max_completion_tokens === undefined) body.max_tokens = conversation.maxTokens ?? max_tokens
  else {
    body.max_completion_tokens = conversation.maxTokens ?? max_completion_tokens
    body.max_tokens = max_completion_tokens === null ? (conversation.maxTokens ?? null) : max_tokens
  }
  set(body, 'temperature', conversation.temperature)
  set(body, 'top_p', conversation.topP)
  set(body, 'top_k', conversation.topK)
  set(body, 'seed', conversation.seed)
  set(body, 'frequency_penalty', conversation.frequencyPenalty)
  set(body, 'presence_penalty', conversation.presencePenalty)
  set(body, 'n', conversation.count)
  set(body, 'stop', spelled(stop, stopStrings, conversation.stop, encodeStop))
  set(body, 'response_format', spelled(response_format, meaningOfOutput, conversation.output, encodeOutput))
  if (reasoning !== undefined) {
    set(body, 'reasoning', spelled(reasoning, meaningOfReasoning, conversation.reasoning, encodeReasoningObject))
  } else if (conversation.reasoning !== undefined) set(body, 'reasoning_effort', effortOf(conversation.reasoning))
  set(body, 'user', userOf(conversation.user, same))
  return body
}

function set(body: JsonObject, name: string, value: Json | undefined): void {
  if (value !== undefined) body[name] = value
}

function encodeTool(tool: Tool): JsonObject {
  if (tool.opaque !== undefined) return tool.opaque.value
  const { function: _function, nulls: _nulls, ...fields } = ownFields(tool, formatName)
  return { ...fields, type: 'function', function: encodeFunction(tool) }
}

function encodeFunction(tool: Tool): JsonObject {
  const { function: inner, nulls } = ownFields(tool, formatName)
  const definition: JsonObject = { ...asObject(inner) }
  for (const name of asArray(nulls)) if (typeof name === 'string') definition[name] = null
  definition.name = tool.name
  set(definition, 'description', tool.description)
  set(definition, 'parameters', tool.parameters)
  set(definition, 'strict', tool.strict)
  return definition
}

function encodeChoice(choice: ToolChoice): Json {
  return choice.type === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.type
}

function encodeStop(stop: readonly string[]): Json | undefined {
  // The API takes four.
  const strings = stop.filter((text) => text !== '').slice(0, 4)
  return strings.length === 0 ? undefined : strings
}

function encodeOutput(output: OutputShape): Json {
  if (output.type === 'json') return { type: 'json_object' }
  return {
    type: 'json_schema',
    json_schema: {
      name: output.name,
      schema: output.schema,
      ...(output.strict !== undefined && { strict: output.strict }),
      ...(output.description !== undefined && { description: output.description }),
    },
  }
}

/** Levels by budget are a rule of thumb: the shares of a 64k answer that the effort levels stand for. */
export function effortOf(reasoning: Reasoning): string | undefined {
  if (reasoning.effort !== undefined) return reasoning.effort
  if (reasoning.enabled === false) return 'none'
  const { budget } = reasoning
  if (budget === undefined) return reasoning.enabled === true ? 'medium' : undefined
  if (budget < 2048) return 'minimal'
  if (budget < 8192) return 'low'
  if (budget < 24_576) return 'medium'
  return budget < 49_152 ? 'high' : 'xhigh'
}

function encodeReasoningObject(reasoning: Reasoning): Json {
  return {
    ...(reasoning.effort !== undefined && { effort: reasoning.effort }),
    ...(reasoning.budget !== undefined && { max_tokens: reasoning.budget }),
    ...(reasoning.enabled !== undefined && { enabled: reasoning.enabled }),
  }
}

/** Other formats put JSON there, which is longer than the 64 characters that fit. */
function userOf(user: string | undefined, same: boolean): string | undefined {
  return user === undefined || same || user.length <= 64 ? user : undefined
}
