/** JSON Schemas within what Anthropic's structured outputs take. */

import { asArray, isObject, type Json, type JsonObject } from '../../canonical/json.ts'

const plain = new Set([
  '$schema',
  '$id',
  'title',
  'description',
  'default',
  'const',
  'enum',
  'type',
  '$ref',
  'required',
])
const formats = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'])
const maps = new Set(['$defs', 'definitions', 'properties'])

/**
 * Objects are closed, `oneOf` becomes `anyOf`, and limits that the provider does not know move into the description,
 * where the model reads them.
 */
export function closedSchema(schema: JsonObject): JsonObject {
  const result: JsonObject = {}
  const limits: string[] = []
  for (const [name, value] of Object.entries(schema)) {
    if (value === undefined || name === 'additionalProperties') continue
    if (plain.has(name) || (name === 'format' && typeof value === 'string' && formats.has(value))) result[name] = value
    else if (maps.has(name) && isObject(value)) {
      result[name] = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]))
    } else if (name === 'items') result.items = closed(value)
    else if (name === 'anyOf' || name === 'oneOf') result.anyOf = asArray(value).map(closed)
    else if (name === 'allOf') result.allOf = asArray(value).map(closed)
    else limits.push(`${name}: ${JSON.stringify(value)}`)
  }
  if (result.type === 'object' || isObject(result.properties)) result.additionalProperties = false
  if (limits.length > 0) {
    const words = `{${limits.join(', ')}}`
    result.description = typeof result.description === 'string' ? `${result.description} ${words}` : words
  }
  return result
}

function closed<T extends Json | undefined>(value: T): T | JsonObject {
  return isObject(value) ? closedSchema(value) : value
}
