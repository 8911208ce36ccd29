/** Readers for request fields that tell the client which field is wrong. */

import { FormatError } from '../../canonical/format.ts'
import { isObject, type Json, type JsonObject } from '../../canonical/json.ts'

/** Absent and `null` are both undefined. Throws FormatError for any other type. */
export function numberField(body: JsonObject, name: string): number | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number') throw new FormatError(`${name} must be a number`, name)
  return value
}

export function stringField(body: JsonObject, name: string, at: string = name): string | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new FormatError(`${at} must be a string`, at)
  return value
}

export function booleanField(body: JsonObject, name: string): boolean | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw new FormatError(`${name} must be a boolean`, name)
  return value
}

export function arrayField(body: JsonObject, name: string): Json[] | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw new FormatError(`${name} must be an array`, name)
  return value
}

export function objectAt(value: Json | undefined, at: string): JsonObject {
  if (!isObject(value)) throw new FormatError(`${at} must be an object`, at)
  return value
}

/** Throws FormatError for anything but a string. */
export function stringAt(value: Json | undefined, at: string): string {
  if (typeof value !== 'string') throw new FormatError(`${at} must be a string`, at)
  return value
}

/** Strings of a `stop` field, which may be one string or several. */
export function stopStrings(raw: Json): string[] | undefined {
  if (typeof raw === 'string') return [raw]
  if (!Array.isArray(raw)) return undefined
  const strings = raw.filter((item) => typeof item === 'string')
  return strings.length === 0 ? undefined : strings
}
