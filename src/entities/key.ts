/** Keys that plugins verify or sign with, and the sets they come in. */

import { z } from 'zod'
import { exactlyOneOf } from './checks.ts'
import { defineEntity } from './definition.ts'
import { optional, reference, tagged, text } from './fields.ts'

const keySet = z.strictObject({ ...tagged, name: optional(text) })

export type KeySet = z.infer<typeof keySet>

export const keySets = defineEntity({ name: 'key_sets', path: 'key-sets', endpointKey: 'name', schema: keySet })

const key = z.strictObject({
  ...tagged,
  set: optional(reference),
  name: optional(text),
  kid: text,
  /** A JSON Web Key as a text of JSON. */
  jwk: optional(text),
  pem: optional(z.strictObject({ private_key: optional(text), public_key: optional(text) })),
})

export type Key = z.infer<typeof key>

export const keys = defineEntity({
  name: 'keys',
  endpointKey: 'name',
  cacheKey: ['kid', 'set'],
  references: { set: { entity: 'key_sets', nestedAs: 'keys', onDelete: 'cascade' } },
  secrets: ['jwk', 'pem'],
  schema: key.superRefine((entity, context) => {
    exactlyOneOf(entity, ['jwk', 'pem'], (path, message) =>
      context.addIssue({ code: 'custom', path: [...path], message }),
    )
  }),
})
