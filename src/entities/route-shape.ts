/** The fields of a route, each by itself. */

import { z } from 'zod'
import {
  between,
  checked,
  headerValues,
  integer,
  name,
  optional,
  port,
  protocol,
  reference,
  setOf,
  tagged,
} from './fields.ts'
import { checkRoutePath } from './route-paths.ts'
import { checkIpOrCidr, checkMethod, checkRouteHost, checkServerName } from './text-checks.ts'

const endpoint = z
  .strictObject({ ip: optional(checked(checkIpOrCidr)), port: optional(port) })
  .refine(
    (value) => value.ip !== null || value.port !== null,
    "at least one of these fields must be non-empty: 'ip', 'port'",
  )

export const shape = z.strictObject({
  ...tagged,
  name: optional(name),
  protocols: setOf(protocol).min(1).default(['http', 'https']),
  https_redirect_status_code: z.literal([426, 301, 302, 307, 308]).default(426),
  /** Whether the part that a path matched is cut off before the service's path is put in front. */
  strip_path: z.boolean().default(true),
  preserve_host: z.boolean().default(false),
  request_buffering: z.boolean().default(true),
  response_buffering: z.boolean().default(true),
  service: optional(reference),
  snis: optional(setOf(checked(checkServerName))),
  sources: optional(z.array(endpoint)),
  destinations: optional(z.array(endpoint)),
  methods: optional(setOf(checked(checkMethod))),
  hosts: optional(z.array(checked(checkRouteHost))),
  paths: optional(z.array(checked(checkRoutePath))),
  headers: optional(headerValues),
  regex_priority: integer.default(0),
  path_handling: z.enum(['v0', 'v1']).default('v0'),
  /** Stands instead of the fields above, for who writes expressions. */
  expression: optional(z.string().min(1)),
  priority: between(integer, 0, 2 ** 46 - 1).default(0),
})

export type Route = z.infer<typeof shape>
