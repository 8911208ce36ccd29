/** What the ways to hash ask of the other fields of an upstream. */

import { type Complain, conditional } from './checks.ts'
import type { Upstream } from './upstream-shape.ts'

const companions = [
  ['hash_on', 'header', 'hash_on_header'],
  ['hash_on', 'cookie', 'hash_on_cookie'],
  ['hash_on', 'query_arg', 'hash_on_query_arg'],
  ['hash_on', 'uri_capture', 'hash_on_uri_capture'],
  ['hash_fallback', 'header', 'hash_fallback_header'],
  ['hash_fallback', 'cookie', 'hash_on_cookie'],
  ['hash_fallback', 'query_arg', 'hash_fallback_query_arg'],
  ['hash_fallback', 'uri_capture', 'hash_fallback_uri_capture'],
] as const

const pairs = [
  ['hash_on_header', 'hash_fallback_header'],
  ['hash_on_query_arg', 'hash_fallback_query_arg'],
  ['hash_on_uri_capture', 'hash_fallback_uri_capture'],
] as const

const alone = new Set<string>(['consumer', 'ip', 'path'])

/** Reports hash settings that do not go together, in Kong's words. */
export function checkUpstream(upstream: Upstream, complain: Complain): void {
  for (const [given, value, field] of companions) {
    if (upstream[given] === value && upstream[field] === null) {
      conditional(given, field, 'required field missing', complain)
    }
  }
  const { hash_on, hash_fallback } = upstream
  if ((hash_on === 'none' || hash_on === 'cookie') && hash_fallback !== 'none') {
    conditional('hash_on', 'hash_fallback', 'value must be none', complain)
  } else if (alone.has(hash_on) && hash_fallback === hash_on) {
    const others = ['none', 'consumer', 'ip', 'header', 'cookie', 'path', 'query_arg', 'uri_capture']
    const allowed = others.filter((other) => other !== hash_on).join(', ')
    conditional('hash_on', 'hash_fallback', `expected one of: ${allowed}`, complain)
  }
  for (const [first, second] of pairs) {
    const value = upstream[first]
    if (value !== null && upstream[second] !== null && value.toLowerCase() === upstream[second].toLowerCase()) {
      complain([], `values of these fields must be distinct: '${first}', '${second}'`)
    }
  }
  if (upstream.algorithm === 'sticky-sessions' && upstream.sticky_sessions_cookie === null) {
    conditional('algorithm', 'sticky_sessions_cookie', 'required field missing', complain)
  }
}
