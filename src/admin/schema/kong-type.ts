/** Describes a zod schema in the notation of Kong's schemas, which tools read to draw forms and to check files. */

import { z } from 'zod'
import { isSecretField } from '../secret-fields.ts'

type Schema = z.core.$ZodType

/** As `{ type: 'integer', between: [0, 65535], default: 80 }`; unknown things have the type `any`. */
export interface KongType {
  type: string
  reference?: string
  required?: boolean
  default?: unknown
  description?: string
  encrypted?: true
  unique?: true
  on_delete?: string
  auto?: true
  one_of?: readonly unknown[]
  eq?: unknown
  between?: readonly [number, number]
  gt?: number
  len_min?: number
  len_max?: number
  uuid?: true
  starts_with?: string
  elements?: KongType
  keys?: KongType
  values?: KongType
  fields?: readonly KongField[]
}

export type KongField = Readonly<Record<string, KongType>>

/** Describes the values that a schema takes. */
export function kongType(schema: Schema, seen: ReadonlySet<Schema> = new Set()): KongType {
  // A schema may hold itself.
  if (seen.has(schema)) return { type: 'any' }
  const within = new Set([...seen, schema])
  const type = describe(schema, within)
  const description = z.globalRegistry.get(schema)?.description
  return description === undefined ? type : { ...type, description }
}

/** The fields of a record, each as a table with one entry. */
export function kongFields(shape: Readonly<Record<string, Schema>>, seen?: ReadonlySet<Schema>): KongField[] {
  return Object.entries(shape).map(([name, schema]) => {
    const type = kongType(schema, seen)
    // A field of one of the schemas without a wrapper must be there.
    const required = type.required ?? true
    const secret = isSecretField(name, schema)
    return { [name]: { ...type, required, ...(secret ? { encrypted: true as const } : {}) } }
  })
}

function describe(schema: Schema, seen: ReadonlySet<Schema>): KongType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return { ...kongType(schema.def.innerType, seen), required: false }
  }
  if (schema instanceof z.ZodDefault) return withDefault(schema, kongType(schema.def.innerType, seen))
  if (schema instanceof z.ZodPrefault) return { ...kongType(schema.def.innerType, seen), required: true }
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodCatch || schema instanceof z.ZodNonOptional) {
    return kongType(schema.def.innerType, seen)
  }
  if (schema instanceof z.ZodPipe) {
    return kongType(schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in, seen)
  }
  if (schema instanceof z.ZodLazy) return kongType(schema.def.getter(), seen)
  if (schema instanceof z.ZodObject) return { type: 'record', fields: kongFields(schema.shape, seen) }
  if (schema instanceof z.ZodArray) {
    return { type: isSet(schema) ? 'set' : 'array', elements: kongType(schema.element, seen), ...lengths(schema) }
  }
  if (schema instanceof z.ZodRecord) {
    return { type: 'map', keys: kongType(schema.keyType, seen), values: kongType(schema.valueType, seen) }
  }
  if (schema instanceof z.ZodUnion) return unionType(schema.options, seen)
  return leafType(schema)
}

/** Kong has no word for a default that is made anew each time but `auto`. */
function withDefault(schema: z.ZodDefault, inner: KongType): KongType {
  const { defaultValue } = schema.def
  if (defaultValue === null || defaultValue === undefined) return { ...inner, required: false }
  const made = JSON.stringify(defaultValue) !== JSON.stringify(schema.def.defaultValue)
  return made ? { ...inner, required: true, auto: true } : { ...inner, required: true, default: defaultValue }
}

/** A list in which what comes twice is kept once overwrites its value, and nothing else does. */
function isSet(schema: z.ZodArray): boolean {
  return schema.def.checks?.some((check) => check._zod.def.check === 'overwrite') === true
}

