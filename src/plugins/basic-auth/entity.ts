/** Names and passwords of consumers; a password is kept as its hash alone. */

import { z } from 'zod'
import { defineEntity } from '../../entities/definition.ts'
import { reference, tagged, text } from '../../entities/fields.ts'
import { hashPassword } from './password.ts'

const shape = z.strictObject({
  ...tagged,
  consumer: reference,
  username: text,
  /** Hashed when the file is read, unless the file says `_transform: false` and holds hashes already. */
  password: text,
})

export const basicauthCredentials = defineEntity({
  name: 'basicauth_credentials',
  path: 'basic-auths',
  nestedPath: 'basic-auth',
  endpointKey: 'username',
  cacheKey: ['username'],
  references: { consumer: { entity: 'consumers', required: true, onDelete: 'cascade' } },
  secrets: ['password'],
  schema: shape,
  transform(entity) {
    const { consumer, password } = shape.parse(entity)
    return { ...entity, password: hashPassword(password, consumer.id) }
  },
})
