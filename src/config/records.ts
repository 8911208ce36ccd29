/** Small helpers for values of which nothing is known yet. */

export type Fields = Record<string, unknown>

/** Whether the value is a table, and no list. */
export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value without the fields that are null, at any depth: null in a file means the default. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isRecord(value)) return value
  const kept: Fields = {}
  for (const [key, field] of Object.entries(value)) {
    if (field !== null) define(kept, key, withoutNulls(field))
  }
  return kept
}

/** The second table over the first, tables within tables included; lists are replaced. */
export function mergeDeep(under: Fields, over: Fields): Fields {
  const merged: Fields = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(under, key) ? under[key] : undefined
    define(merged, key, isRecord(below) && isRecord(value) ? mergeDeep(below, value) : value)
  }
  return merged
}

/** Sets a field; one named `__proto__` is a field like any other. */
export function define(target: Fields, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
