/** Errors as OpenAI's clients read them. */

import type { ChatError, ChatErrorKind } from '../../canonical/error.ts'
import type { JsonObject } from '../../canonical/json.ts'

/** Type and code of each kind; a provider's own code goes before the code here. */
const names: Readonly<Record<ChatErrorKind, readonly [type: string, code: string | null]>> = {
  invalidRequest: ['invalid_request_error', null],
  contextLength: ['invalid_request_error', 'context_length_exceeded'],
  contentFilter: ['invalid_request_error', 'content_filter'],
  authentication: ['authentication_error', 'invalid_api_key'],
  permission: ['permission_error', null],
  notFound: ['invalid_request_error', 'model_not_found'],
  tooLarge: ['invalid_request_error', 'request_too_large'],
  timeout: ['timeout_error', 'timeout'],
  rateLimit: ['rate_limit_error', 'rate_limit_exceeded'],
  quota: ['insufficient_quota', 'insufficient_quota'],
  overloaded: ['server_error', 'overloaded'],
  upstream: ['upstream_error', 'bad_gateway'],
  internal: ['server_error', 'internal_error'],
}

/** Kinds whose code clients act on, so that a provider's other word for it must not hide it. */
const fixed: ReadonlySet<ChatErrorKind> = new Set(['contextLength', 'contentFilter', 'quota', 'rateLimit'])

export function encodeError(error: ChatError): JsonObject {
  const [type, code] = names[error.kind]
  return {
    error: {
      message: error.message,
      type,
      param: error.param ?? null,
      code: fixed.has(error.kind) ? code : (error.code ?? code),
    },
  }
}
