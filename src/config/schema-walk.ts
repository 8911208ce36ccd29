/** Finds the part of a schema that a path leads to, for messages that must say more than zod's issue does. */

import { z } from 'zod'

type Schema = z.core.$ZodType

/** The schema of the value at the path, without its optional, nullable and default wrappers. */
export function schemaAt(schema: Schema, path: readonly PropertyKey[]): Schema | undefined {
  const bare = unwrap(schema)
  const [head, ...rest] = path
  if (head === undefined) return bare
  if (bare instanceof z.ZodUnion) {
    return bare.options.map((option) => schemaAt(option, path)).find((found) => found !== undefined)
  }
  const child = childOf(bare, head)
  return child === undefined ? undefined : schemaAt(child, rest)
}

/** The fields that a record at the path may have. */
export function fieldsAt(schema: Schema, path: readonly PropertyKey[]): string[] {
  const found = schemaAt(schema, path)
  const options = found instanceof z.ZodUnion ? found.options.map(unwrap) : [found]
  return options.flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : []))
}

function childOf(schema: Schema, key: PropertyKey): Schema | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(key)]
  if (schema instanceof z.ZodArray) return schema.element
  if (schema instanceof z.ZodRecord) return schema.valueType
  return undefined
}

/** Takes off what wraps a schema without changing which values it is about. */
export function unwrap(schema: Schema): Schema {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch ||
    schema instanceof z.ZodNonOptional
  ) {
    return unwrap(schema.def.innerType)
  }
  if (schema instanceof z.ZodPipe)
    return unwrap(schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in)
  if (schema instanceof z.ZodLazy) return unwrap(schema.def.getter())
  return schema
}
