/** Kong's nested tables of errors: built from problems, and written the way Lua would. */

import { isRecord } from './records.ts'
import type { ConfigProblem, ErrorTree, PathSegment } from './types.ts'

type Table = { [field: string]: ErrorTree }

/** The `fields` of an answer: each message at the place of what is wrong, `@entity` for a whole entity. */
export function errorTree(problems: readonly Pick<ConfigProblem, 'segments' | 'message' | 'field'>[]): Table {
  const tree: Table = {}
  for (const { segments, message, field } of problems) {
    if (field === '') put(tree, [...segments, '@entity'], message, true)
    else put(tree, segments, message, false)
  }
  return tree
}

function put(tree: Table, segments: readonly PathSegment[], message: string, listed: boolean): void {
  let place: Table | ErrorTree[] = tree
  const last = segments.length - 1
  for (const [depth, segment] of segments.entries()) {
    const found = read(place, segment)
    if (depth === last) {
      if (listed) write(place, segment, Array.isArray(found) ? [...found, message] : [message])
      else if (typeof found !== 'object' || found === null) write(place, segment, message)
      return
    }
    const next: Table | ErrorTree[] =
      typeof found === 'object' && found !== null ? found : typeof segments[depth + 1] === 'number' ? [] : {}
    if (next !== found) write(place, segment, next)
    place = next
  }
}

function read(place: Table | ErrorTree[], segment: PathSegment): ErrorTree | undefined {
  if (Array.isArray(place)) return typeof segment === 'number' ? place[segment] : undefined
  return Object.hasOwn(place, segment) ? place[segment] : undefined
}

function write(place: Table | ErrorTree[], segment: PathSegment, value: ErrorTree): void {
  if (!Array.isArray(place)) {
    Object.defineProperty(place, segment, { value, enumerable: true, configurable: true, writable: true })
  } else if (typeof segment === 'number') {
    while (place.length < segment) place.push(null)
    place[segment] = value
  }
}

/** The tree in Lua's notation, as Kong puts it into the message of the answer. */
export function luaText(tree: ErrorTree): string {
  if (tree === null) return 'nil'
  if (typeof tree === 'string') return JSON.stringify(tree)
  if (Array.isArray(tree)) {
    const items = tree.flatMap((item, index) => (item === null ? [] : [[index, item] as const]))
    const gapless = items.length === tree.length
    return `{${items.map(([index, item]) => (gapless ? '' : `[${index + 1}]=`) + luaText(item)).join(',')}}`
  }
  const fields = isRecord(tree) ? Object.entries(tree) : []
  return `{${fields.map(([key, item]) => `${luaKey(key)}=${luaText(item)}`).join(',')}}`
}

function luaKey(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : `[${JSON.stringify(key)}]`
}
