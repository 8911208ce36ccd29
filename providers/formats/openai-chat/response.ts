/** Whole chat completions. */

import type { Part, ReasoningPart } from '../../canonical/conversation.ts'
import { chatError } from '../../canonical/error.ts'
import type { Answer, ChatEvent, Completion } from '../../canonical/events.ts'
import { type AnswerContext, FormatError } from '../../canonical/format.ts'
import { asArray, asNumber, asObject, asString, isObject, type Json, type JsonObject } from '../../canonical/json.ts'
import { decodeProviderError } from '../shared/decode-error.ts'
import { unknownFields } from '../shared/extras.ts'
import { partEvents } from '../shared/part-events.ts'
import { decodeAssistant } from './decode-messages.ts'
import { decodeFinish, finishNames, isFailure } from './finish.ts'
import { formatName } from './name.ts'
import { encodeReasoning } from './reasoning.ts'
import { decodeUsage, encodeUsage } from './usage.ts'

const bodyFields = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'error'])
const choiceFields = new Set(['index', 'message', 'finish_reason', 'error'])

/** Some providers send an error with status 200. */
export function decodeResponse(body: JsonObject): ChatEvent[] {
  const choices = asArray(body.choices).filter(isObject)
  const failed = choices.find((choice) => isObject(choice.error))
  if ((body.error !== undefined && body.error !== null) || failed !== undefined || choices.length === 0) {
    const error =
      body.error === undefined && failed === undefined ? noChoices(body) : decodeProviderError(200, {}, failed ?? body)
    return [{ type: 'error', error }]
  }
  const id = asString(body.id)
  const model = asString(body.model)
  const created = asNumber(body.created)
  const fields = unknownFields(body, bodyFields)
  const events: ChatEvent[] = [
    {
      type: 'start',
      ...(id !== undefined && id !== '' && { id }),
      ...(model !== undefined && model !== '' && { model }),
      ...(created !== undefined && created !== 0 && { created }),
      ...(fields !== undefined && { extras: { format: formatName, fields } }),
    },
  ]
  for (const [position, choice] of choices.entries()) decodeChoice(choice, asNumber(choice.index) ?? position, events)
  const usage = asObject(body.usage)
  if (usage !== undefined) events.push({ type: 'usage', usage: decodeUsage(usage) })
  events.push({ type: 'end' })
  return events
}

function noChoices(body: JsonObject) {
  if (typeof body.code === 'string' || typeof body.message === 'string') return decodeProviderError(200, {}, body)
  return chatError('upstream', 'The answer of the provider has no choices')
}

function decodeChoice(choice: JsonObject, index: number, events: ChatEvent[]): void {
  const message = asObject(choice.message) ?? {}
  const { annotations, ...rest } = message
  let turn: ReturnType<typeof decodeAssistant>
  try {
    turn = decodeAssistant(rest, index, `choices[${index}].message`)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    events.push({
      type: 'error',
      error: chatError('upstream', `The answer of the provider cannot be read: ${error.message}`),
    })
    return
  }
  let slot = 0
  for (const part of turn.parts) {
    if (part.type === 'text' && part.text === '') continue
    if (part.type === 'text' && Array.isArray(annotations) && annotations.length > 0) part.citations = annotations
    partEvents(part, slot, index, events)
    slot += 1
  }
  const raw = asString(choice.finish_reason)
  if (isFailure(raw)) {
    events.push({ type: 'error', error: chatError('upstream', `The provider ended the answer with "${raw}"`) })
    return
  }
  const { content: _content, via: _via, role: _role, ...left } = turn.extras?.fields ?? {}
  const more = unknownFields(choice, choiceFields)
  events.push({
    type: 'finish',
    ...(index !== 0 && { choice: index }),
    reason: decodeFinish(
      raw,
      turn.parts.some((part) => part.type === 'toolCall'),
    ),
    ...(raw !== undefined && { raw }),
    extras: {
      format: formatName,
      fields: {
        ...(more !== undefined && { choice: more }),
        message: { ...left, ...(Array.isArray(annotations) && annotations.length === 0 && { annotations }) },
      },
    },
  })
}

export function encodeResponse(completion: Completion, context: AnswerContext): JsonObject {
  const own = completion.extras?.format === formatName ? completion.extras.fields : {}
  return {
    id: completion.id ?? context.id,
    object: 'chat.completion',
    created: completion.created ?? context.created,
    model: context.model,
    choices: completion.answers.map(encodeChoice),
    ...(Object.keys(completion.usage).length > 0 && { usage: encodeUsage(completion.usage) }),
    ...own,
  }
}

function encodeChoice(answer: Answer, index: number): JsonObject {
  const { finish } = answer
  const own: JsonObject = finish?.extras?.format === formatName ? finish.extras.fields : {}
  const calls = answer.parts.flatMap((part) =>
    part.type === 'toolCall'
      ? [{ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments } }]
      : [],
  )
  const reason =
    finishNames[
      finish === undefined || finish.reason === 'stop' ? (calls.length > 0 ? 'toolCalls' : 'stop') : finish.reason
    ]
  const choice = asObject(own.choice)
  const native = finish?.raw !== undefined && finish.raw !== reason && choice?.native_finish_reason === undefined
  return {
    index,
    message: { ...encodeMessage(answer.parts, calls), ...asObject(own.message) },
    logprobs: null,
    finish_reason: reason,
    ...(native && { native_finish_reason: finish.raw ?? null }),
    ...choice,
  }
}

function encodeMessage(parts: readonly Part[], calls: JsonObject[]): JsonObject {
  let content: string | null = null
  let refusal: string | null = null
  const reasoning: ReasoningPart[] = []
  const annotations: Json[] = []
  for (const part of parts) {
    if (part.type === 'text') {
      content = (content ?? '') + part.text
      for (const citation of part.citations ?? []) {
        const annotation = annotationOf(citation)
        if (annotation !== undefined) annotations.push(annotation)
      }
    } else if (part.type === 'refusal') refusal = (refusal ?? '') + part.text
    else if (part.type === 'reasoning') reasoning.push(part)
  }
  if (content === null && calls.length === 0 && refusal === null) content = ''
  return {
    role: 'assistant',
    content,
    refusal,
    ...encodeReasoning(reasoning),
    ...(annotations.length > 0 && { annotations }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

/** A citation as this format's annotation; undefined for those that point into documents, which it cannot say. */
export function annotationOf(citation: Json): JsonObject | undefined {
  if (!isObject(citation)) return undefined
  if (citation.type === 'url_citation') return citation
  const url = asString(citation.url)
  if (url === undefined) return undefined
  return {
    type: 'url_citation',
    url_citation: { url, title: asString(citation.title) ?? '', start_index: 0, end_index: 0 },
  }
}
