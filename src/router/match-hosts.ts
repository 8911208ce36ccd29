/** Hosts of a route: plain, or with a wildcard at one end, and with a port or without. */

import { isWildcard } from './attributes.ts'
import { splitBracketed, splitHostPort } from './host-port.ts'
import type { RequestTest } from './request.ts'
import type { Flavor } from './split.ts'

/** Any of the hosts. Case counts, as in Kong. */
export function hostTest(hosts: readonly string[], flavor: Flavor): RequestTest {
  const tests = hosts.map((host) => (flavor === 'traditional' ? traditionalHost(host) : compatibleHost(host)))
  const [only] = tests
  if (only !== undefined && tests.length === 1) return only
  return (request) => tests.some((test) => test(request))
}

function compatibleHost(text: string): RequestTest {
  const { host, port } = splitHostPort(text)
  if (port !== null) {
    const name = compatibleHost(host)
    return (request) => request.port === port && name(request)
  }
  if (host.startsWith('*')) {
    const suffix = host.slice(1)
    return (request) => request.host.endsWith(suffix)
  }
  if (host.endsWith('*')) {
    const prefix = host.slice(0, -1)
    return (request) => request.host.startsWith(prefix)
  }
  return (request) => request.host === host
}

/** Under `traditional` a plain host with a port is the whole Host header; a wildcard stands for at least a character. */
function traditionalHost(text: string): RequestTest {
  const { host, port } = splitBracketed(text)
  if (!isWildcard(host)) {
    return port === null ? (request) => request.host === host : (request) => request.input.host === text
  }
  const suffix = host.startsWith('*')
  const rest = suffix ? host.slice(1) : host.slice(0, -1)
  return (request) =>
    request.host.length > rest.length &&
    (suffix ? request.host.endsWith(rest) : request.host.startsWith(rest)) &&
    (port === null || request.port === port)
}

/**
 * The hosts by which a route can be looked up, without their ports, or null where one of them needs a test.
 */
export function lookupHosts(hosts: readonly string[], flavor: Flavor): readonly string[] | null {
  if (hosts.some(isWildcard)) return null
  const split = flavor === 'traditional' ? splitBracketed : splitHostPort
  return [...new Set(hosts.map((host) => split(host).host))]
}
