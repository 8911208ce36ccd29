import { describe, expect, it } from 'vitest'
import { toFailure, UpstreamFailure } from '../../src/upstream/failure.ts'

const coded = (code: string, message = 'at 10.1.2.3:80') => Object.assign(new Error(message), { code })

describe('an error of the connection', () => {
  it.each([
    ['ECONNREFUSED', 'connect', 'connect', 'connection refused'],
    ['EHOSTUNREACH', 'connect', 'connect', 'no route to the host'],
    ['EAI_AGAIN', 'connect', 'connect', 'name resolution failed'],
    ['ESOMETHING', 'connect', 'connect', 'the connection failed'],
    ['ETIMEDOUT', 'connect', 'timeout', 'connecting took too long'],
    ['ETIMEDOUT', 'body', 'reset', 'the connection was reset'],
    ['ECONNRESET', 'firstByte', 'reset', 'the connection was reset'],
    ['EPIPE', 'body', 'reset', 'the connection was reset'],
    ['CERT_HAS_EXPIRED', 'connect', 'tls', 'the certificate has expired'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'connect', 'tls', 'the TLS handshake failed'],
    ['ERR_TLS_PROTOCOL_VERSION_CONFLICT', 'connect', 'tls', 'the TLS handshake failed'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'firstByte', 'invalid', 'the content-length of the answer is not valid'],
    ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'firstByte', 'invalid', 'the request body is not of the length it claims'],
  ] as const)('%s in phase %s is of kind %s: %s', (code, phase, kind, reason) => {
    const cause = coded(code)
    const failure = toFailure(cause, phase)
    expect(failure).toMatchObject({ kind, phase, reason, message: `${phase}: ${reason}`, cause })
    expect(failure.message).not.toContain('10.1.2.3')
  })
})

it('an error without a code is a failure of ours', () => {
  expect(toFailure(new Error('bug'), 'body')).toMatchObject({ kind: 'aborted', phase: 'body' })
  expect(toFailure('text', 'connect')).toMatchObject({ kind: 'connect', phase: 'connect' })
})

it('an error of the parser without detail is still named', () => {
  const error = Object.assign(new Error('?'), { name: 'HTTPParserError' })
  expect(toFailure(error, 'firstByte')).toMatchObject({ kind: 'invalid', reason: 'the answer is not valid HTTP' })
})

it('a failure stays what it is', () => {
  const failure = new UpstreamFailure('aborted', 'body', 'enough')
  expect(toFailure(failure, 'connect')).toBe(failure)
})