function lengths(schema: z.ZodArray | z.ZodString): Partial<KongType> {
  const least = checkValue(schema, 'min_length', 'minimum')
  const most = checkValue(schema, 'max_length', 'maximum')
  return {
    ...(typeof least === 'number' ? { len_min: least } : {}),
    ...(typeof most === 'number' ? { len_max: most } : {}),
  }
}

/** What a check of the schema is about, as the 5 of `.min(5)`. */
function checkValue(schema: z.ZodArray | z.ZodNumber | z.ZodString, name: string, field: string): unknown {
  const { def } = schema.def.checks?.find((check) => check._zod.def.check === name)?._zod ?? {}
  return def === undefined ? undefined : Object.entries(def).find(([key]) => key === field)?.[1]
}

function leafType(schema: Schema): KongType {
  if (schema instanceof z.ZodBoolean) return { type: 'boolean' }
  if (schema instanceof z.ZodNumber) return numberType(schema)
  if (schema instanceof z.ZodEnum) return { type: 'string', one_of: schema.options }
  if (schema instanceof z.ZodLiteral) return literalType([...schema.values])
  if (schema instanceof z.ZodString) return { type: 'string', ...lengths(schema), ...startOf(schema) }
  if (schema instanceof z.ZodGUID || schema instanceof z.ZodUUID) return { type: 'string', uuid: true }
  return { type: schema instanceof z.ZodStringFormat ? 'string' : 'any' }
}

function startOf(schema: z.ZodString): Partial<KongType> {
  const prefix = checkValue(schema, 'string_format', 'prefix')
  return typeof prefix === 'string' ? { starts_with: prefix } : {}
}

function numberType(schema: z.ZodNumber): KongType {
  const type = schema.isInt === true || schema.format === 'safeint' ? 'integer' : 'number'
  const low = bound(schema.minValue)
  const high = bound(schema.maxValue)
  const exclusive = checkValue(schema, 'greater_than', 'inclusive') === false
  if (low !== undefined && high === undefined && exclusive) return { type, gt: low }
  if (low === undefined && high === undefined) return { type }
  return { type, between: [low ?? Number.MIN_SAFE_INTEGER, high ?? Number.MAX_SAFE_INTEGER] }
}

function bound(value: number | null): number | undefined {
  return value === null || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value
}

function literalType(values: readonly unknown[]): KongType {
  const [first] = values
  const type = typeof first === 'number' ? (Number.isInteger(first) ? 'integer' : 'number') : typeof first
  return values.length === 1 ? { type, eq: first } : { type, one_of: values }
}

/** Several forms of a value: those of records become one record with the fields of all. */
function unionType(options: readonly Schema[], seen: ReadonlySet<Schema>): KongType {
  const nullable = options.some((option) => option instanceof z.ZodNull)
  const types = options.filter((option) => !(option instanceof z.ZodNull)).map((option) => kongType(option, seen))
  const merged = mergedType(types)
  return nullable ? { ...merged, required: false } : merged
}

function mergedType(types: readonly KongType[]): KongType {
  const [first, ...others] = types
  if (first === undefined) return { type: 'any' }
  if (others.length === 0) return first
  if (types.some(({ type }) => type !== first.type)) return { type: 'any' }
  if (first.type === 'record') return { type: 'record', fields: mergedFields(types) }
  const values = types.map((type) => type.one_of ?? ('eq' in type ? [type.eq] : undefined))
  return values.every((list) => list !== undefined) ? { type: first.type, one_of: values.flat() } : { type: first.type }
}

function mergedFields(records: readonly KongType[]): KongField[] {
  const merged = new Map<string, KongType[]>()
  for (const { fields = [] } of records) {
    for (const [name, type] of fields.flatMap((field) => Object.entries(field))) {
      merged.set(name, [...(merged.get(name) ?? []), type])
    }
  }
  return [...merged].map(([name, types]) => {
    const everywhere = types.length === records.length && types.every(({ required }) => required === true)
    return { [name]: { ...mergedType(types), required: everywhere } }
  })
}
