/** Errors as Anthropic's clients read them. */

import type { ChatError, ChatErrorKind } from '../../canonical/error.ts'
import type { JsonObject } from '../../canonical/json.ts'

const types: Readonly<Record<ChatErrorKind, string>> = {
  invalidRequest: 'invalid_request_error',
  contextLength: 'invalid_request_error',
  contentFilter: 'invalid_request_error',
  authentication: 'authentication_error',
  permission: 'permission_error',
  notFound: 'not_found_error',
  tooLarge: 'request_too_large',
  timeout: 'timeout_error',
  rateLimit: 'rate_limit_error',
  quota: 'billing_error',
  overloaded: 'overloaded_error',
  upstream: 'api_error',
  internal: 'api_error',
}

const overflow = 'prompt is too long'

/** Clients tell an overflow by its words alone, and compact the conversation on it. */
export function encodeError(error: ChatError, requestId?: string): JsonObject {
  const known = error.kind !== 'contextLength' || error.message.toLowerCase().includes(overflow)
  return {
    type: 'error',
    error: { type: types[error.kind], message: known ? error.message : `${overflow}: ${error.message}` },
    ...(requestId !== undefined && { request_id: requestId }),
  }
}

/** Its own statuses are 402 for money and 529 for an overload. */
export function errorStatus(error: ChatError): number {
  if (error.kind === 'overloaded') return 529
  return error.kind === 'quota' ? 402 : error.status
}
