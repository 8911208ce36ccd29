/** A vault: a kind of store of secrets under a prefix of its own. */

import { z } from 'zod'
import { defineEntity } from './definition.ts'
import { between, checked, integer, optional, tagged } from './fields.ts'

const kinds = ['env', 'aws', 'gcp', 'azure', 'hcv', 'conjur', 'konnect']

const prefix = checked((value) => {
  if (kinds.includes(value)) return `must not be one of: ${kinds.join(', ')}`
  return /^[a-z][a-z0-9-]*[a-z0-9]$/.test(value) ? null : `invalid value: ${value}`
})

const seconds = optional(between(integer, 0, 100_000_000))

const config = z.strictObject({
  /** Put before the name of every variable. */
  prefix: optional(checked((value) => (/^[A-Za-z_-][A-Za-z0-9_-]*$/.test(value) ? null : `invalid value: ${value}`))),
  base64_decode: z.boolean().default(false),
  ttl: seconds,
  neg_ttl: seconds,
  resurrect_ttl: seconds,
})

const shape = z.strictObject({
  ...tagged,
  prefix,
  /** The kind of store. */
  name: checked((value) => (value === 'env' ? null : `vault '${value}' is not installed`)),
  description: optional(z.string()),
  config: config.prefault({}),
})

export type Vault = z.infer<typeof shape>

export const vaults = defineEntity({
  name: 'vaults',
  endpointKey: 'prefix',
  schema: shape,
})
