/** The errors of providers, whose bodies take a dozen shapes, as one kind of error. */

import { type ChatError, type ChatErrorKind, chatError, kindOfStatus } from '../../canonical/error.ts'
import { asArray, asNumber, asObject, asString, isObject, parseObject } from '../../canonical/json.ts'
import { retryAfter } from './retry-after.ts'

type Headers = Readonly<Record<string, string | string[] | undefined>>

const named: Readonly<Record<string, ChatErrorKind>> = {
  invalid_request_error: 'invalidRequest',
  bad_request_error: 'invalidRequest',
  badrequesterror: 'invalidRequest',
  context_length_exceeded: 'contextLength',
  string_above_max_length: 'contextLength',
  content_filter: 'contentFilter',
  content_policy_violation: 'contentFilter',
  responsibleaipolicyviolation: 'contentFilter',
  data_inspection_failed: 'contentFilter',
  invalid_api_key: 'authentication',
  authentication_error: 'authentication',
  unauthorized: 'authentication',
  permission_error: 'permission',
  permission_denied: 'permission',
  not_found_error: 'notFound',
  model_not_found: 'notFound',
  deploymentnotfound: 'notFound',
  request_too_large: 'tooLarge',
  timeout: 'timeout',
  timeout_error: 'timeout',
  rate_limit_exceeded: 'rateLimit',
  rate_limit_error: 'rateLimit',
  requests: 'rateLimit',
  tokens: 'rateLimit',
  resource_exhausted: 'rateLimit',
  insufficient_quota: 'quota',
  billing_error: 'quota',
  billing_hard_limit_reached: 'quota',
  overloaded: 'overloaded',
  overloaded_error: 'overloaded',
  service_unavailable: 'overloaded',
  server_error: 'upstream',
  api_error: 'upstream',
  internal_error: 'upstream',
}
const kinds = new Map(Object.entries(named))

/** Words with which providers say that a prompt is too long; none of them has a code for it. */
const overflow = [
  'prompt is too long',
  'context length',
  'context window',
  'context_length',
  'maximum number of tokens',
  'maximum prompt length',
  'input is too long',
  'input token count',
  'too many input tokens',
  'reduce the length of',
  'range of input length',
  'exceeds the maximum number of tokens',
  'exceeded model token limit',
]
const notOverflow = ['rate limit', 'too many requests', 'throttling', 'tokens per minute', 'tokens per day']
const key = /\b(?:sk|gsk|xai|pplx|nvapi|csk|fw|hf|or|key)[-_][\w*.-]{4,}|\bAIza[\w*-]{10,}/g

/**
 * Reads an error answer of any provider. `status` is that of the answer, or 200 for an error inside one.
 * `body` is the parsed JSON, or the text where it is none. Key fragments that a provider quotes are left out.
 */
export function decodeProviderError(status: number, headers: Headers, body: unknown): ChatError {
  const source = typeof body === 'string' ? (parseObject(body) ?? body) : Array.isArray(body) ? body[0] : body
  const outer = asObject(source) ?? {}
  const inner = asObject(outer.error) ?? outer
  const message = messageOf(inner, outer, source)
  const rawCode = inner.code ?? outer.error_code ?? outer.code
  const code = asString(rawCode) ?? asString(asObject(inner.details)?.error_code)
  const type = asString(inner.type) ?? asString(inner.status) ?? asString(outer.error_type)
  const known = status >= 400 ? status : (asNumber(rawCode) ?? asNumber(outer.status_code) ?? Number(code))
  const kind = kindOf(known, code, type, message)
  const after = retryAfter(status, headers, message)
  const param = asString(inner.param)
  return chatError(kind, (message || fallback(status)).replace(key, '[redacted]'), {
    ...(kind === 'invalidRequest' && known >= 400 && known < 500 && { status: known }),
    ...(code !== undefined && { code }),
    ...(param !== undefined && { param }),
    ...(after !== undefined && { retryAfter: after }),
  })
}

function kindOf(status: number, code: string | undefined, type: string | undefined, message: string): ChatErrorKind {
  const byCode = code === undefined ? undefined : kinds.get(code.toLowerCase())
  if (byCode !== undefined && byCode !== 'invalidRequest') return byCode
  const text = message.toLowerCase()
  const client = !(status >= 500) && status !== 401 && status !== 403 && status !== 429
  if (client && overflow.some((words) => text.includes(words)) && !notOverflow.some((words) => text.includes(words))) {
    return 'contextLength'
  }
  const byType = type === undefined ? undefined : kinds.get(type.toLowerCase())
  if (byType !== undefined && byType !== 'invalidRequest' && byType !== 'upstream') return byType
  if (status >= 400 && status < 600) return kindOfStatus(status)
  return byType ?? byCode ?? 'upstream'
}

function messageOf(
  inner: Readonly<Record<string, unknown>>,
  outer: Readonly<Record<string, unknown>>,
  source: unknown,
): string {
  if (typeof source === 'string') {
    const text = source.trim()
    // A proxy's HTML page says nothing that a client could use.
    return text.startsWith('<') ? '' : text.slice(0, 1000)
  }
  const found = asString(inner.message) ?? asString(outer.error) ?? asString(outer.message) ?? asString(outer.Message)
  if (found !== undefined) {
    const nested = found.startsWith('{') ? parseObject(found) : undefined
    return asString(nested?.message) ?? asString(asObject(nested?.error)?.message) ?? found
  }
  const detail = outer.detail
  if (typeof detail === 'string') return detail
  return asArray(detail)
    .map((item) => (isObject(item) ? `${asArray(item.loc).join('.')}: ${asString(item.msg) ?? ''}` : ''))
    .filter((item) => item !== '')
    .join('; ')
}

function fallback(status: number): string {
  return status >= 400 ? `The provider answered with status ${status}` : 'The provider sent an error'
}
