/** The X-Forwarded-* headers: taken over from a trusted proxy, computed anew for everybody else. */

import { escapePath } from '../router/index.ts'
import type { Exchange } from './exchange.ts'

export interface Forwarded {
  readonly proto: string
  readonly host: string
  readonly port: string
  readonly path: string
  readonly prefix: string | undefined
}

export function forwardedHeaders({ incoming, request, match }: Exchange): Forwarded {
  const sent = request.trusted ? incoming.headers : {}
  const stripped = match?.route.strip_path === true && match.matched !== '' && match.matched !== '/'
  return {
    proto: first(sent['x-forwarded-proto']) ?? request.scheme,
    host: first(sent['x-forwarded-host']) ?? request.host,
    port: first(sent['x-forwarded-port']) ?? String(request.port),
    path: first(sent['x-forwarded-path']) ?? request.rawPath,
    prefix: first(sent['x-forwarded-prefix']) ?? (stripped ? escapePath(match.matched) : undefined),
  }
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
