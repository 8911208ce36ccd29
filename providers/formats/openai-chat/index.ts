/** OpenAI's chat completions, which most providers speak. */

import type { ChatFormat } from '../../canonical/format.ts'
import { decodeProviderError } from '../shared/decode-error.ts'
import { decodeEvents } from './decode-events.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeEvents } from './encode-events.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeError } from './error.ts'
import { formatName } from './name.ts'
import { decodeResponse, encodeResponse } from './response.ts'
import { decodeUsage } from './usage.ts'

export const openaiChat: ChatFormat = {
  name: formatName,
  streamType: 'text/event-stream',
  path: () => '/v1/chat/completions',
  decodeRequest,
  encodeRequest,
  decodeEvents: () => decodeEvents(),
  encodeEvents,
  decodeResponse,
  encodeResponse,
  decodeError: decodeProviderError,
  encodeError: (error) => encodeError(error),
  errorStatus: (error) => error.status,
  decodeUsage,
}
