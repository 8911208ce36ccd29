/** What a request offers to the router, and what a match says. */

import type { IncomingHttpHeaders } from 'node:http'
import type { Route } from '../entities/route.ts'
import type { Service } from '../entities/service.ts'

export interface MatchInput {
  readonly method: string
  /** The Host header as it came, port included. */
  readonly host: string
  /** Path without the query, normalised. */
  readonly path: string
  readonly scheme: 'http' | 'https'
  readonly sni?: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly sourceIp: string
  readonly sourcePort: number
  readonly destinationIp: string
  readonly destinationPort: number
}

export interface RouteMatch {
  readonly route: Route
  readonly service: Service | null
  /** The part of the path that the route's path matched; empty where the route has none. */
  readonly matched: string
  /** Captures of a regex path: numbered from 1, and named. */
  readonly captures: { readonly unnamed: readonly string[]; readonly named: Readonly<Record<string, string>> } | null
}

export interface Router {
  match(input: MatchInput): RouteMatch | null
}
