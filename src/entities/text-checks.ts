/** The named text checks that Kong's entities share, each answering null or Kong's own complaint. */

import { isIP, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Answers null where the text is good, else what is wrong with it. */
export type TextCheck = (text: string) => string | null

const nonAscii = '\\u0080-\\u{10ffff}'
const utf8Name = new RegExp(`^[A-Za-z0-9._~${nonAscii}-]+$`, 'u')
const tagText = new RegExp(`^[ -+\\-.0-~${nonAscii}]+$`, 'u')
const label = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?'
const hostname = new RegExp(`^${label}(?:\\.${label})*\\.?$`)
const uriCharacters = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/

export const checkName: TextCheck = (text) =>
  utf8Name.test(text)
    ? null
    : `invalid value '${text}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`

export const checkTag: TextCheck = (text) =>
  tagText.test(text)
    ? null
    : `invalid tag '${text}': expected printable ascii (except \`,\` and \`/\`) or valid utf-8 sequences`

export const checkHeaderName: TextCheck = (text) =>
  /^[A-Za-z0-9_-]+$/.test(text) ? null : `bad header name '${text}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`

export const checkCookieName: TextCheck = (text) =>
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text) ? null : `bad cookie name '${text}'`

export const checkMethod: TextCheck = (text) => (/^[A-Z]+$/.test(text) ? null : `invalid value: ${text}`)

/** Whether the text is a host name or an address, without a port. */
export function isHost(text: string): boolean {
  return isIP(unbracket(text)) !== 0 || (text.length <= 253 && hostname.test(text))
}

export const checkHost: TextCheck = (text) => {
  const split = splitPort(text)
  if (split.port !== undefined) return isHost(split.host) ? 'must not have a port' : `invalid value: ${text}`
  return isHost(text) ? null : `invalid value: ${text}`
}

export const checkHostWithOptionalPort: TextCheck = (text) => {
  const { host, port } = splitPort(text)
  return isHost(host) && isPort(port) ? null : `invalid value: ${text}`
}

/** A host of a route: one wildcard at either end, and a port if need be. */
export const checkRouteHost: TextCheck = (text) => {
  const wildcards = text.split('*').length - 1
  if (wildcards === 0) return checkHostWithOptionalPort(text)
  if (wildcards > 1) return 'invalid wildcard: must have at most one wildcard'
  const { host, port } = splitPort(text)
  if (!host.startsWith('*.') && !host.endsWith('.*')) {
    return 'invalid wildcard: must be placed at leftmost or rightmost label'
  }
  const plain = host.startsWith('*.') ? host.slice(2) : host.slice(0, -2)
  return hostname.test(plain) && isPort(port) ? null : `invalid value: ${text}`
}

/** A server name of TLS, which may have a wildcard at either end. */
export const checkServerName: TextCheck = (text) => {
  const wildcards = text.split('*').length - 1
  if (wildcards > 1) return 'only one wildcard must be specified'
  if (isIP(unbracket(text)) !== 0) return 'must not be an IP'
  if (splitPort(text).port !== undefined) return 'must not have a port'
  if (wildcards === 0) return isHost(text) ? null : `invalid value: ${text}`
  if (!text.startsWith('*.') && !text.endsWith('.*')) return 'wildcard must be leftmost or rightmost character'
  return hostname.test(text.startsWith('*.') ? text.slice(2) : text.slice(0, -2)) ? null : `invalid value: ${text}`
}

export const checkIpOrCidr: TextCheck = (text) =>
  isIP(text) !== 0 || (text.includes('/') && ipaddr.isValidCIDR(text)) ? null : `invalid ip or cidr range: '${text}'`

/** A fixed path, as of a service or a health check. */
export const checkPath: TextCheck = (text) => {
  if (!text.startsWith('/')) return 'should start with: /'
  if (text.includes('//')) return 'must not have empty segments'
  if (!uriCharacters.test(text)) {
    return `invalid path: '${text}' (characters outside of the reserved list of RFC 3986 found)`
  }
  return checkEscapes(text)
}

/** Complains of the first `%` that two hex digits do not follow. */
export const checkEscapes: TextCheck = (text) => {
  const bad = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(text)
  return bad === null ? null : `invalid url-encoded value: '${bad[0]}'`
}

/** Splits `host:port`; an IPv6 address carries a port only in brackets. */
export function splitPort(text: string): { host: string; port?: string } {
  if (isIPv6(text)) return { host: text }
  const found = /^(.*):(\d*)$/s.exec(text)
  if (found === null || found[1] === undefined || found[2] === undefined) return { host: text }
  return { host: found[1], port: found[2] }
}

/** `[::1]` without its brackets. */
export function unbracket(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}

function isPort(port: string | undefined): boolean {
  return port === undefined || (port !== '' && Number(port) <= 65535)
}
