/** A consumer: who calls, as authentication finds out. */

import { z } from 'zod'
import { atLeastOneOf } from './checks.ts'
import { defineEntity } from './definition.ts'
import { optional, tagged, text } from './fields.ts'

const shape = z.strictObject({
  ...tagged,
  username: optional(text),
  custom_id: optional(text),
})

export type Consumer = z.infer<typeof shape>

export const consumers = defineEntity({
  name: 'consumers',
  endpointKey: 'username',
  unique: ['custom_id'],
  schema: shape.superRefine((consumer, context) => {
    atLeastOneOf(consumer, ['custom_id', 'username'], (path, message) =>
      context.addIssue({ code: 'custom', path: [...path], message }),
    )
  }),
})
