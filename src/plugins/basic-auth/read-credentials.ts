/** Reads a name and a password from a header (RFC 7617). */

export interface NameAndPassword {
  readonly username: string
  readonly password: string
}

/**
 * Null where the value is not of the Basic scheme or holds no colon.
 *
 * @example
 * parseBasic('Basic YWxpY2U6c2VjcmV0') // { username: 'alice', password: 'secret' }
 */
export function parseBasic(value: string | undefined): NameAndPassword | null {
  const encoded = value === undefined ? undefined : /^\s*basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(value)?.[1]
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
