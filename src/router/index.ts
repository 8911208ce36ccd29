/** The router: which route a request takes. */

import type { Route } from '../entities/route.ts'
import type { Service } from '../entities/service.ts'
import { LruCache } from './cache.ts'
import { compileCacheKey } from './cache-key.ts'
import { compileMatcher, routable } from './matcher.ts'
import type { Flavor } from './split.ts'
import type { RouteMatch, Router } from './types.ts'

export { normalizePath, pathHazard } from './normalize.ts'
export type { Flavor } from './split.ts'
export type { MatchInput, RouteMatch, Router } from './types.ts'
export { escapePath, type UpstreamPathInput, upstreamPath } from './upstream-path.ts'

/** Matches, and as many misses, that are remembered; Kong's number. */
const cacheEntries = 5000
/** Longer keys are not remembered, so that long paths and headers cannot fill the memory. */
const maxKeyLength = 2048

/**
 * Compiles routes, once per snapshot. `traditional_compatible` orders them by Kong's 64-bit priority, `traditional` by
 * its categories. Throws Error, naming the route, where a regular expression or an address cannot be read, where a
 * route has an expression, or nothing to match by.
 *
 * @param services By id. A route whose service is not there matches with no service; one whose service is disabled
 * does not match.
 */
export function compileRouter(
  routes: readonly Route[],
  services: ReadonlyMap<string, Service>,
  flavor: Flavor,
): Router {
  const served = routable(routes, services)
  const matchRoute = compileMatcher(served, services, flavor)
  const keyOf = compileCacheKey(served, flavor)
  // Apart, so that a flood of unknown paths does not push out what is known.
  const hits = new LruCache<RouteMatch>(cacheEntries)
  const misses = new LruCache<true>(cacheEntries)

  return {
    match(input) {
      const key = keyOf(input)
      if (key.length > maxKeyLength) return matchRoute(input)
      const known = hits.get(key)
      if (known !== undefined) return known
      if (misses.get(key) === true) return null
      const match = matchRoute(input)
      if (match === null) misses.set(key, true)
      else hits.set(key, match)
      return match
    },
  }
}
