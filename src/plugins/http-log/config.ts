/** The config of http-log: Kong's fields and checks. */

import { z } from 'zod'
import { checked, optional, reference } from '../../entities/fields.ts'
import { checkHeaderName } from '../../entities/text-checks.ts'
import { queueConfig } from '../../queue/config.ts'
import { isReference } from '../../secrets/reference.ts'
import { customFieldsByLua } from '../shared/custom-fields.ts'

function checkEndpoint(value: string): string | null {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(value)) return 'missing scheme in url'
  if (!URL.canParse(value)) return 'missing host in url'
  return /^https?:/i.test(value) ? null : 'the scheme must be http or https'
}

/** Written by the plugin itself. */
const reserved = ['host', 'content-length', 'content-type']

const headers = z.record(checked(checkHeaderName), z.string()).superRefine((values, context) => {
  for (const name of Object.keys(values)) {
    const lower = name.toLowerCase()
    if (!reserved.includes(lower)) continue
    context.addIssue({ code: 'custom', path: [name], message: `cannot contain '${lower}' header` })
  }
})

export const config = z
  .strictObject({
    http_endpoint: checked(checkEndpoint).describe(
      'URL that records are sent to; user and password in it make Basic auth.',
    ),
    method: z.enum(['POST', 'PUT', 'PATCH']).default('POST').describe('Method of the requests.'),
    content_type: z
      .enum(['application/json', 'application/json; charset=utf-8'])
      .default('application/json')
      .describe('Content type of the requests.'),
    timeout: z.number().default(10_000).describe('Milliseconds for connecting, and again for the answer.'),
    keepalive: z.number().default(60_000).describe('Milliseconds that an idle connection is kept.'),
    headers: optional(headers).describe('Further headers of the requests.'),
    queue: queueConfig,
    custom_fields_by_lua: customFieldsByLua,
    ssl_verify: z.boolean().default(true).describe('Verifies the certificate of the endpoint.'),
    client_certificate: optional(reference).describe('Certificate that the gateway shows to the endpoint.'),
  })
  .superRefine(({ http_endpoint: endpoint, headers }, context) => {
    if (isReference(endpoint) || !URL.canParse(endpoint)) return
    const { username, password } = new URL(endpoint)
    const authorized = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'authorization')
    if (!authorized || (username === '' && password === '')) return
    const message = "specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed"
    context.addIssue({ code: 'custom', message })
  })

export type Config = z.infer<typeof config>
