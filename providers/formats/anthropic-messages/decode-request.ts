/** A Messages request as a conversation. */

import type { Conversation, OutputShape, Reasoning, Tool, ToolChoice, Turn } from '../../canonical/conversation.ts'
import { FormatError } from '../../canonical/format.ts'
import { asBoolean, asNumber, asObject, asString, isObject, type Json, type JsonObject } from '../../canonical/json.ts'
import { unknownFields, withExtras } from '../shared/extras.ts'
import { arrayField, booleanField, numberField, objectAt, stopStrings, stringAt, stringField } from '../shared/read.ts'
import { decodeBlocks, spellingOf } from './decode-block.ts'
import { formatName } from './name.ts'

const absorbed = new Set(['model', 'messages', 'system', 'tools', 'max_tokens', 'temperature', 'top_p', 'top_k'])
const turnFields = new Set(['role', 'content'])
const toolFields = new Set(['name', 'description', 'input_schema', 'strict', 'cache_control'])

/** Everything else is kept, if only for how it was spelled. Throws FormatError. */
export function decodeRequest(body: JsonObject): Conversation {
  const messages = arrayField(body, 'messages')
  if (messages === undefined || messages.length === 0) {
    throw new FormatError('messages must be an array with at least one message', 'messages')
  }
  const fields = unknownFields(body, absorbed) ?? {}
  for (const name of absorbed) if (body[name] === null) fields[name] = null
  const turns: Turn[] = []
  if (body.system !== undefined && body.system !== null) {
    turns.push(
      withExtras<Turn>({ role: 'system', parts: decodeBlocks(body.system, 'system') }, formatName, {
        ...spellingOf(body.system),
        leading: true,
      }),
    )
  }
  for (const [index, message] of messages.entries())
    turns.push(decodeTurn(objectAt(message, `messages[${index}]`), index))
  const conversation: Conversation = {
    turns,
    stream: booleanField(body, 'stream') ?? false,
    includeUsage: true,
    extras: { format: formatName, fields },
  }
  const model = stringField(body, 'model')
  if (model !== undefined) conversation.model = model
  const tools = arrayField(body, 'tools')?.map((tool, index) => decodeTool(objectAt(tool, `tools[${index}]`), index))
  if (tools !== undefined && tools.length > 0) conversation.tools = tools
  else if (tools !== undefined) fields.tools = []
  const choice = meaningOfChoice(body.tool_choice ?? null)
  if (choice !== undefined) conversation.toolChoice = choice
  if (asBoolean(asObject(body.tool_choice)?.disable_parallel_tool_use) === true) conversation.parallelToolCalls = false
  const maxTokens = numberField(body, 'max_tokens')
  if (maxTokens !== undefined) conversation.maxTokens = maxTokens
  const temperature = numberField(body, 'temperature')
  if (temperature !== undefined) conversation.temperature = temperature
  const topP = numberField(body, 'top_p')
  if (topP !== undefined) conversation.topP = topP
  const topK = numberField(body, 'top_k')
  if (topK !== undefined) conversation.topK = topK
  const stop = stopStrings(body.stop_sequences ?? null)
  if (stop !== undefined) conversation.stop = stop
  const output = meaningOfOutput(asObject(body.output_config)?.format ?? null)
  if (output !== undefined) conversation.output = output
  const reasoning = meaningOfThinking(body)
  if (reasoning !== undefined) conversation.reasoning = reasoning
  const user = meaningOfMetadata(body.metadata ?? null)
  if (user !== undefined) conversation.user = user
  const cache = asObject(body.cache_control)
  if (cache !== undefined) conversation.cache = cache
  return conversation
}

function decodeTurn(message: JsonObject, index: number): Turn {
  const at = `messages[${index}]`
  const role = stringAt(message.role, `${at}.role`)
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw new FormatError(`${at}.role must be user, assistant or system, not ${role}`, `${at}.role`)
  }
  return withExtras<Turn>({ role, parts: decodeBlocks(message.content, `${at}.content`) }, formatName, {
    ...unknownFields(message, turnFields),
    ...spellingOf(message.content),
    // Its place among the messages is meant.
    ...(role === 'system' && { leading: false }),
  })
}

/** Tools that the provider runs itself have a type and no schema. */
function decodeTool(tool: JsonObject, index: number): Tool {
  const name = asString(tool.name)
  if (tool.type !== undefined && tool.type !== null && tool.type !== 'custom') {
    return { name: name ?? asString(tool.type) ?? '', opaque: { format: formatName, value: tool } }
  }
  const description = asString(tool.description)
  const parameters = asObject(tool.input_schema)
  const strict = asBoolean(tool.strict)
  const cache = asObject(tool.cache_control)
  return withExtras<Tool>(
    {
      name: name ?? stringAt(tool.name, `tools[${index}].name`),
      ...(description !== undefined && { description }),
      ...(parameters !== undefined && { parameters }),
      ...(strict !== undefined && { strict }),
      ...(cache !== undefined && { cache }),
    },
    formatName,
    unknownFields(tool, toolFields),
  )
}

export function meaningOfChoice(raw: Json): ToolChoice | undefined {
  if (!isObject(raw)) return undefined
  const name = asString(raw.name)
  if (raw.type === 'any') return { type: 'required' }
  if (raw.type === 'auto' || raw.type === 'none') return { type: raw.type }
  return raw.type === 'tool' && name !== undefined ? { type: 'tool', name } : undefined
}

export function meaningOfOutput(raw: Json): OutputShape | undefined {
  if (!isObject(raw)) return undefined
  const schema = asObject(raw.schema)
  // It has no name for the shape, which others must have.
  return raw.type === 'json_schema' && schema !== undefined
    ? { type: 'jsonSchema', name: 'response', schema, strict: true }
    : undefined
}

export function meaningOfThinking(body: JsonObject): Reasoning | undefined {
  const thinking = asObject(body.thinking)
  const effort = asString(asObject(body.output_config)?.effort)
  const budget = asNumber(thinking?.budget_tokens)
  const type = asString(thinking?.type)
  if (type === undefined && effort === undefined) return undefined
  return {
    ...(type !== undefined && { enabled: type !== 'disabled' }),
    ...(budget !== undefined && { budget }),
    ...(effort !== undefined && { effort }),
  }
}

export function meaningOfMetadata(raw: Json): string | undefined {
  return isObject(raw) ? asString(raw.user_id) : undefined
}
