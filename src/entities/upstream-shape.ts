/** The fields of an upstream, each by itself. */

import { isIP } from 'node:net'
import { z } from 'zod'
import { between, checked, integer, optional, reference, tagged, text } from './fields.ts'
import { healthchecks } from './healthchecks.ts'
import {
  checkCookieName,
  checkHeaderName,
  checkHostWithOptionalPort,
  isHost,
  splitPort,
  unbracket,
} from './text-checks.ts'

const hashInput = z
  .enum(['none', 'consumer', 'ip', 'header', 'cookie', 'path', 'query_arg', 'uri_capture'])
  .default('none')

const upstreamName = checked((value) => {
  if (isIP(unbracket(value)) !== 0) return `Invalid name ('${value}'); no ip addresses allowed`
  if (splitPort(value).port !== undefined) return `Invalid name ('${value}'); no port allowed`
  return isHost(value) ? null : `Invalid name ('${value}'); must be a valid hostname`
})

export const shape = z.strictObject({
  ...tagged,
  name: upstreamName,
  algorithm: z
    .enum(['round-robin', 'consistent-hashing', 'least-connections', 'latency', 'sticky-sessions'])
    .default('round-robin'),
  hash_on: hashInput,
  hash_fallback: hashInput,
  hash_on_header: optional(checked(checkHeaderName)),
  hash_fallback_header: optional(checked(checkHeaderName)),
  hash_on_cookie: optional(checked(checkCookieName)),
  hash_on_cookie_path: z.string().min(1).default('/'),
  hash_on_query_arg: optional(text),
  hash_fallback_query_arg: optional(text),
  hash_on_uri_capture: optional(text),
  hash_fallback_uri_capture: optional(text),
  slots: between(integer, 10, 65536).default(10000),
  host_header: optional(checked(checkHostWithOptionalPort)),
  client_certificate: optional(reference),
  use_srv_name: z.boolean().default(false),
  sticky_sessions_cookie: optional(checked(checkCookieName)),
  sticky_sessions_cookie_path: z.string().min(1).default('/'),
  healthchecks: healthchecks.prefault({}),
})

export type Upstream = z.infer<typeof shape>
