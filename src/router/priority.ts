/** The order of routes under `traditional_compatible`: one number of 64 bits, then the id. */

import { attributes, countHeaders, has, isWildcard } from './attributes.ts'
import { isRegexPath, prefixLength, type Split } from './split.ts'

const maxHeaders = 255
const maxRegexPriority = 2 ** 32 - 1
const maxLength = 2 ** 19 - 1

/**
 * Priority of a split, higher first. From the most significant bit: attributes asked for (3), plain hosts only (1),
 * headers (8), regular expression (1), its `regex_priority` (32), length of the prefix (19).
 */
export function priorityOf({ route, paths }: Split): bigint {
  const asked = attributes.filter((attribute) => has(route, attribute)).length
  const plainHosts = has(route, 'hosts') && !route.hosts?.some(isWildcard)
  const path = paths[0]
  const regex = path !== undefined && isRegexPath(path)
  const length = path === undefined ? 0 : Math.min(prefixLength(path), maxLength)
  // Added, not merged bit by bit: a negative priority is then below 0 and still above every prefix.
  return (
    (BigInt(asked) << 61n) +
    (plainHosts ? 1n << 60n : 0n) +
    (BigInt(Math.min(countHeaders(route), maxHeaders)) << 52n) +
    (regex ? (1n << 51n) + (BigInt(clamp(route.regex_priority, maxRegexPriority)) << 19n) : 0n) +
    BigInt(length)
  )
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(value, limit))
}

/** Sorts so that the first that matches is the one meant; ties go to the greater id. */
export function sortByPriority(splits: readonly Split[]): Split[] {
  return splits
    .map((split) => ({ split, priority: priorityOf(split), id: split.id.toLowerCase() }))
    .sort((a, b) => {
      if (a.priority !== b.priority) return a.priority > b.priority ? -1 : 1
      return a.id === b.id ? 0 : a.id > b.id ? -1 : 1
    })
    .map(({ split }) => split)
}
