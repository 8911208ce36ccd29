/** Whole completions. */

import { chatError } from '../../canonical/error.ts'
import type { ChatEvent, Completion } from '../../canonical/events.ts'
import type { AnswerContext } from '../../canonical/format.ts'
import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '../../canonical/json.ts'
import { decodeFinish, finishNames } from '../openai-chat/finish.ts'
import { decodeUsage, encodeUsage } from '../openai-chat/usage.ts'
import { decodeProviderError } from '../shared/decode-error.ts'
import { unknownFields } from '../shared/extras.ts'
import { partEvents } from '../shared/part-events.ts'
import { formatName } from './name.ts'

const bodyFields = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'error'])
const choiceFields = new Set(['index', 'text', 'finish_reason'])

export function decodeResponse(body: JsonObject): ChatEvent[] {
  if (body.error !== undefined && body.error !== null) {
    return [{ type: 'error', error: decodeProviderError(200, {}, body) }]
  }
  const choices = asArray(body.choices).filter(isObject)
  if (choices.length === 0) {
    return [{ type: 'error', error: chatError('upstream', 'The answer of the provider has no choices') }]
  }
  const id = asString(body.id)
  const model = asString(body.model)
  const created = asNumber(body.created)
  const fields = unknownFields(body, bodyFields)
  const events: ChatEvent[] = [
    {
      type: 'start',
      ...(id !== undefined && id !== '' && { id }),
      ...(model !== undefined && { model }),
      ...(created !== undefined && { created }),
      ...(fields !== undefined && { extras: { format: formatName, fields } }),
    },
  ]
  for (const [position, choice] of choices.entries()) {
    const index = asNumber(choice.index) ?? position
    partEvents({ type: 'text', text: asString(choice.text) ?? '' }, 0, index, events)
    const raw = asString(choice.finish_reason)
    const more = unknownFields(choice, choiceFields)
    events.push({
      type: 'finish',
      ...(index !== 0 && { choice: index }),
      reason: decodeFinish(raw, false),
      ...(raw !== undefined && { raw }),
      ...(more !== undefined && { extras: { format: formatName, fields: { choice: more } } }),
    })
  }
  const usage = asObject(body.usage)
  if (usage !== undefined) events.push({ type: 'usage', usage: decodeUsage(usage) })
  events.push({ type: 'end' })
  return events
}

/** Text and refusals; the format has no place for other parts. */
export function encodeResponse(completion: Completion, context: AnswerContext): JsonObject {
  return {
    id: completion.id ?? context.id,
    object: 'text_completion',
    created: completion.created ?? context.created,
    model: context.model,
    choices: completion.answers.map((answer, index) => ({
      text: answer.parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join(''),
      index,
      logprobs: null,
      finish_reason: finishNames[answer.finish?.reason ?? 'stop'],
      ...(answer.finish?.extras?.format === formatName && asObject(answer.finish.extras.fields.choice)),
    })),
    ...(Object.keys(completion.usage).length > 0 && { usage: encodeUsage(completion.usage) }),
    ...(completion.extras?.format === formatName && completion.extras.fields),
  }
}
