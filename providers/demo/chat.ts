/** The demo's answers, as events. */

import { createHash } from 'node:crypto'
import type { Conversation, Part, Tool, ToolResultPart, Turn } from '../canonical/conversation.ts'
import type { ChatEvent, FinishReason } from '../canonical/events.ts'
import { sample } from './sample.ts'
import { wordsIn } from './words.ts'

const mostAnswers = 8
const mostEchoed = 300

/** The same conversation has the same answer. Calls every tool that is offered, once, and then tells what the tools said. */
export function* chat(conversation: Conversation): Generator<ChatEvent> {
  const seed = createHash('sha256').update(JSON.stringify(conversation.turns)).digest('hex').slice(0, 24)
  yield { type: 'start', id: `demo-${seed}`, ...(conversation.model !== undefined && { model: conversation.model }) }
  const input = conversation.turns.reduce((sum, turn) => sum + wordsOf(turn.parts), 0)
  const calls = callsOf(conversation, seed)
  let output = 0
  for (let choice = 0; choice < Math.min(mostAnswers, Math.max(1, conversation.count ?? 1)); choice += 1) {
    const which = choice === 0 ? {} : { choice }
    if (calls.length > 0) {
      for (const [slot, call] of calls.entries()) {
        yield { type: 'open', ...which, slot, part: 'toolCall', id: call.id, name: call.name }
      }
      // Side by side, as models write them.
      for (const [slot, call] of calls.entries()) {
        const half = Math.ceil(call.arguments.length / 2)
        yield { type: 'delta', ...which, slot, text: call.arguments.slice(0, half) }
        if (half < call.arguments.length) yield { type: 'delta', ...which, slot, text: call.arguments.slice(half) }
        output += wordsIn(call.arguments)
      }
      for (const slot of calls.keys()) yield { type: 'close', ...which, slot }
      yield { type: 'finish', ...which, reason: 'toolCalls' }
      continue
    }
    const { text, reason, stopSequence } = cut(textOf(conversation), conversation)
    yield { type: 'open', ...which, slot: 0, part: 'text' }
    for (const piece of pieces(text)) yield { type: 'delta', ...which, slot: 0, text: piece }
    yield { type: 'close', ...which, slot: 0 }
    yield { type: 'finish', ...which, reason, ...(stopSequence !== undefined && { stopSequence }) }
    output += wordsIn(text)
  }
  yield { type: 'usage', usage: { input, output } }
  yield { type: 'end' }
}

function callsOf(conversation: Conversation, seed: string): { id: string; name: string; arguments: string }[] {
  const last = conversation.turns.at(-1)
  if (last?.role !== 'user' || resultsOf(last).length > 0) return []
  const words = echoOf(last)
  return toolsOf(conversation).map((tool, index) => ({
    id: `call_${seed.slice(0, 16)}${index}`,
    name: tool.name,
    arguments: JSON.stringify(sample({ type: 'object', ...tool.parameters }, { words })),
  }))
}

function toolsOf(conversation: Conversation): readonly Tool[] {
  const { toolChoice } = conversation
  const tools = (conversation.tools ?? []).filter((tool) => tool.opaque === undefined)
  if (toolChoice?.type === 'none') return []
  if (toolChoice?.type === 'tool') return tools.filter((tool) => tool.name === toolChoice.name)
  return conversation.parallelToolCalls === false ? tools.slice(0, 1) : tools
}

function textOf(conversation: Conversation): string {
  const last = conversation.turns.findLast((turn) => turn.role === 'user')
  const words = last === undefined ? '' : echoOf(last)
  const { output } = conversation
  if (output?.type === 'jsonSchema') return JSON.stringify(sample(output.schema, { words }))
  const said = last === undefined ? [] : resultsOf(last).map((result) => quote(result, conversation.turns))
  if (output?.type === 'json')
    return JSON.stringify(said.length > 0 ? { results: said } : { model: 'demo', echo: words })
  if (said.length > 0) return `This is the demo model of Tollgate. The tools answered. ${said.join(' ')}`
  const instructed = conversation.turns.some((turn) => turn.role === 'system' || turn.role === 'developer')
  const instructions = instructed ? ' I have read your instructions.' : ''
  const echoed = words === '' ? 'You sent no text.' : `You said: ${words}`
  return `This is the demo model of Tollgate: it runs inside the gateway and asks no provider.${instructions} ${echoed}`
}

function quote(result: ToolResultPart, turns: readonly Turn[]): string {
  const call = turns.flatMap((turn) => turn.parts).find((part) => part.type === 'toolCall' && part.id === result.id)
  const name = call?.type === 'toolCall' ? call.name : result.id
  return `${name} said: ${shorten(plainText(result.content))}`
}

function resultsOf(turn: Turn): readonly ToolResultPart[] {
  return turn.parts.filter((part) => part.type === 'toolResult')
}

function echoOf(turn: Turn): string {
  const media = turn.parts.flatMap((part) =>
    part.type === 'image' || part.type === 'audio' || part.type === 'file' ? [`[${part.type}]`] : [],
  )
  return shorten([plainText(turn.parts), ...media].filter((text) => text !== '').join(' '))
}

function plainText(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : [])).join(' ')
}

function shorten(text: string): string {
  return text.length <= mostEchoed ? text : `${text.slice(0, mostEchoed).toWellFormed()}…`
}

/** Words of a conversation's parts, tool results and calls included. */
function wordsOf(parts: readonly Part[]): number {
  let count = 0
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'refusal') count += wordsIn(part.text)
    else if (part.type === 'reasoning') count += wordsIn(part.text ?? '')
    else if (part.type === 'toolCall') count += wordsIn(part.arguments)
    else if (part.type === 'toolResult') count += wordsOf(part.content)
    else count += 1
  }
  return count
}

/** A token is a word here. */
function cut(text: string, conversation: Conversation): { text: string; reason: FinishReason; stopSequence?: string } {
  const found = (conversation.stop ?? [])
    .filter((stop) => stop !== '' && text.includes(stop))
    .toSorted((a, b) => text.indexOf(a) - text.indexOf(b))[0]
  const shown = found === undefined ? text : text.slice(0, text.indexOf(found))
  const all = shown.split(/(?<=\s)(?=\S)/)
  const { maxTokens } = conversation
  if (maxTokens !== undefined && all.length > maxTokens) {
    return { text: all.slice(0, Math.max(1, maxTokens)).join('').trimEnd(), reason: 'length' }
  }
  return { text: shown, reason: 'stop', ...(found !== undefined && { stopSequence: found }) }
}

/** Three words at a time. */
function* pieces(text: string): Generator<string> {
  const words = text.split(/(?<=\s)(?=\S)/)
  for (let index = 0; index < words.length; index += 3) {
    const piece = words.slice(index, index + 3).join('')
    if (piece !== '') yield piece
  }
}
