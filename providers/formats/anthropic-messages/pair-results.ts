/** Every tool call must be answered in the next message, and nothing else may be: the API refuses the rest. */

import { asArray, asObject, asString, isObject, type Json, type JsonObject } from '../../canonical/json.ts'

/**
 * Calls that nobody answered, as after an interrupt, get an error for a result; results of no call become text.
 * Ids that come again, as of providers that count their calls from 0 in each answer, are made unique.
 */
export function pairResults(history: readonly JsonObject[]): JsonObject[] {
  const messages = withUniqueIds(history)
  const paired: JsonObject[] = []
  let open: string[] = []
  for (const message of messages) {
    const blocks = asArray(message.content)
    if (message.role === 'user') {
      const answered = new Set<string>()
      const kept = blocks.map((block) => keptResult(block, open, answered))
      const missing = open.filter((id) => !answered.has(id)).map(noResult)
      open = []
      if (Array.isArray(message.content)) paired.push({ ...message, content: [...missing, ...kept] })
      else if (missing.length > 0) {
        paired.push({ ...message, content: [...missing, { type: 'text', text: asString(message.content) ?? '' }] })
      } else paired.push(message)
      continue
    }
    if (open.length > 0) {
      paired.push({ role: 'user', content: open.map(noResult) })
      open = []
    }
    paired.push(message)
    if (message.role === 'assistant') open = blocks.flatMap(callId)
  }
  return paired
}

function withUniqueIds(messages: readonly JsonObject[]): readonly JsonObject[] {
  const seen = new Set<string>()
  /** New ids of the calls that wait for results. */
  let renamed = new Map<string, string>()
  return messages.map((message) => {
    if (!Array.isArray(message.content)) return message
    if (message.role === 'assistant') renamed = new Map()
    const content = message.content.map((block) => {
      if (!isObject(block)) return block
      if (block.type === 'tool_result') {
        const id = renamed.get(asString(block.tool_use_id) ?? '')
        return id === undefined ? block : { ...block, tool_use_id: id }
      }
      const id = block.type === 'tool_use' ? asString(block.id) : undefined
      if (id === undefined) return block
      const unique = seen.has(id) ? `${id.slice(0, 56)}_${seen.size}` : id
      seen.add(unique)
      if (unique === id) return block
      renamed.set(id, unique)
      return { ...block, id: unique }
    })
    return { ...message, content }
  })
}

function callId(block: Json): string[] {
  const id = isObject(block) && block.type === 'tool_use' ? asString(block.id) : undefined
  return id === undefined ? [] : [id]
}

function keptResult(block: Json, open: readonly string[], answered: Set<string>): Json {
  const result = asObject(block)
  if (result?.type !== 'tool_result') return block
  const id = asString(result.tool_use_id) ?? ''
  if (open.includes(id) && !answered.has(id)) {
    answered.add(id)
    return block
  }
  const content = typeof result.content === 'string' ? result.content : JSON.stringify(result.content ?? '')
  return { type: 'text', text: `Result of the tool call ${id}: ${content}` }
}

function noResult(id: string): JsonObject {
  return { type: 'tool_result', tool_use_id: id, content: 'No result provided', is_error: true }
}
