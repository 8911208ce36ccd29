import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ChatErrorKind, chatError } from '../../../providers/canonical/error.ts'
import { format, formats } from '../../../providers/formats/index.ts'
import { decodeProviderError } from '../../../providers/formats/shared/decode-error.ts'
import { retryAfter } from '../../../providers/formats/shared/retry-after.ts'
import { fixtureJson } from '../support.ts'

const openai = format('openai-chat')
const anthropic = format('anthropic-messages')

describe('an error of a provider', () => {
  it.each<[number, unknown, ChatErrorKind, number]>([
    [400, { error: { message: 'no', type: 'invalid_request_error', param: 'x', code: null } }, 'invalidRequest', 400],
    [422, { detail: [{ loc: ['body', 'x'], msg: 'bad', type: 't' }] }, 'invalidRequest', 422],
    [
      400,
      { error: { message: 'prompt is too long: 9 tokens > 8 maximum', type: 'invalid_request_error' } },
      'contextLength',
      400,
    ],
    [429, { error: { message: 'Rate limit: context window tokens per minute' } }, 'rateLimit', 429],
    [400, { error: { code: 'content_filter', message: 'm', innererror: {} } }, 'contentFilter', 400],
    [
      401,
      { error: { message: 'Incorrect API key provided: sk-abc12*****xyz.', code: 'invalid_api_key' } },
      'authentication',
      401,
    ],
    [401, { detail: 'Unauthorized' }, 'authentication', 401],
    [402, { error: { type: 'billing_error', message: 'm' } }, 'quota', 429],
    [429, { error: { message: 'm', code: 'insufficient_quota', type: 'insufficient_quota' } }, 'quota', 429],
    [403, { message: 'no' }, 'permission', 403],
    [404, { error: { code: 'model_not_found', message: 'm' } }, 'notFound', 404],
    [400, { error: { code: 'model_not_found', message: 'm' } }, 'notFound', 404],
    [404, { error: "model 'x' not found" }, 'notFound', 404],
    [413, { type: 'error', error: { type: 'request_too_large', message: 'm' } }, 'tooLarge', 413],
    [408, {}, 'timeout', 504],
    [504, '<html>Gateway</html>', 'timeout', 504],
    [529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'overloaded', 503],
    [500, { error_code: 'X', message: '{"message":"inner words"}' }, 'upstream', 502],
    [502, 'plain words', 'upstream', 502],
    [500, '', 'upstream', 502],
    [429, [{ error: { code: 429, message: 'm', status: 'RESOURCE_EXHAUSTED' } }], 'rateLimit', 429],
    [400, '{"error":{"message":"text that is JSON"}}', 'invalidRequest', 400],
    [409, { error: { message: 'busy', code: 'constructor', type: 'toString' } }, 'invalidRequest', 409],
  ])('%i %j is %s', (status, body, kind, expected) => {
    const error = decodeProviderError(status, {}, body)
    expect(error).toMatchObject({ kind, status: expected })
    expect(error.message).not.toBe('')
    expect(error.message).not.toContain('<')
  })

  it('keeps what it says of field, code and cause, but no part of a key', () => {
    expect(openai.decodeError(400, {}, fixtureJson('openai-chat/error.json'))).toMatchObject({
      kind: 'contextLength',
      code: 'context_length_exceeded',
      param: 'messages',
    })
    const error = decodeProviderError(401, {}, { error: { message: 'Incorrect API key provided: sk-abc12*****xyz.' } })
    expect(error.message).toBe('Incorrect API key provided: [redacted]')
    expect(decodeProviderError(422, {}, { detail: [{ loc: ['body', 'x'], msg: 'bad' }] }).message).toBe('body.x: bad')
    expect(decodeProviderError(500, {}, { error_code: 'X', message: '{"message":"inner"}' }).message).toBe('inner')
  })
})

describe('when to ask again', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is told by headers, by a date, or by the message', () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') })
    expect(retryAfter(429, { 'retry-after-ms': '1500.5', 'retry-after': '9' }, '')).toBe(1500.5)
    expect(retryAfter(429, { 'retry-after': ['2'] }, '')).toBe(2000)
    expect(retryAfter(503, { 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }, '')).toBe(5000)
    expect(retryAfter(503, { 'retry-after': 'soon' }, '')).toBeUndefined()
    expect(retryAfter(429, {}, 'Please try again in 1.2s.')).toBe(1200)
    expect(retryAfter(429, {}, 'Please try again in 20ms.')).toBe(20)
    expect(retryAfter(429, {}, 'Please try again in 6m0s.')).toBe(360_000)
    expect(retryAfter(429, {}, '')).toBeUndefined()
  })

  it('is not asked of an answer that succeeded', () => {
    expect(retryAfter(200, { 'retry-after': '9' }, '')).toBeUndefined()
    expect(decodeProviderError(200, { 'retry-after': '9' }, { error: { message: 'm' } }).retryAfter).toBeUndefined()
  })
})

describe('an error for a client', () => {
  it('has OpenAI’s type and code, or the provider’s own code', () => {
    expect(openai.encodeError(chatError('quota', 'm', { code: 'billing' }), 'r')).toEqual({
      error: { message: 'm', type: 'insufficient_quota', param: null, code: 'insufficient_quota' },
    })
    expect(
      openai.encodeError(chatError('invalidRequest', 'm', { code: 'unsupported_value', param: 'x' }), 'r'),
    ).toEqual({
      error: { message: 'm', type: 'invalid_request_error', param: 'x', code: 'unsupported_value' },
    })
  })

  it('has Anthropic’s type, its request id and its words for an overflow', () => {
    expect(anthropic.encodeError(chatError('overloaded', 'm'), 'req_1')).toEqual({
      type: 'error',
      error: { type: 'overloaded_error', message: 'm' },
      request_id: 'req_1',
    })
    const told = chatError('contextLength', 'Prompt is too long: 9 > 8')
    expect(anthropic.encodeError(told, 'r')).toMatchObject({ error: { message: told.message } })
    expect(anthropic.encodeError(chatError('contextLength', 'maximum context length'), 'r')).toMatchObject({
      error: { type: 'invalid_request_error', message: 'prompt is too long: maximum context length' },
    })
  })

  it('has the status that the client’s format knows', () => {
    expect(anthropic.errorStatus(chatError('overloaded', 'm'))).toBe(529)
    expect(anthropic.errorStatus(chatError('quota', 'm'))).toBe(402)
    expect(anthropic.errorStatus(chatError('rateLimit', 'm'))).toBe(429)
    expect(openai.errorStatus(chatError('overloaded', 'm'))).toBe(503)
    for (const codec of formats.values()) expect(codec.errorStatus(chatError('notFound', 'm'))).toBe(404)
  })
})
