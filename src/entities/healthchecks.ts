/** When the target of an upstream counts as healthy: probes that are sent, and answers that are watched. */

import { z } from 'zod'
import { between, checked, headerValues, integer, optional } from './fields.ts'
import { checkPath, checkServerName } from './text-checks.ts'

const type = z.enum(['tcp', 'http', 'https', 'grpc', 'grpcs']).default('http')
/** Seconds; 0 turns the probe off. */
const seconds = between(z.number(), 0, 65535)
/** How many in a row make the change; 0 turns the rule off. */
const count = between(integer, 0, 255).default(0)

function statuses(initial: number[]) {
  return z.array(between(integer, 100, 999)).default(initial)
}

const good = [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308]

const active = z.strictObject({
  type,
  timeout: seconds.default(1),
  concurrency: between(integer, 1, 2 ** 31).default(10),
  http_path: checked(checkPath).default('/'),
  https_sni: optional(checked(checkServerName)),
  https_verify_certificate: z.boolean().default(true),
  headers: optional(headerValues),
  healthy: z
    .strictObject({ interval: seconds.default(0), http_statuses: statuses([200, 302]), successes: count })
    .prefault({}),
  unhealthy: z
    .strictObject({
      interval: seconds.default(0),
      http_statuses: statuses([429, 404, 500, 501, 502, 503, 504, 505]),
      tcp_failures: count,
      timeouts: count,
      http_failures: count,
    })
    .prefault({}),
})

const passive = z.strictObject({
  type,
  healthy: z.strictObject({ http_statuses: statuses(good), successes: count }).prefault({}),
  unhealthy: z
    .strictObject({
      http_statuses: statuses([429, 500, 503]),
      tcp_failures: count,
      timeouts: count,
      http_failures: count,
    })
    .prefault({}),
})

export const healthchecks = z.strictObject({
  active: active.prefault({}),
  passive: passive.prefault({}),
  /** Percent of the weight that must be healthy for the upstream to be. */
  threshold: between(z.number(), 0, 100).default(0),
})

export type Healthchecks = z.infer<typeof healthchecks>
