/** Why a try failed, in words that the client may read: the low-level error stays in `cause`, for the log. */

export type FailureKind = 'connect' | 'timeout' | 'reset' | 'invalid' | 'aborted' | 'tls'
/** How far the try had come. In `connect` nothing was sent; from `firstByte` on the upstream may have acted on the request. */
export type FailurePhase = 'connect' | 'firstByte' | 'body'

/**
 * A try that failed. `reason` names no address.
 *
 * @example
 * new UpstreamFailure('connect', 'connect', 'connection refused')
 */
export class UpstreamFailure extends Error {
  readonly kind: FailureKind
  readonly phase: FailurePhase
  readonly reason: string

  constructor(kind: FailureKind, phase: FailurePhase, reason: string, cause?: unknown) {
    super(`${phase}: ${reason}`, cause === undefined ? undefined : { cause })
    this.name = 'UpstreamFailure'
    this.kind = kind
    this.phase = phase
    this.reason = reason
  }
}

const lengthMismatch = 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'

type Known = readonly [kind: FailureKind, reason: string]

const known: ReadonlyMap<string, Known> = new Map<string, Known>([
  ['UND_ERR_CONNECT_TIMEOUT', ['timeout', 'connecting took too long']],
  ['UND_ERR_HEADERS_TIMEOUT', ['timeout', 'no answer in time']],
  ['UND_ERR_BODY_TIMEOUT', ['timeout', 'the answer stalled']],
  ['UND_ERR_HEADERS_OVERFLOW', ['invalid', 'the headers of the answer are too large']],
  [lengthMismatch, ['reset', 'the answer was cut short']],
  ['UND_ERR_INVALID_ARG', ['invalid', 'the request cannot be sent']],
  ['UND_ERR_NOT_SUPPORTED', ['invalid', 'the request cannot be sent']],
  ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', ['invalid', 'the request body is not of the length it claims']],
  ['UND_ERR_ABORTED', ['aborted', 'the request was aborted']],
  ['UND_ERR_CLOSED', ['aborted', 'the gateway is shutting down']],
  ['UND_ERR_DESTROYED', ['aborted', 'the gateway is shutting down']],
  ['ECONNREFUSED', ['connect', 'connection refused']],
  ['EHOSTUNREACH', ['connect', 'no route to the host']],
  ['ENETUNREACH', ['connect', 'network unreachable']],
  ['EADDRNOTAVAIL', ['connect', 'no local address or port is left']],
  ['EMFILE', ['connect', 'too many open files']],
  ['ENFILE', ['connect', 'too many open files']],
  ['ENOTFOUND', ['connect', 'name resolution failed']],
  ['EAI_AGAIN', ['connect', 'name resolution failed']],
  ['CERT_HAS_EXPIRED', ['tls', 'the certificate has expired']],
  ['CERT_NOT_YET_VALID', ['tls', 'the certificate is not valid yet']],
  ['CERT_REVOKED', ['tls', 'the certificate is revoked']],
  ['CERT_CHAIN_TOO_LONG', ['tls', 'the certificate chain is too long']],
  ['ERR_TLS_CERT_ALTNAME_INVALID', ['tls', 'the certificate is for another name']],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', ['tls', 'the certificate is self-signed']],
  ['SELF_SIGNED_CERT_IN_CHAIN', ['tls', 'the certificate is from an unknown authority']],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', ['tls', 'the certificate is from an unknown authority']],
  ['UNABLE_TO_GET_ISSUER_CERT', ['tls', 'the certificate is from an unknown authority']],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', ['tls', 'the certificate is from an unknown authority']],
])

/** What undici or a socket reported, as a failure. */
export function toFailure(error: unknown, phase: FailurePhase): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error
  const [kind, reason] = explain(error, phase)
  return new UpstreamFailure(kind, phase, reason, error)
}

/**
 * Whether an error that came before anything was sent is of the connection that was picked, not of a new one: an idle
 * connection may break, or bring what nobody asked for, just then.
 */
export function isOfIdleConnection(error: unknown): boolean {
  const code = codeOf(error)
  return isParserError(error) || code === 'ECONNRESET' || code === 'EPIPE' || unasked.has(code)
}

const unasked = new Set(['UND_ERR_SOCKET', lengthMismatch, 'UND_ERR_HEADERS_OVERFLOW'])

function explain(error: unknown, phase: FailurePhase): Known {
  if (isParserError(error)) return ofParser(error)
  const code = codeOf(error)
  if (code === lengthMismatch && phase !== 'body') return ['invalid', 'the content-length of the answer is not valid']
  return known.get(code) ?? unlisted(code, error, phase)
}

/** The `code` of an error, or an empty string. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}

function unlisted(code: string, error: unknown, phase: FailurePhase): Known {
  if (code === 'UND_ERR_SOCKET') return ofSocket(error)
  if (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code === 'EPROTO' || code.startsWith('ERR_OSSL')) {
    return ['tls', 'the TLS handshake failed']
  }
  if (phase === 'connect') {
    return code === 'ETIMEDOUT' ? ['timeout', 'connecting took too long'] : ['connect', 'the connection failed']
  }
  if (code.startsWith('E')) return ['reset', 'the connection was reset']
  return ['aborted', 'the gateway gave up on the answer']
}

/** undici has one code for all of these and tells them apart by the message. */
function ofSocket(error: unknown): Known {
  const message = error instanceof Error ? error.message : ''
  if (message === 'bad response') return ['invalid', 'the upstream sent what was not asked for']
  if (message === 'bad upgrade') return ['invalid', 'the upstream switched protocols unasked']
  return ['reset', 'the upstream closed the connection']
}

function isParserError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'HTTPParserError'
}

/** undici means to give these a code as well, but the code is undefined. The text in parentheses is one of llhttp's constants. */
function ofParser(error: Error): Known {
  if (error.message.includes('EOF state')) return ['reset', 'the answer was cut short']
  if (error.message.includes('Expected HTTP/')) return ['invalid', 'the answer is not HTTP']
  const detail = /\(.*\)$/.exec(error.message)?.[0]
  return ['invalid', detail === undefined ? 'the answer is not valid HTTP' : `the answer is not valid HTTP ${detail}`]
}
