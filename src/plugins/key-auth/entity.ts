/** The keys that consumers call with. */

import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { defineEntity } from '../../entities/definition.ts'
import { reference, tagged, text } from '../../entities/fields.ts'

const shape = z.strictObject({
  ...tagged,
  consumer: reference,
  /** Made up where none is given. */
  key: text.default(() => randomBytes(24).toString('base64url')),
  /** Seconds from `created_at`; above 100,000,000 a moment in Unix time. Absent or 0: the key does not end. */
  ttl: z.int().min(0).optional(),
})

export const keyauthCredentials = defineEntity({
  name: 'keyauth_credentials',
  path: 'key-auths',
  nestedPath: 'key-auth',
  endpointKey: 'key',
  cacheKey: ['key'],
  references: { consumer: { entity: 'consumers', required: true, onDelete: 'cascade' } },
  secrets: ['key'],
  schema: shape,
})
