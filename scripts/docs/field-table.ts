/** The table of a schema's fields. */

import type { FieldRow } from './fields.ts'
import { code, table } from './markdown.ts'

/** Without the column of meanings where no field has one. */
export function fieldTable(fields: readonly FieldRow[]): string {
  if (fields.length === 0) return 'It has no fields.'
  const told = fields.some(({ description }) => description !== '')
  const rows = fields.map((field) => [
    code(field.name),
    field.type,
    defaultCell(field),
    field.range,
    ...(told ? [field.description] : []),
  ])
  return table(['Field', 'Type', 'Default', 'Values', ...(told ? ['Meaning'] : [])], rows)
}

function defaultCell({ required, default: initial }: FieldRow): string {
  if (required) return 'required'
  return initial === '' || initial === 'made up' ? initial : code(initial)
}
