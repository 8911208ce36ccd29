/** Query strings as Kong reads and writes them: an argument without a value is `true`. */

export type QueryValue = string | true
export type QueryMap = Record<string, QueryValue | QueryValue[]>

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** Names and values, decoded, in their order. */
export function* queryPairs(raw: string | undefined): Generator<[string, QueryValue]> {
  if (!raw) return
  for (const piece of raw.split('&')) {
    if (piece === '') continue
    const equals = piece.indexOf('=')
    if (equals < 0) yield [decode(piece), true]
    else yield [decode(piece.slice(0, equals)), decode(piece.slice(equals + 1))]
  }
}

export function queryArg(raw: string | undefined, name: string): QueryValue | undefined {
  for (const [key, value] of queryPairs(raw)) if (key === name) return value
  return undefined
}

export function parseQuery(raw: string | undefined): QueryMap {
  const map: QueryMap = Object.create(null)
  for (const [key, value] of queryPairs(raw)) {
    const present = map[key]
    if (present === undefined) map[key] = value
    else if (Array.isArray(present)) present.push(value)
    else map[key] = [present, value]
  }
  return map
}

/** Keys are sorted, as Kong's set_query does. */
export function formatQuery(map: Readonly<Record<string, QueryValue | readonly QueryValue[]>>): string {
  const pieces: string[] = []
  for (const key of Object.keys(map).sort()) {
    for (const value of [map[key] ?? []].flat()) {
      pieces.push(value === true ? encodeURIComponent(key) : `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    }
  }
  return pieces.join('&')
}
