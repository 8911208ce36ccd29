/** Turns a zod schema into a list of fields for people, by way of JSON Schema. */

import { z } from 'zod'

export interface FieldRow {
  /** With the tables around it, as in `redis.host`; `[]` marks the entries of a list. */
  readonly name: string
  readonly type: string
  /** As it would be written, or `made up` where it is another one each time; empty if there is none. */
  readonly default: string
  /** What a value must be besides its type, as in `1 to 65535`. */
  readonly range: string
  readonly required: boolean
  readonly description: string
}

type Schema = z.core.JSONSchema.JSONSchema

/** Every field of a table that a schema describes, nested ones behind the table they stand in, but those at its top that are left out. */
export function fieldsOf(schema: z.ZodType, leaveOut: ReadonlySet<string> = new Set()): FieldRow[] {
  const [first, second] = [readFields(schema), readFields(schema)]
  return first
    .map((row, index) => (row.default === second[index]?.default ? row : { ...row, default: 'made up' }))
    .filter(({ name }) => !leaveOut.has(name.split(/\.|\[/)[0] ?? ''))
}

function readFields(schema: z.ZodType): FieldRow[] {
  return rowsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', cycles: 'ref' }), '')
}

function rowsOf(schema: Schema, prefix: string): FieldRow[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    if (typeof field === 'boolean') return []
    const name = prefix + key
    return [rowOf(name, field, schema.required?.includes(key) ?? false), ...nestedRows(name, field)]
  })
}

function nestedRows(name: string, field: Schema): FieldRow[] {
  return choices(field).flatMap((choice) => {
    const items = itemsOf(choice)
    return items === undefined ? rowsOf(choice, `${name}.`) : rowsOf(items, `${name}[].`)
  })
}

function rowOf(name: string, field: Schema, required: boolean): FieldRow {
  const options = choices(field)
  return {
    name,
    type: [...new Set(options.map(typeOf))].join(' or '),
    default: defaultOf(field),
    range: [...new Set(options.map(rangeOf).filter((range) => range !== ''))].join(' or '),
    required,
    description: field.description ?? '',
  }
}

/** The alternatives of a field without null, which only says that the field may be unset. */
function choices(field: Schema): Schema[] {
  const options = field.anyOf ?? field.oneOf
  if (options === undefined) return [field]
  return options.flatMap((option) => (typeof option === 'boolean' || option.type === 'null' ? [] : choices(option)))
}

function typeOf(field: Schema): string {
  if (field.const !== undefined) return `\`${String(field.const)}\``
  const items = itemsOf(field)
  if (items !== undefined) return `list of ${plural(choices(items).map(typeOf).join(' or '))}`
  if (field.type === 'object') {
    const values = field.additionalProperties
    if (field.properties !== undefined || typeof values !== 'object') return 'table'
    return `table of ${plural(choices(values).map(typeOf).join(' or '))}`
  }
  // What a check of our own stands for cannot be told; all that we have are checks of texts.
  return typeof field.type === 'string' ? field.type : 'string'
}

function plural(type: string): string {
  if (type.startsWith('list of')) return type.replace('list', 'lists')
  return type.startsWith('`') ? type : `${type}s`
}

function itemsOf({ items }: Schema): Schema | undefined {
  return typeof items === 'object' && !Array.isArray(items) ? items : undefined
}

/** A table without a value is its fields' defaults, which stand in rows of their own. */
function defaultOf({ default: value }: Schema): string {
  if (value === undefined || value === null) return ''
  const text = JSON.stringify(value)
  return text === '{}' ? '' : text
}

function rangeOf(field: Schema): string {
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(', ')
  const items = itemsOf(field)
  if (items !== undefined) {
    const each = [
      ...new Set(
        choices(items)
          .map(rangeOf)
          .filter((range) => range !== ''),
      ),
    ].join(' or ')
    const count = field.minItems === undefined ? '' : `at least ${field.minItems}`
    return [count, each === '' ? '' : `each ${each}`].filter((text) => text !== '').join('; ')
  }
  if (field.type === 'string') return textRange(field)
  return numberRange(field)
}

function textRange({ format, pattern, minLength, maxLength }: Schema): string {
  if (format === 'uri') return 'URL'
  if (format === 'uuid') return 'UUID'
  if (format === 'starts_with' && pattern === '^\\/.*') return 'starts with `/`'
  if (pattern !== undefined) return `matches \`${pattern}\``
  if (maxLength !== undefined) return `${minLength ?? 0} to ${maxLength} characters`
  return minLength === undefined || minLength < 2 ? '' : `at least ${minLength} characters`
}

function numberRange({ minimum, maximum, exclusiveMinimum: above }: Schema): string {
  // What JSON Schema adds to every integer says nothing.
  const low = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : minimum
  const high = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (above !== undefined) return high === undefined ? `more than ${above}` : `more than ${above}, at most ${high}`
  if (low !== undefined && high !== undefined) return `${low} to ${high}`
  if (low !== undefined) return `at least ${low}`
  return high === undefined ? '' : `at most ${high}`
}
