/** What a route can ask of a request, and whether it does. */

import type { Route } from '../entities/route.ts'

/** In the order of `traditional`: a route that asks for an earlier one goes first. */
export const attributes = ['hosts', 'headers', 'paths', 'methods', 'snis', 'sources', 'destinations'] as const

export type Attribute = (typeof attributes)[number]

/** Whether the route has the attribute; an empty list is none. */
export function has(route: Route, attribute: Attribute): boolean {
  const value = route[attribute]
  if (value === null || value === undefined) return false
  return Object.keys(value).length > 0
}

export function isWildcard(host: string): boolean {
  return host.includes('*')
}

export function countHeaders(route: Route): number {
  return Object.keys(route.headers ?? {}).length
}
