/** The config of file-log: Kong's. */

import { z } from 'zod'
import { customFieldsByLua } from '../shared/custom-fields.ts'

export const config = z.strictObject({
  path: z
    .string()
    .regex(/^[^\s*&%`][^*&%`]*[^\s*&%`]$/, 'not a valid filename')
    .describe('File that records are appended to; it is made where it is missing, its folder is not.'),
  reopen: z
    .boolean()
    .default(false)
    .describe('Looks whether the file was moved or removed before it is written to, so that logs can be rotated.'),
  custom_fields_by_lua: customFieldsByLua,
})

export type Config = z.infer<typeof config>
