/** An upstream: a name that stands for several targets, and how one is chosen. */

import { isIP } from 'node:net'
import { z } from 'zod'
import { defineEntity } from './definition.ts'
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
import { checkUpstream } from './upstream-checks.ts'

const hashInput = z
  .enum(['none', 'consumer', 'ip', 'header', 'cookie', 'path', 'query_arg', 'uri_capture'])
  .default('none')

const upstreamName = checked((value) => {
  if (isIP(unbracket(value)) !== 0) return `Invalid name ('${value}'); no ip addresses allowed`
  if (splitPort(value).port !== undefined) return `Invalid name ('${value}'); no port allowed`
  return isHost(value) ? null : `Invalid name ('${value}'); must be a valid hostname`
})

const shape = z.strictObject({
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

export const upstreams = defineEntity({
  name: 'upstreams',
  endpointKey: 'name',
  references: { client_certificate: { entity: 'certificates' } },
  expand: chooseAlgorithm,
  schema: shape.superRefine((upstream, context) => {
    checkUpstream(upstream, (path, message) => context.addIssue({ code: 'custom', path: [...path], message }))
  }),
})

/** To hash on something means consistent hashing; the algorithms that look at load hash on nothing. */
function chooseAlgorithm(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { algorithm, hash_on: hashOn } = raw
  if (algorithm === 'least-connections' || algorithm === 'latency') return { ...raw, hash_on: 'none' }
  if (algorithm === undefined && hashOn !== undefined && hashOn !== 'none') {
    return { ...raw, algorithm: 'consistent-hashing' }
  }
  return { ...raw }
}
