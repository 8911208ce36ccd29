/** Lets a plugin's schema take a vault reference wherever it expects a text, a number, a choice or a boolean. */

import { z } from 'zod'
import { isReference } from '../secrets/reference.ts'

type Schema = z.core.$ZodType

const reference = z.custom<string>(isReference)
const relaxed = new WeakMap<Schema, Schema>()

/** The same schema, with references allowed in its leaves; made once for each schema. */
export function acceptReferences(schema: Schema): Schema {
  const known = relaxed.get(schema)
  if (known !== undefined) return known
  const made = relax(schema)
  relaxed.set(schema, made)
  return made
}

function relax(schema: Schema): Schema {
  if (schema instanceof z.ZodObject) return relaxObject(schema, undefined)
  if (schema instanceof z.ZodArray) {
    return z.core.clone(schema, { ...schema.def, element: acceptReferences(schema.def.element) })
  }
  if (schema instanceof z.ZodRecord) {
    return z.core.clone(schema, { ...schema.def, valueType: acceptReferences(schema.def.valueType) })
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = schema.def
    const options = schema.def.options.map((option) =>
      option instanceof z.ZodObject ? relaxObject(option, discriminator) : acceptReferences(option),
    )
    return z.core.clone(schema, { ...schema.def, options })
  }
  if (schema instanceof z.ZodUnion) {
    return z.core.clone(schema, { ...schema.def, options: schema.def.options.map(acceptReferences) })
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return z.core.clone(schema, { ...schema.def, innerType: acceptReferences(schema.def.innerType) })
  }
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return z.core.clone(schema, {
      ...schema.def,
      innerType: acceptReferences(schema.def.innerType),
      // Stays a getter: a default that is made anew for each parse is not to be shared.
      get defaultValue() {
        return schema.def.defaultValue
      },
    })
  }
  if (schema instanceof z.ZodLazy) {
    return z.lazy(() => acceptReferences(schema.def.getter()))
  }
  return isLeaf(schema) ? z.union([reference, schema]) : schema
}

function relaxObject(schema: z.ZodObject, discriminator: string | undefined): z.ZodObject {
  return z.core.clone(schema, {
    ...schema.def,
    // A getter, because a schema may hold itself.
    get shape() {
      return relaxShape(schema.shape, discriminator)
    },
  })
}

function relaxShape(
  shape: Readonly<Record<string, Schema>>,
  discriminator: string | undefined,
): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(shape).map(([key, field]) => [key, key === discriminator ? field : acceptReferences(field)]),
  )
}

function isLeaf(schema: Schema): boolean {
  if (schema instanceof z.ZodPipe) return !(schema.def.in instanceof z.ZodTransform) && isLeaf(schema.def.in)
  return (
    schema instanceof z.ZodString ||
    schema instanceof z.ZodStringFormat ||
    schema instanceof z.ZodNumber ||
    schema instanceof z.ZodBoolean ||
    schema instanceof z.ZodEnum ||
    schema instanceof z.ZodLiteral
  )
}
