/** The head of an answer as the gateway reads it: undici's headers, made to keep what Node's types promise. */

import type { IncomingHttpHeaders } from 'node:http'
import type { ResponseHead } from './types.ts'

/** As undici parses them. */
export type Parsed = Readonly<Record<string, string | string[] | undefined>>
type Raw = readonly (Buffer | string)[] | Parsed | null | undefined

export class ReceivedHead implements ResponseHead {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly #raw: Raw
  #rawHeaders: readonly string[] | null = null

  constructor(status: number, headers: Parsed, raw: Raw) {
    this.status = status
    this.headers = toHeaders(headers)
    this.#raw = raw
  }

  /** Few readers want them, so they are not decoded before one does. */
  get rawHeaders(): readonly string[] {
    this.#rawHeaders ??= decode(this.#raw)
    return this.#rawHeaders
  }
}

/** Repeated headers are joined by commas, except `set-cookie`, which is always a list (RFC 9110, 5.3). */
export function toHeaders(parsed: Parsed): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {}
  for (const name in parsed) {
    const value = parsed[name]
    if (value === undefined) continue
    if (name === 'set-cookie') headers['set-cookie'] = typeof value === 'string' ? [value] : value
    else headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return headers
}

/** Over HTTP/1.1 undici always has a list. */
function decode(raw: Raw): readonly string[] {
  return isList(raw) ? raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1'))) : []
}

function isList(raw: Raw): raw is readonly (Buffer | string)[] {
  return Array.isArray(raw)
}
