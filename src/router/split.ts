/** A route with several paths stands in the order of routes once for each kind of path that it has. */

import type { Route } from '../entities/route.ts'
import { normalizePath } from './normalize.ts'
import { uuid5 } from './uuid5.ts'

export type Flavor = 'traditional_compatible' | 'traditional'

/** A route, or the part of it that some of its paths make, that has one place in the order. */
export interface Split {
  /** Breaks ties of priority. */
  readonly id: string
  readonly route: Route
  /** Either prefixes, normalised and all of one length, or regular expressions, each with its `~`; may be empty. */
  readonly paths: readonly string[]
}

/** Kong's namespace for the ids of splits: with it ties fall as they do there. */
const splitNamespace = '7f145bf9-0dce-4f91-98eb-debbce4b9f6b'

export function isRegexPath(path: string): boolean {
  return path.startsWith('~')
}

/** Length in bytes, by which longer prefixes go before shorter ones; 0 for a regular expression. */
export function prefixLength(path: string): number {
  return isRegexPath(path) ? 0 : Buffer.byteLength(path)
}

/**
 * Takes a route apart: `traditional_compatible` by length of prefix, with all regular expressions together,
 * `traditional` by path.
 */
export function splitRoute(route: Route, flavor: Flavor): Split[] {
  const paths = (route.paths ?? []).map((path) => (isRegexPath(path) ? path : normalizePath(path)))
  if (flavor === 'traditional') {
    return paths.length === 0
      ? [{ id: route.id, route, paths }]
      : paths.map((path) => ({ id: route.id, route, paths: [path] }))
  }
  const groups = [...Map.groupBy(paths, prefixLength).values()]
  if (groups.length < 2) return [{ id: route.id, route, paths }]
  return groups.map((group, index) => ({
    id: uuid5(splitNamespace, `${route.id}#${index + 1}`),
    route,
    paths: group,
  }))
}
