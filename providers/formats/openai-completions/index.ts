/** OpenAI's older completions, as a chat of one turn. */

import type { ChatFormat } from '../../canonical/format.ts'
import { asString, type JsonObject } from '../../canonical/json.ts'
import { decodeEvents } from '../openai-chat/decode-events.ts'
import { encodeError } from '../openai-chat/error.ts'
import { decodeUsage } from '../openai-chat/usage.ts'
import { decodeProviderError } from '../shared/decode-error.ts'
import { encodeEvents } from './encode-events.ts'
import { formatName } from './name.ts'
import { decodeRequest, encodeRequest } from './request.ts'
import { decodeResponse, encodeResponse } from './response.ts'

export const openaiCompletions: ChatFormat = {
  name: formatName,
  streamType: 'text/event-stream',
  path: () => '/v1/completions',
  decodeRequest,
  encodeRequest,
  decodeEvents: () => decodeEvents({ format: formatName, delta: textDelta }),
  encodeEvents,
  decodeResponse,
  encodeResponse,
  decodeError: decodeProviderError,
  encodeError: (error) => encodeError(error),
  errorStatus: (error) => error.status,
  decodeUsage,
}

function textDelta(choice: JsonObject): JsonObject | undefined {
  const text = asString(choice.text)
  return text === undefined ? undefined : { content: text }
}
