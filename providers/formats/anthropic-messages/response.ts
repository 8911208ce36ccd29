/** Whole messages. */

import type { Part } from '../../canonical/conversation.ts'
import { chatError } from '../../canonical/error.ts'
import type { ChatEvent, Completion } from '../../canonical/events.ts'
import { type AnswerContext, FormatError } from '../../canonical/format.ts'
import { asObject, asString, type Json, type JsonObject } from '../../canonical/json.ts'
import { decodeProviderError } from '../shared/decode-error.ts'
import { unknownFields } from '../shared/extras.ts'
import { withPrefix } from '../shared/identifiers.ts'
import { partEvents } from '../shared/part-events.ts'
import { decodeBlocks } from './decode-block.ts'
import { encodeBlock } from './encode-block.ts'
import { decodeStop, encodeStop } from './finish.ts'
import { formatName } from './name.ts'
import { decodeUsage, encodeUsage } from './usage.ts'

const bodyFields = new Set(['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence', 'usage'])

export function decodeResponse(body: JsonObject): ChatEvent[] {
  if (body.type === 'error' || body.error !== undefined) {
    return [{ type: 'error', error: decodeProviderError(200, {}, body) }]
  }
  let parts: Part[]
  try {
    parts = decodeBlocks(body.content, 'content')
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    const message = `The answer of the provider cannot be read: ${error.message}`
    return [{ type: 'error', error: chatError('upstream', message) }]
  }
  const id = asString(body.id)
  const model = asString(body.model)
  const events: ChatEvent[] = [
    { type: 'start', ...(id !== undefined && { id }), ...(model !== undefined && { model }) },
  ]
  for (const [slot, part] of parts.entries()) partEvents(part, slot, 0, events)
  const usage = asObject(body.usage)
  if (usage !== undefined) events.push({ type: 'usage', usage: decodeUsage(usage) })
  const raw = asString(body.stop_reason)
  const stopSequence = asString(body.stop_sequence)
  // What the end of a stream says too, as why it was refused.
  const fields = unknownFields(body, bodyFields)
  events.push({
    type: 'finish',
    reason: decodeStop(
      raw,
      parts.some((part) => part.type === 'toolCall'),
    ),
    ...(raw !== undefined && { raw }),
    ...(stopSequence !== undefined && { stopSequence }),
    ...(fields !== undefined && { extras: { format: formatName, fields } }),
  })
  events.push({ type: 'end' })
  return events
}

/** The first answer: the format has one. */
export function encodeResponse(completion: Completion, context: AnswerContext): JsonObject {
  const answer = completion.answers[0]
  const parts = answer?.parts ?? []
  const content: Json[] = []
  for (const part of parts) {
    const block = answerBlock(part)
    if (block !== undefined) content.push(block)
  }
  const finish = answer?.finish
  const calledTools = parts.some((part) => part.type === 'toolCall')
  const refused = parts.some((part) => part.type === 'refusal')
  return {
    id: withPrefix('msg_', completion.id ?? context.id),
    type: 'message',
    role: 'assistant',
    model: context.model,
    content,
    stop_reason: encodeStop(finish, refused, calledTools),
    stop_sequence: finish?.stopSequence ?? null,
    ...(completion.extras?.format === formatName && completion.extras.fields),
    ...(finish?.extras?.format === formatName && finish.extras.fields),
    usage: encodeUsage(completion.usage),
  }
}

/** To the client goes reasoning of any origin, which clients show and bring back. */
function answerBlock(part: Part): JsonObject | undefined {
  if (part.type === 'reasoning' && part.data === undefined) {
    return { type: 'thinking', thinking: part.text ?? '', signature: part.signature ?? '' }
  }
  if (part.type === 'text') {
    if (part.text === '') return undefined
    const citations = part.citations?.filter((citation) => asObject(citation)?.type !== 'url_citation')
    return { type: 'text', text: part.text, ...(citations !== undefined && citations.length > 0 && { citations }) }
  }
  if (part.type === 'image' || part.type === 'audio' || part.type === 'file') return undefined
  return encodeBlock(part, { ofModel: true, same: true })
}
