/**
 * Which fields hold credentials: the one rule by which the Admin API decides what it does not print.
 *
 * A field is secret if its schema says so (`.meta({ secret: true })`), or if nothing is said and its name is one that
 * credentials go by; `.meta({ secret: false })` frees a field whose name only sounds like it.
 */

import { z } from 'zod'
import { unwrap } from '../config/schema-walk.ts'
import { isSecretName } from '../secrets/secret-names.ts'

type Schema = z.core.$ZodType

/** Whether the field holds a credential; `parent` is the name of the field around it. */
export function isSecretField(name: string, schema: Schema | undefined, parent?: string): boolean {
  const marked = schema === undefined ? undefined : secretMark(schema)
  if (marked !== undefined) return marked
  if (schema !== undefined && isHarmlessType(unwrap(schema))) return false
  return isSecretName(name) || (name === 'value' && parent === 'auth')
}

/** What `meta` says of the schema or of what it wraps. */
function secretMark(schema: Schema): boolean | undefined {
  const mark = z.globalRegistry.get(schema)?.secret
  if (typeof mark === 'boolean') return mark
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  ) {
    return secretMark(schema.def.innerType)
  }
  if (schema instanceof z.ZodPipe) return secretMark(schema.def.in) ?? secretMark(schema.def.out)
  if (schema instanceof z.ZodArray) return secretMark(schema.element)
  if (schema instanceof z.ZodUnion) return schema.options.map(secretMark).find((found) => found !== undefined)
  return undefined
}

/** Values of these types are choices and amounts, and no credentials. */
function isHarmlessType(schema: Schema): boolean {
  return (
    schema instanceof z.ZodBoolean ||
    schema instanceof z.ZodNumber ||
    schema instanceof z.ZodEnum ||
    schema instanceof z.ZodLiteral
  )
}
