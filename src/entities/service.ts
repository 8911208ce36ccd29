/** A service: where requests of its routes are sent. */

import { z } from 'zod'
import { type Complain, conditional } from './checks.ts'
import { defineEntity } from './definition.ts'
import { between, checked, integer, name, optional, port, protocol, reference, tagged, uuid } from './fields.ts'
import { expandUrl } from './service-url.ts'
import { checkHost, checkPath } from './text-checks.ts'

const milliseconds = between(integer, 1, 2147483646).default(60000)

const shape = z.strictObject({
  ...tagged,
  name: optional(name),
  /** Tries after the first. */
  retries: between(integer, 0, 32767).default(5),
  protocol: protocol.default('http'),
  host: checked(checkHost),
  port: port.default(80),
  path: optional(checked(checkPath)),
  connect_timeout: milliseconds,
  write_timeout: milliseconds,
  read_timeout: milliseconds,
  client_certificate: optional(reference),
  /** Null: as the gateway's settings say. */
  tls_verify: optional(z.boolean()),
  tls_verify_depth: optional(between(integer, 0, 64)),
  ca_certificates: optional(z.array(uuid)),
  tls_sans: optional(
    z.strictObject({ dnsnames: optional(z.array(z.string().min(1))), uris: optional(z.array(z.string().min(1))) }),
  ),
  enabled: z.boolean().default(true),
})

export type Service = z.infer<typeof shape>

const pathless = new Set(['tcp', 'tls', 'udp', 'grpc', 'grpcs'])
const tlsFields = ['client_certificate', 'tls_verify', 'tls_verify_depth', 'ca_certificates'] as const

function checkService(service: Service, complain: Complain): void {
  if (pathless.has(service.protocol) && service.path !== null) {
    conditional('protocol', 'path', 'value must be null', complain)
  }
  if (service.protocol === 'https' || service.protocol === 'tls' || service.protocol === 'wss') return
  for (const field of tlsFields) {
    if (service[field] !== null) conditional('protocol', field, 'value must be null', complain)
  }
}

export const services = defineEntity({
  name: 'services',
  endpointKey: 'name',
  references: { client_certificate: { entity: 'certificates' } },
  expand: expandUrl,
  schema: shape.superRefine((service, context) => {
    checkService(service, (path, message) => context.addIssue({ code: 'custom', path: [...path], message }))
  }),
})
