/** The order of routes under `traditional`: by category, then by finer weights, then by age. */

import { attributes, countHeaders, has, isWildcard } from './attributes.ts'
import { splitHostPort } from './host-port.ts'
import { isRegexPath, prefixLength, type Split } from './split.ts'

const wildcardWithPort = 4
const plainHostsOnly = 2
const regexPath = 1

/**
 * What decides, most significant first, the greater before the smaller: number of attributes asked for, which ones,
 * hosts and kind of path, number of headers, `regex_priority`, length of the prefix, and age.
 */
export function categoryWeights({ route, paths }: Split): number[] {
  const asked = attributes.map((attribute) => has(route, attribute))
  const path = paths[0]
  const regex = path !== undefined && isRegexPath(path)
  const wildcards = (route.hosts ?? []).filter(isWildcard)
  const finer =
    (wildcards.some((host) => splitHostPort(host).port !== null) ? wildcardWithPort : 0) +
    (has(route, 'hosts') && wildcards.length === 0 ? plainHostsOnly : 0) +
    (regex ? regexPath : 0)
  return [
    asked.filter(Boolean).length,
    asked.reduce((bits, yes) => bits * 2 + Number(yes), 0),
    finer,
    countHeaders(route),
    regex ? route.regex_priority : 0,
    path === undefined ? 0 : prefixLength(path),
    -(route.created_at ?? 0),
  ]
}

/** Sorts so that the first that matches is the one meant; what ties entirely keeps its order. */
export function sortByCategory(splits: readonly Split[]): Split[] {
  return splits
    .map((split) => ({ split, weights: categoryWeights(split) }))
    .sort((a, b) => {
      for (const [index, weight] of a.weights.entries()) {
        const difference = (b.weights[index] ?? 0) - weight
        if (difference !== 0) return difference
      }
      return 0
    })
    .map(({ split }) => split)
}
