/** A conversation as a Messages request. */

import { isDeepStrictEqual } from 'node:util'
import type { Conversation, OutputShape, Tool, ToolChoice } from '../../canonical/conversation.ts'
import { FormatError, type RequestTarget } from '../../canonical/format.ts'
import { asObject, asString, type Json, type JsonObject } from '../../canonical/json.ts'
import { ownFields, spelled } from '../shared/extras.ts'
import { stopStrings } from '../shared/read.ts'
import { meaningOfChoice, meaningOfMetadata, meaningOfOutput, meaningOfThinking } from './decode-request.ts'
import { encodeTurns } from './encode-turns.ts'
import { type ClaudeTraits, claudeTraits } from './models.ts'
import { formatName } from './name.ts'
import { closedSchema } from './schema.ts'
import { encodeThinking } from './thinking.ts'

/** Throws FormatError for what the format cannot say and the client depends on, as several answers. */
export function encodeRequest(conversation: Conversation, target: RequestTarget): JsonObject {
  const same = conversation.extras?.format === formatName
  const traits = claudeTraits(target.model)
  if (!same) refuse(conversation)
  const { tool_choice, stop_sequences, metadata, thinking, output_config, ...fields } = ownFields(
    conversation,
    formatName,
  )
  const asked = withInstruction(conversation, traits, same)
  const { system, messages } = encodeTurns(asked.turns, traits, same)
  const maxTokens = conversation.maxTokens ?? target.maxTokens ?? traits.maxTokens
  const body: JsonObject = { ...fields, model: target.model, max_tokens: maxTokens, messages }
  set(body, 'system', system)
  if (conversation.stream) body.stream = true

  const tools = (conversation.tools ?? []).filter(
    (tool) => tool.opaque === undefined || tool.opaque.format === formatName,
  )
  if (tools.length > 0) body.tools = tools.map(encodeTool)
  if (tools.length > 0 || same) set(body, 'tool_choice', encodeToolChoice(conversation, tool_choice))
  set(body, 'stop_sequences', spelled(stop_sequences, stopStrings, conversation.stop, encodeStop))
  set(
    body,
    'metadata',
    spelled(metadata, meaningOfMetadata, conversation.user, (user) => ({ user_id: user })),
  )
  set(body, 'top_k', conversation.topK)
  set(body, 'top_p', conversation.topP)
  if (conversation.temperature !== undefined) {
    body.temperature = same ? conversation.temperature : Math.min(1, Math.max(0, conversation.temperature))
  }
  if (same && isDeepStrictEqual(meaningOfThinking({ thinking, output_config }), conversation.reasoning)) {
    set(body, 'thinking', thinking)
    set(body, 'output_config', outputConfig(asObject(output_config), conversation.output))
  } else think(body, asked, traits, maxTokens)
  return body
}

function set(body: JsonObject, name: string, value: Json | undefined): void {
  if (value !== undefined) body[name] = value
}

/** Semantics that must not be lost unsaid. */
function refuse(conversation: Conversation): void {
  const fields = conversation.extras?.fields ?? {}
  if ((conversation.count ?? 1) > 1) throw new FormatError('this model gives one answer only: n must be 1', 'n')
  if (fields.logprobs === true) throw new FormatError('this model has no logprobs', 'logprobs')
  if (Array.isArray(fields.modalities) && fields.modalities.includes('audio')) {
    throw new FormatError('this model does not speak: modalities must be ["text"]', 'modalities')
  }
}

