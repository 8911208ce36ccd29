/** Finds the route of an exchange, and refuses what the route does not take. */

import { TollError } from '../errors/registry.ts'
import { pathHazard } from '../router/index.ts'
import type { Exchange } from './exchange.ts'
import { forwardedHeaders } from './forwarded.ts'
import type { Kong } from './pdk/index.ts'

/** Sets match, plan and error format. Throws TOLL_NO_ROUTE. */
export function route(exchange: Exchange): void {
  const { request, incoming, snapshot } = exchange
  const { socket } = incoming
  refuseHost(exchange)
  refuseUnsafePath(exchange)
  const match = snapshot.router.match({
    method: request.method,
    host: request.hostHeader,
    path: request.path,
    scheme: request.scheme,
    sni: 'servername' in socket && typeof socket.servername === 'string' ? socket.servername : undefined,
    headers: incoming.headers,
    sourceIp: request.clientIp,
    sourcePort: socket.remotePort ?? 0,
    destinationIp: socket.localAddress ?? '',
    destinationPort: socket.localPort ?? 0,
  })
  if (match === null) throw new TollError('TOLL_NO_ROUTE')
  exchange.match = match
  exchange.plan = snapshot.planner.plan(match.route.id, match.service?.id)
  exchange.errorFormat = exchange.plan.errorFormat
}

/** One Host, and one that names a host: who sees another than we do would be led elsewhere (RFC 9112, 3.2). Throws TOLL_MALFORMED. */
function refuseHost({ incoming, request }: Exchange): void {
  let count = 0
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    const name = incoming.rawHeaders[index] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1
  }
  if (count > 1) throw new TollError('TOLL_MALFORMED', { reason: 'it has several Host headers' })
  if (count === 0 && incoming.httpVersion !== '1.0') {
    throw new TollError('TOLL_MALFORMED', { reason: 'it has no Host header' })
  }
  if (notOfHosts.test(request.hostHeader)) throw new TollError('TOLL_MALFORMED', { reason: 'its Host names no host' })
}

const notOfHosts = /[\s/\\?#@,]/

/** What the gateway and a service may read differently must not pass between them. Throws TOLL_PATH_UNSAFE. */
function refuseUnsafePath({ request }: Exchange): void {
  const { rawPath } = request
  if (!rawPath.includes('%') && !rawPath.includes('\\') && !rawPath.includes('#')) return
  const what = pathHazard(rawPath.replace(encodedSlash, '')) ?? (rawPath.includes('#') ? 'a fragment (#)' : null)
  if (what !== null) throw new TollError('TOLL_PATH_UNSAFE', { what })
}

const encodedSlash = /%2f/gi

/**
 * An encoded slash is plain to the router and may be a slash to a service; a plugin that answers by itself may take it,
 * as the list of models does, whose names have slashes. Throws TOLL_PATH_UNSAFE.
 */
export function refuseEncodedSlash({ request, host }: Exchange): void {
  if (host.options.allowEncodedSlash || !request.rawPath.includes('%')) return
  if (/%2f/i.test(request.rawPath)) throw new TollError('TOLL_PATH_UNSAFE', { what: 'an encoded slash (%2F)' })
}

/** A route for HTTPS alone sends a client that came over HTTP elsewhere. True where it did. */
export function refuseProtocol(exchange: Exchange, kong: Kong): boolean {
  const { match, request } = exchange
  if (match === null) return false
  const { protocols, https_redirect_status_code: status } = match.route
  if (!protocols.includes('https') || protocols.includes('http')) return false
  const forwarded = forwardedHeaders(exchange)
  if (forwarded.proto === 'https') return false
  exchange.phase = 'access'
  exchange.lists = exchange.plan.fixed
  if (status === 426) {
    kong.response.error(426, 'Please use HTTPS protocol', { Connection: 'Upgrade', Upgrade: 'TLS/1.2, HTTP/1.1' })
  } else {
    const query = request.rawQuery === undefined ? '' : `?${request.rawQuery}`
    kong.response.exit(status, null, { Location: `https://${forwarded.host}${request.rawPath}${query}` })
  }
  return true
}
