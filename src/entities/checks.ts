/** Checks over several fields of an entity, with Kong's texts; a message with no field belongs to the whole entity. */

import { isReference } from '../secrets/reference.ts'

/** Reports what is wrong with an entity; the path is empty for the whole of it. */
export type Complain = (path: readonly (string | number)[], message: string) => void

/** Nothing that counts: unset, an empty text or an empty list or map. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.keys(value).length === 0
}

type Fields = Readonly<Record<string, unknown>>

export function atLeastOneOf(entity: Fields, fields: readonly string[], complain: Complain): void {
  if (fields.every((field) => isEmpty(entity[field]))) {
    complain([], `at least one of these fields must be non-empty: ${quoted(fields)}`)
  }
}

export function exactlyOneOf(entity: Fields, fields: readonly string[], complain: Complain): void {
  if (fields.filter((field) => !isEmpty(entity[field])).length !== 1) {
    complain([], `exactly one of these fields must be non-empty: ${quoted(fields)}`)
  }
}

export function allOrNone(entity: Fields, fields: readonly string[], complain: Complain): void {
  const set = fields.filter((field) => !isEmpty(entity[field])).length
  if (set !== 0 && set !== fields.length) {
    complain([], `all or none of these fields must be set: ${quoted(fields)}`)
  }
}

/** The value of one field asks something of another: `message` tells what, and the entity why. */
export function conditional(given: string, field: string, message: string, complain: Complain): void {
  complain([field], message)
  complain([], `failed conditional validation given value of field '${given}'`)
}

/** Whether any of the values stands for a secret, so that nothing can be said of it yet. */
export function anyReference(...values: readonly unknown[]): boolean {
  return values.some(isReference)
}

function quoted(fields: readonly string[]): string {
  return fields.map((field) => `'${field}'`).join(', ')
}
