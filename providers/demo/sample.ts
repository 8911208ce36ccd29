/** A value that a JSON Schema allows, as plausible as a schema and a name can make it. */

import { asArray, asNumber, asObject, asString, isObject, type Json, type JsonObject } from '../canonical/json.ts'

const byFormat: Readonly<Record<string, string>> = {
  'date-time': '2026-01-15T09:30:00Z',
  date: '2026-01-15',
  time: '09:30:00Z',
  duration: 'PT1H',
  email: 'ada@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
}
const byName = new Map([
  ['city', 'Berlin'],
  ['location', 'Berlin'],
  ['country', 'Germany'],
  ['name', 'Ada'],
  ['email', 'ada@example.com'],
  ['date', '2026-01-15'],
  ['time', '09:30'],
  ['url', 'https://example.com/'],
  ['unit', 'celsius'],
  ['currency', 'EUR'],
  ['language', 'en'],
])
/** Deeper schemas, which may refer to themselves, get null. */
const deepest = 12

export interface SampleContext {
  /** What strings that ask for words may hold. */
  readonly words: string
}

/** Objects get their required fields only. */
export function sample(schema: JsonObject, context: SampleContext): Json {
  return valueFor(schema, 'value', { ...context, root: schema }, 0)
}

interface Inner extends SampleContext {
  readonly root: JsonObject
}

function valueFor(schema: Json | undefined, name: string, context: Inner, depth: number): Json {
  if (!isObject(schema) || depth > deepest) return depth > deepest ? null : context.words
  if (schema.const !== undefined) return schema.const
  if (schema.default !== undefined) return schema.default
  const given = asArray(schema.enum)[0] ?? asArray(schema.examples)[0]
  if (given !== undefined) return given
  const reference = asString(schema.$ref)
  if (reference !== undefined) return valueFor(resolve(reference, context.root), name, context, depth + 1)
  const option = asArray(schema.anyOf)[0] ?? asArray(schema.oneOf)[0]
  if (option !== undefined) return valueFor(option, name, context, depth + 1)
  const all = asArray(schema.allOf)
  if (all.length > 0) return merged(all, name, context, depth)
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(schema, context, depth)
    case 'array': {
      const count = Math.min(8, Math.max(1, asNumber(schema.minItems) ?? 1))
      return Array.from({ length: count }, () => valueFor(schema.items, name, context, depth + 1))
    }
    case 'integer':
      return Math.ceil(numberOf(schema))
    case 'number':
      return numberOf(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return stringOf(schema, name, context)
  }
}

function typeOf(schema: JsonObject): string {
  const type = Array.isArray(schema.type) ? schema.type.find((item) => item !== 'null') : schema.type
  if (typeof type === 'string') return type
  if (isObject(schema.properties)) return 'object'
  return schema.items === undefined ? 'string' : 'array'
}

function objectOf(schema: JsonObject, context: Inner, depth: number): JsonObject {
  const properties = asObject(schema.properties) ?? {}
  const result: JsonObject = {}
  for (const name of asArray(schema.required)) {
    if (typeof name === 'string') result[name] = valueFor(properties[name] ?? {}, name, context, depth + 1)
  }
  return result
}

function merged(all: readonly Json[], name: string, context: Inner, depth: number): Json {
  const values = all.map((item) => valueFor(item, name, context, depth + 1))
  const objects = values.filter(isObject)
  return objects.length === values.length ? Object.assign({}, ...objects) : (values[0] ?? null)
}

function numberOf(schema: JsonObject): number {
  const low = asNumber(schema.minimum) ?? (asNumber(schema.exclusiveMinimum) ?? 0) + 1
  const high = asNumber(schema.maximum) ?? asNumber(schema.exclusiveMaximum) ?? Number.POSITIVE_INFINITY
  const step = asNumber(schema.multipleOf)
  const value = Math.min(low, high)
  return step === undefined || step <= 0 ? value : Math.ceil(value / step) * step
}

function stringOf(schema: JsonObject, name: string, context: Inner): string {
  const format = asString(schema.format)
  const text = (format === undefined ? undefined : byFormat[format]) ?? byName.get(name.toLowerCase()) ?? context.words
  const longest = asNumber(schema.maxLength) ?? Number.POSITIVE_INFINITY
  return text.slice(0, longest).padEnd(asNumber(schema.minLength) ?? 0, '.')
}

/** A pointer within the schema, as `#/$defs/place`. */
function resolve(reference: string, root: JsonObject): Json | undefined {
  let found: Json | undefined = root
  for (const step of reference.split('/').slice(1)) {
    found = asObject(found)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return found
}
