/** A split made ready to be tried on requests. */

import type { Service } from '../entities/service.ts'
import { has } from './attributes.ts'
import { literalPrefix } from './literal-prefix.ts'
import { destinationTest, sourceTest } from './match-addresses.ts'
import { headerTest } from './match-headers.ts'
import { hostTest, lookupHosts } from './match-hosts.ts'
import { type PathHit, type PathTest, pathTest } from './match-paths.ts'
import { serverNameTest } from './match-server-names.ts'
import type { RequestTest, RoutedRequest } from './request.ts'
import { type Flavor, isRegexPath, type Split } from './split.ts'

export interface Candidate {
  /** Place in the order of routes: of several that match, the lowest is meant. */
  readonly rank: number
  readonly split: Split
  readonly service: Service | null
  /** All must pass. The path is tried last, on its own: it says more than yes or no. */
  readonly tests: readonly RequestTest[]
  readonly path: PathTest | null
  /** A request can match only if its host is one of these; null: no such list. */
  readonly hosts: readonly string[] | null
  /** A request can match only if its path starts with one of these; null: no such list. */
  readonly prefixes: readonly string[] | null
}

/** Throws Error, naming the route, where a regular expression or an address cannot be read. */
export function compileCandidate(split: Split, rank: number, service: Service | null, flavor: Flavor): Candidate {
  const { route, paths } = split
  try {
    return {
      rank,
      split,
      service,
      tests: testsOf(split, flavor),
      path: paths.length === 0 ? null : pathTest(paths),
      hosts: has(route, 'hosts') ? lookupHosts(route.hosts ?? [], flavor) : null,
      prefixes: lookupPrefixes(paths),
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`route ${route.name ?? route.id} cannot be compiled: ${reason}`, { cause: error })
  }
}

function lookupPrefixes(paths: readonly string[]): readonly string[] | null {
  const prefixes = paths.map((path) => (isRegexPath(path) ? literalPrefix(path.slice(1)) : path))
  return prefixes.length === 0 || prefixes.includes('') ? null : prefixes
}

function testsOf({ route }: Split, flavor: Flavor): RequestTest[] {
  const tests: RequestTest[] = []
  if (has(route, 'methods')) {
    const methods = new Set(route.methods)
    tests.push((request) => methods.has(request.input.method))
  }
  if (has(route, 'hosts')) tests.push(hostTest(route.hosts ?? [], flavor))
  if (has(route, 'snis')) tests.push(serverNameTest(route.snis ?? []))
  if (has(route, 'headers')) tests.push(headerTest(route.headers ?? {}, flavor))
  if (has(route, 'sources')) tests.push(sourceTest(route.sources ?? []))
  if (has(route, 'destinations')) tests.push(destinationTest(route.destinations ?? []))
  return tests
}

const anyPath: PathHit = Object.freeze({ matched: '', captures: null })

/** What of the path matched if the request is the candidate's, else null. */
export function tryCandidate(candidate: Candidate, request: RoutedRequest): PathHit | null {
  for (const test of candidate.tests) {
    if (!test(request)) return null
  }
  return candidate.path === null ? anyPath : candidate.path(request.input.path)
}
