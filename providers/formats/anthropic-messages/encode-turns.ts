/** Turns as Anthropic's `system` and `messages`. */

import type { Part, Turn } from '../../canonical/conversation.ts'
import { asObject, asString, isObject, type Json, type JsonObject } from '../../canonical/json.ts'
import { ownFields } from '../shared/extras.ts'
import { resultsAfterCalls } from '../shared/turn-order.ts'
import { encodeBlock, encodeContent } from './encode-block.ts'
import type { ClaudeTraits } from './models.ts'
import { formatName } from './name.ts'
import { pairResults } from './pair-results.ts'

export interface EncodedTurns {
  readonly system: Json | undefined
  readonly messages: JsonObject[]
}

/** `same`: the client spoke this format too, and its messages are as it wants them. Throws FormatError. */
export function encodeTurns(turns: readonly Turn[], traits: ClaudeTraits, same: boolean): EncodedTurns {
  const first = turns.findIndex((turn) => !isLeading(turn, same))
  const leading = turns.slice(0, first === -1 ? turns.length : first)
  const system = encodeSystem(leading, same)
  const rest = turns.slice(leading.length)
  const messages = same ? rest.map((turn) => encodeAsIs(turn)) : pairResults(encodeForeign(rest, traits))
  if (messages.length === 0 && system !== undefined && !same) {
    return { system: undefined, messages: [{ role: 'user', content: system }] }
  }
  return { system, messages }
}

/** A system turn in front that is not one of the client's own messages. */
function isLeading(turn: Turn, same: boolean): boolean {
  if (turn.role !== 'system' && turn.role !== 'developer') return false
  return !same || turn.extras?.format !== formatName || turn.extras.fields.leading === true
}

function encodeSystem(turns: readonly Turn[], same: boolean): Json | undefined {
  const parts = turns.flatMap((turn) => turn.parts)
  if (parts.length === 0) return turns.length > 0 && same ? [] : undefined
  const own = turns[0]
  const spelling = turns.length === 1 && own !== undefined ? ownFields(own, formatName).content : undefined
  const plain = parts.every((part) => part.type === 'text' && part.cache === undefined && part.extras === undefined)
  if (plain && !Array.isArray(spelling)) {
    const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n')
    return text.trim() === '' && !same ? undefined : text
  }
  return encodeContent(parts, [], { ofModel: false, same })
}

function encodeAsIs(turn: Turn): JsonObject {
  const { content, leading: _leading, ...fields } = ownFields(turn, formatName)
  const context = { ofModel: turn.role === 'assistant', same: true }
  const role = turn.role === 'developer' ? 'system' : turn.role
  return { ...fields, role, content: encodeContent(turn.parts, content, context) }
}

function encodeForeign(turns: readonly Turn[], traits: ClaudeTraits): JsonObject[] {
  const messages: JsonObject[] = []
  /** System words for the next user message. */
  let reminders: JsonObject[] = []
  for (const turn of resultsAfterCalls(turns)) {
    if (turn.role === 'assistant') {
      const blocks = assistantBlocks(turn)
      if (blocks.length > 0) messages.push({ role: 'assistant', content: blocks })
      continue
    }
    if (turn.role !== 'user') {
      const text = textOf(turn)
      if (text.trim() === '') continue
      if (traits.midSystem) messages.push({ role: 'system', content: text })
      else reminders.push({ type: 'text', text: `<system-reminder>\n${text}\n</system-reminder>` })
      continue
    }
    const blocks = userBlocks(turn, reminders)
    reminders = []
    const before = messages.at(-1)
    if (before?.role === 'user' && Array.isArray(before.content))
      before.content = resultsFirst([...before.content, ...blocks])
    else if (blocks.length > 0) messages.push({ role: 'user', content: blocks })
  }
  if (reminders.length > 0) appendToUser(messages, reminders)
  return messages.map(shortened)
}

/** Reasoning first, as it comes; calls last. */
function assistantBlocks(turn: Turn): JsonObject[] {
  const blocks: JsonObject[] = []
  const calls: JsonObject[] = []
  for (const part of turn.parts) {
    const block = encodeBlock(part, { ofModel: true, same: false })
    if (block === undefined) continue
    if (part.type === 'toolCall') calls.push(block)
    else blocks.push(block)
  }
  return [...blocks, ...calls]
}

function userBlocks(turn: Turn, reminders: readonly JsonObject[]): JsonObject[] {
  const encode = (part: Part): JsonObject[] => {
    const block = encodeBlock(part, { ofModel: false, same: false })
    return block === undefined ? [] : [block]
  }
  const results = turn.parts.filter((part) => part.type === 'toolResult').flatMap(encode)
  const others = turn.parts.filter((part) => part.type !== 'toolResult').flatMap(encode)
  return [...results, ...reminders, ...others]
}

/** The API wants all results of a turn in front of everything else. */
function resultsFirst(blocks: readonly Json[]): Json[] {
  const isResult = (block: Json) => asObject(block)?.type === 'tool_result'
  return [...blocks.filter(isResult), ...blocks.filter((block) => !isResult(block))]
}

function appendToUser(messages: JsonObject[], blocks: readonly JsonObject[]): void {
  const last = messages.at(-1)
  if (last?.role === 'user' && Array.isArray(last.content)) last.content = [...last.content, ...blocks]
  else messages.push({ role: 'user', content: [...blocks] })
}

/** A single plain text is sent as the string that it is. */
function shortened(message: JsonObject): JsonObject {
  const { content } = message
  const only = Array.isArray(content) && content.length === 1 ? content[0] : undefined
  if (!isObject(only) || only.type !== 'text' || Object.keys(only).length !== 2) return message
  return { role: message.role ?? 'user', content: asString(only.text) ?? '' }
}

function textOf(turn: Turn): string {
  return turn.parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n')
}
