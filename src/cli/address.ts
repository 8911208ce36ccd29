/** Base addresses as people write them into the environment, with or without `/v1`, scheme and port. */

import { isIPv6 } from 'node:net'
import { baseUrlOf, type ProviderDefinition, type ProviderOptions } from '../../providers/provider.ts'

/**
 * The address as `upstream_url` wants it. What it lacks is taken from the provider's usual one; a wildcard, which servers
 * listen on, becomes the loopback that reaches them. Throws an Error that names the variable where it is no address.
 *
 * @example
 * addressOf('OPENAI_BASE_URL', 'https://llm.internal/v1', openai) // https://llm.internal
 * addressOf('OLLAMA_HOST', '0.0.0.0', ollama) // http://127.0.0.1:11434
 */
export function addressOf(
  variable: string,
  written: string,
  provider: ProviderDefinition,
  options: ProviderOptions = {},
): string {
  const usual = new URL(baseUrlOf(provider, options) ?? 'http://localhost:8000')
  const text = written.trim()
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
  const url = URL.parse(whole ? text : `${usual.protocol}//${withHost(text)}`)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') {
    throw new Error(`${variable} is not an address such as ${usual.origin}`)
  }
  if (!whole && url.port === '') url.port = usual.port
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1'
  if (url.hostname === '[::]') url.hostname = '[::1]'
  const path = url.pathname.replace(/\/+$/, '')
  // An address without any path leaves the vendor's own; the provider's paths bring their `/v1` with them.
  if (path === '') return url.origin + usual.pathname.replace(/\/$/, '')
  return url.origin + (provider.paths.chat.startsWith('/v1/') ? path.replace(/\/v1$/, '') : path)
}

/** A bare IPv6 address wants brackets, and a port alone means this machine. */
function withHost(text: string): string {
  if (isIPv6(text)) return `[${text}]`
  return text.startsWith(':') ? `127.0.0.1${text}` : text
}
