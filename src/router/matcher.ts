/** Routes compiled into one function that finds the route of a request, without a cache. */

import type { Route } from '../entities/route.ts'
import type { Service } from '../entities/service.ts'
import { attributes, has } from './attributes.ts'
import { compileCandidate } from './candidate.ts'
import { findCandidate, indexCandidates } from './candidate-index.ts'
import { sortByCategory } from './category-order.ts'
import { sortByPriority } from './priority.ts'
import { readRequest } from './request.ts'
import { type Flavor, splitRoute } from './split.ts'
import type { MatchInput, RouteMatch } from './types.ts'

const streamProtocols = new Set<string>(['tcp', 'tls', 'tls_passthrough', 'udp'])

/**
 * Routes that HTTP requests can take: not those for streams, and not those whose service is disabled.
 * Throws Error where a route is one that the flavours without expressions cannot serve.
 */
export function routable(routes: readonly Route[], services: ReadonlyMap<string, Service>): Route[] {
  return routes.filter((route) => {
    if (streamProtocols.has(route.protocols[0] ?? '') || serviceOf(route, services)?.enabled === false) return false
    const name = route.name ?? route.id
    if (route.expression) {
      throw new Error(`route ${name} has an expression, which only the router flavor 'expressions' understands`)
    }
    if (!attributes.some((attribute) => has(route, attribute))) {
      throw new Error(`route ${name} has nothing to match requests by: set one of ${attributes.join(', ')}`)
    }
    return true
  })
}

/** @param routes Such as `routable` gives. */
export function compileMatcher(
  routes: readonly Route[],
  services: ReadonlyMap<string, Service>,
  flavor: Flavor,
): (input: MatchInput) => RouteMatch | null {
  const splits = routes.flatMap((route) => splitRoute(route, flavor))
  const sorted = flavor === 'traditional' ? sortByCategory(splits) : sortByPriority(splits)
  const index = indexCandidates(
    sorted.map((split, rank) => compileCandidate(split, rank, serviceOf(split.route, services), flavor)),
  )
  return function matchRoute(input) {
    const hit = findCandidate(index, readRequest(input, flavor))
    if (hit === null) return null
    const { candidate, path } = hit
    return Object.freeze({ route: candidate.split.route, service: candidate.service, ...path })
  }
}

function serviceOf(route: Route, services: ReadonlyMap<string, Service>): Service | null {
  return route.service ? (services.get(route.service.id) ?? null) : null
}
