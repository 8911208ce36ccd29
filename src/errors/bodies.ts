/** Error bodies as Kong tells them: a message and the request id, in the media type that the client takes. */

import { type ChatError, chatError, kindOfStatus } from '../../providers/canonical/error.ts'
import type { JsonObject } from '../../providers/canonical/json.ts'

/** A format that tells errors in its own shape, as every LLM format does. */
export interface ErrorFormat {
  encodeError(error: ChatError, requestId: string): JsonObject
  /** The HTTP status that its clients know for the error, where that is another than the usual one. */
  errorStatus?(error: ChatError): number
}

export interface ErrorBody {
  readonly type: string
  readonly body: string
}

/** The body of an error in the client's own format, or in Kong's where the route has none. */
export function errorBody(
  format: ErrorFormat | null,
  status: number,
  message: string,
  requestId: string,
  accept: string | undefined,
): ErrorBody {
  if (format !== null) {
    const error = chatError(kindOfStatus(status), message, { status })
    return { type: 'application/json; charset=utf-8', body: JSON.stringify(format.encodeError(error, requestId)) }
  }
  const type = preferredType(accept)
  return { type: `${type}; charset=utf-8`, body: templates[type](message, requestId) }
}

const templates = {
  'application/json': (message: string, id: string) => JSON.stringify({ message, request_id: id }, null, 2),
  'text/plain': (message: string, id: string) => `${message}\nrequest_id: ${id}\n`,
  'application/xml': (message: string, id: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<error><message>${escapeMarkup(message)}</message><requestid>${id}</requestid></error>\n`,
  'text/html': (message: string, id: string) =>
    `<!doctype html>\n<html><head><title>Error</title></head><body><h1>Error</h1><p>${escapeMarkup(message)}.</p><p>request_id: ${id}</p></body></html>\n`,
}
type ErrorType = keyof typeof templates

function escapeMarkup(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** The highest quality wins; a wildcard means JSON. */
function preferredType(accept: string | undefined): ErrorType {
  if (accept === undefined || accept === '*/*') return 'application/json'
  let best: ErrorType = 'application/json'
  let bestQuality = 0
  for (const entry of accept.split(',')) {
    const [range = '', ...parameters] = entry.split(';')
    const type = typeOf(range.trim().toLowerCase())
    const q = parameters.find((parameter) => parameter.trim().startsWith('q='))
    const quality = q === undefined ? 1 : Number.parseFloat(q.trim().slice(2))
    if (type !== undefined && quality > bestQuality) {
      best = type
      bestQuality = quality
    }
  }
  return best
}

function typeOf(range: string): ErrorType | undefined {
  switch (range) {
    case 'text/html':
      return 'text/html'
    case 'text/plain':
    case 'text/*':
      return 'text/plain'
    case 'application/xml':
    case 'text/xml':
      return 'application/xml'
    case 'application/json':
    case 'application/*':
    case '*/*':
      return 'application/json'
    default:
      return undefined
  }
}

/** The default text of a status, as Kong's. */
export function defaultMessage(status: number): string {
  return messages[status] ?? `The upstream server responded with ${status}`
}

const messages: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  402: 'Payment required',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  407: 'Proxy authentication required',
  408: 'Request timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length required',
  412: 'Precondition failed',
  413: 'Payload too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  417: 'Expectation failed',
  418: "I'm a teapot",
  421: 'Misdirected request',
  422: 'Unprocessable entity',
  423: 'Locked',
  424: 'Failed dependency',
  425: 'Too early',
  426: 'Upgrade required',
  428: 'Precondition required',
  429: 'Too many requests',
  431: 'Request header fields too large',
  451: 'Unavailable for legal reasons',
  500: 'An unexpected error occurred',
  501: 'Not implemented',
  502: 'An invalid response was received from the upstream server',
  503: 'The upstream server is currently unavailable',
  504: 'The upstream server is timing out',
  505: 'HTTP version not supported',
}
