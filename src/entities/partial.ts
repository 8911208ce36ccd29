/** A partial: a piece of config that several plugins share, as how to reach Redis. */

import { z } from 'zod'
import { defineEntity } from './definition.ts'
import { optional, tagged, text } from './fields.ts'

const shape = z.strictObject({
  ...tagged,
  name: optional(text),
  type: z.enum(['redis-ce', 'redis-ee', 'vectordb', 'embeddings', 'model']),
  config: z.record(z.string(), z.unknown()).default({}),
})

export type PartialEntity = z.infer<typeof shape>

export const partials = defineEntity({
  name: 'partials',
  endpointKey: 'name',
  schema: shape,
})
