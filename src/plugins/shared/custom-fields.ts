/** The `custom_fields_by_lua` of the log plugins: known, and refused with a way out, since there is no Lua here. */

import { z } from 'zod'
import { optional } from '../../entities/fields.ts'

export const customFieldsByLua = optional(
  z.record(z.string(), z.string()).superRefine((fields, context) => {
    for (const field of Object.keys(fields)) {
      context.addIssue({
        code: 'custom',
        path: [field],
        message: `Lua cannot run in this gateway; set the field from a plugin of your own: kong.log.setSerializeValue('${field}', value)`,
      })
    }
  }),
).describe(
  'Fields that Lua code adds to the record. Refused unless empty: a plugin of your own does it with `kong.log.setSerializeValue`.',
)
