/** The access groups that consumers are in. */

import { z } from 'zod'
import { defineEntity } from '../../entities/definition.ts'
import { reference, tagged, text } from '../../entities/fields.ts'

export const acls = defineEntity({
  name: 'acls',
  endpointKey: 'group',
  endpointKeyScope: 'consumer',
  cacheKey: ['consumer', 'group'],
  references: { consumer: { entity: 'consumers', required: true, onDelete: 'cascade' } },
  schema: z.strictObject({ ...tagged, consumer: reference, group: text }),
})