function think(body: JsonObject, conversation: Conversation, traits: ClaudeTraits, maxTokens: number): void {
  const { thinking, effort, budget } = encodeThinking(conversation.reasoning, traits, maxTokens)
  const choice = asString(asObject(body.tool_choice)?.type)
  const forced = choice === 'any' || choice === 'tool'
  // Budgeted thinking goes neither with a forced tool nor with a tool loop whose own thinking got lost.
  if (budget === 0 || !(forced || loopLostThinking(body))) {
    set(body, 'thinking', thinking)
    if (budget > 0) body.max_tokens = Math.max(maxTokens, Math.min(maxTokens + budget, traits.maxTokens))
  }
  const active = asString(asObject(body.thinking)?.type)
  if (active === 'enabled' || active === 'adaptive') {
    delete body.temperature
    delete body.top_k
    if (typeof body.top_p === 'number' && body.top_p < 0.95) delete body.top_p
  } else if (body.temperature !== undefined) delete body.top_p
  const format = conversation.output
  const config = outputConfig(effort === undefined ? undefined : { effort }, traits.structured ? format : undefined)
  set(body, 'output_config', config)
}

function loopLostThinking(body: JsonObject): boolean {
  if (!Array.isArray(body.messages)) return false
  const last = asObject(body.messages.at(-1))
  const before = asObject(body.messages.at(-2))
  const results = Array.isArray(last?.content) && asObject(last.content[0])?.type === 'tool_result'
  if (!results || before?.role !== 'assistant' || !Array.isArray(before.content)) return false
  const first = asObject(before.content[0])?.type
  return first !== 'thinking' && first !== 'redacted_thinking'
}

function outputConfig(own: JsonObject | undefined, output: OutputShape | undefined): JsonObject | undefined {
  const { format, ...rest } = own ?? {}
  const encoded = spelled(format, meaningOfOutput, output, (shape) =>
    shape.type === 'jsonSchema' ? { type: 'json_schema', schema: closedSchema(shape.schema) } : undefined,
  )
  const config: JsonObject = { ...rest, ...(encoded !== undefined && { format: encoded }) }
  return own === undefined && encoded === undefined ? undefined : config
}

/** Models that cannot be held to a shape are asked for it in words. */
function withInstruction(conversation: Conversation, traits: ClaudeTraits, same: boolean): Conversation {
  const { output } = conversation
  if (same || output === undefined || (output.type === 'jsonSchema' && traits.structured)) return conversation
  const text =
    output.type === 'json'
      ? 'Answer with one JSON object and nothing else: no Markdown, no words around it.'
      : `Answer with one JSON value and nothing else, valid under this JSON Schema: ${JSON.stringify(output.schema)}`
  return { ...conversation, turns: [{ role: 'system', parts: [{ type: 'text', text }] }, ...conversation.turns] }
}

function encodeTool(tool: Tool): JsonObject {
  if (tool.opaque !== undefined) return tool.opaque.value
  return {
    ...ownFields(tool, formatName),
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    // A schema without a type is refused.
    input_schema: { type: 'object', ...(tool.parameters ?? { properties: {} }) },
    ...(tool.strict !== undefined && { strict: tool.strict }),
    ...(tool.cache !== undefined && { cache_control: tool.cache }),
  }
}

function encodeToolChoice(conversation: Conversation, raw: Json | undefined): Json | undefined {
  const parallel = asObject(raw)?.disable_parallel_tool_use !== true
  const unchanged = isDeepStrictEqual(meaningOfChoice(raw ?? null), conversation.toolChoice)
  if (raw !== undefined && unchanged && parallel === (conversation.parallelToolCalls !== false)) return raw
  const choice = encodeChoice(conversation.toolChoice)
  if (conversation.parallelToolCalls !== false) return choice
  return choice?.type === 'none' ? choice : { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: true }
}

function encodeChoice(choice: ToolChoice | undefined): JsonObject | undefined {
  if (choice === undefined) return undefined
  if (choice.type === 'required') return { type: 'any' }
  return choice.type === 'tool' ? { type: 'tool', name: choice.name } : { type: choice.type }
}

function encodeStop(stop: readonly string[]): Json | undefined {
  const strings = stop.filter((text) => text.trim() !== '')
  return strings.length === 0 ? undefined : strings
}
