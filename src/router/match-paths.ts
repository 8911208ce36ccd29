/** Paths of a route: prefixes, or regular expressions that hold at the start of the path. */

import { routeRegex } from '../entities/route-paths.ts'
import { isRegexPath } from './split.ts'
import type { RouteMatch } from './types.ts'

/** What of a path matched. */
export type PathHit = Pick<RouteMatch, 'matched' | 'captures'>

/** The first of the paths that matches, or null. */
export type PathTest = (path: string) => PathHit | null

/** Throws SyntaxError where a path is no regular expression. */
export function pathTest(paths: readonly string[]): PathTest {
  const tests = paths.map((path) => (isRegexPath(path) ? regexTest(path.slice(1)) : prefixTest(path)))
  const [only] = tests
  if (only !== undefined && tests.length === 1) return only
  return (path) => {
    for (const test of tests) {
      const hit = test(path)
      if (hit !== null) return hit
    }
    return null
  }
}

function prefixTest(prefix: string): PathTest {
  const hit: PathHit = Object.freeze({ matched: prefix, captures: null })
  return (path) => (path.startsWith(prefix) ? hit : null)
}

function regexTest(pattern: string): PathTest {
  const regex = routeRegex(pattern)
  return (path) => {
    const found = regex.exec(path)
    return found === null ? null : { matched: found[0], captures: capturesOf(found) }
  }
}

/** A group that took no part in the match is an empty text by number, and absent by name. */
function capturesOf(found: RegExpExecArray): PathHit['captures'] {
  const named = Object.entries(found.groups ?? {}).filter(([, text]) => text !== undefined)
  const unnamed = found.slice(1).map((text: string | undefined) => text ?? '')
  // A match may be cached and given to many requests.
  return Object.freeze({ unnamed: Object.freeze(unnamed), named: Object.freeze(Object.fromEntries(named)) })
}
