/** The client's request as the router, the plugins and the logs see it: parsed once, nothing changed. */

import type { IncomingMessage } from 'node:http'
import { isIP, isIPv6 } from 'node:net'
import { normalizePath } from '../router/normalize.ts'
import type { PipelineOptions } from './host.ts'

export class RequestView {
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** The Host header as it came. */
  readonly hostHeader: string
  /** Without the port. */
  readonly host: string
  /** The port of the Host header, else the one the client connected to. */
  readonly port: number
  /** Without the query, as it came. */
  readonly rawPath: string
  /** Without the query, normalised. */
  readonly path: string
  /** Without the question mark; `undefined` where there is none. */
  readonly rawQuery: string | undefined
  /** The address of the connection. */
  readonly ip: string
  /** Whether the connection comes from a proxy that `trusted_ips` names. */
  readonly trusted: boolean
  /** The client's own address. */
  readonly clientIp: string

  constructor(incoming: IncomingMessage, options: PipelineOptions) {
    const { socket, headers } = incoming
    const url = originForm(incoming.url ?? '/')
    const mark = url.indexOf('?')
    this.method = incoming.method ?? 'GET'
    this.scheme = 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http'
    this.hostHeader = headers.host ?? ''
    const colon = portColon(this.hostHeader)
    this.host = colon < 0 ? this.hostHeader : this.hostHeader.slice(0, colon)
    this.port = (colon < 0 ? 0 : Number(this.hostHeader.slice(colon + 1))) || socket.localPort || 0
    this.rawPath = mark < 0 ? url : url.slice(0, mark)
    this.rawQuery = mark < 0 ? undefined : url.slice(mark + 1)
    this.path = normalizePath(this.rawPath)
    this.ip = plainAddress(socket.remoteAddress ?? '')
    this.trusted = isTrusted(this.ip, options)
    this.clientIp = this.trusted ? realIp(incoming, this.ip, options) : this.ip
  }
}

/** A request to a proxy names the whole address (RFC 9112, 3.2.2); only its path and query count here. */
function originForm(target: string): string {
  const authority = /^https?:\/\/[^/?#]*/i.exec(target)
  if (authority === null) return target
  const rest = target.slice(authority[0].length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** Index of the colon before a port; an IPv6 address in brackets has colons of its own. */
function portColon(host: string): number {
  const colon = host.lastIndexOf(':')
  return colon > host.lastIndexOf(']') ? colon : -1
}

/** IPv4 addresses come mapped into IPv6 where a socket listens on both. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

export function isTrusted(ip: string, options: PipelineOptions): boolean {
  return options.trusted !== null && ip !== '' && options.trusted.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4')
}

/** As nginx's realip module: the named header's last address, or with `real_ip_recursive` the last untrusted one. */
function realIp(incoming: IncomingMessage, connecting: string, options: PipelineOptions): string {
  const header = incoming.headers[options.realIpHeader]
  if (header === undefined) return connecting
  const addresses = String(header)
    .split(',')
    .map((address) => address.trim())
  let ip = connecting
  for (const address of addresses.reverse()) {
    const plain = withoutPort(address)
    if (isIP(plain) === 0) break
    ip = plainAddress(plain)
    if (!options.realIpRecursive || !isTrusted(ip, options)) break
  }
  return ip
}

/** Some proxies name the port too, as in `192.0.2.1:4711` and `[2001:db8::1]:4711`. */
function withoutPort(address: string): string {
  return (
    /^(?:\[(.+)\](?::\d+)?|([^:]+):\d+)$/
      .exec(address)
      ?.slice(1)
      .find((host) => host !== undefined) ?? address
  )
}
