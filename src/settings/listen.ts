/** Reads Kong's listen directive, since proxy, admin and status listeners share one syntax. */

import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export interface Listener {
  /** An address or a host name; IPv6 without its brackets. */
  readonly host: string
  /** 0: the system chooses. */
  readonly port: number
  readonly ssl: boolean
  /** Length of the queue of connections not yet accepted. */
  readonly backlog?: number
}

export interface ListenResult {
  readonly listeners: readonly Listener[]
  /** What was understood and has no effect, one sentence each. */
  readonly ignored: readonly string[]
  /** What is wrong and how to mend it; empty if nothing is. */
  readonly problems: readonly string[]
}

const example = 'write addr:port, as in 127.0.0.1:8000, [::1]:8000 or 0.0.0.0:8443 ssl'
const silent = new Set(['reuseport', 'bind'])
const hostName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i

/**
 * Reads a comma list of listeners, or `off`.
 *
 * @example
 * parseListen('0.0.0.0:8000 reuseport backlog=16384, [::]:8443 ssl').listeners
 */
export function parseListen(text: string): ListenResult {
  const listeners: Listener[] = []
  const ignored: string[] = []
  const problems: string[] = []
  if (text.trim() === 'off') return { listeners, ignored, problems }
  for (const entry of text.split(',')) {
    const [address = '', ...flags] = entry.trim().split(/\s+/)
    const place = parseAddress(address)
    if (typeof place === 'string') {
      problems.push(place)
      continue
    }
    let ssl = false
    let backlog: number | undefined
    for (const flag of flags) {
      if (flag === 'ssl') ssl = true
      else if (/^backlog=[1-9]\d{0,8}$/.test(flag)) backlog = Number(flag.slice('backlog='.length))
      else if (flag === 'http2') ignored.push(`"http2" of ${address} has no effect: HTTP/1.1 is served`)
      else if (flag === 'deferred' || /^(ipv6only|so_keepalive)=./.test(flag)) {
        ignored.push(`"${flag}" of ${address} has no effect`)
      } else if (!silent.has(flag)) problems.push(flagProblem(flag, address))
    }
    listeners.push({ ...place, ssl, ...(backlog === undefined ? {} : { backlog }) })
  }
  return { listeners, ignored, problems }
}

/** Whether only this machine can reach the listener. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true
  return ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback'
}

function parseAddress(address: string): { host: string; port: number } | string {
  if (address === '') return `an entry of the list is empty; ${example}`
  if (address.startsWith('unix:')) return `"${address}" is a Unix socket, which is not served; ${example}`
  const parts = /^(?:\[([^\]]*)\]|([^[\]:]*)):(\d{1,5})$/.exec(address)
  if (!parts) return `"${address}" is not an address with a port; ${example}`
  const host = parts[1] ?? parts[2] ?? ''
  const port = Number(parts[3])
  if (port > 65535) return `port ${port} of "${address}" is over 65535`
  const valid = parts[1] === undefined ? isAddressOrName(host) : isIP(host) === 6
  return valid ? { host, port } : `"${address}" has no valid host; ${example}`
}

function isAddressOrName(host: string): boolean {
  // What looks like an IPv4 address must be one: a resolver would be asked for 300.0.0.1 otherwise.
  return /^[\d.]+$/.test(host) ? isIP(host) === 4 : hostName.test(host)
}

function flagProblem(flag: string, address: string): string {
  if (flag === 'proxy_protocol') {
    return `"proxy_protocol" of ${address} is not served; remove it here and at the load balancer, and use trusted_ips`
  }
  return `"${flag}" of ${address} is not known; use ssl, reuseport or backlog=N`
}
