/** A request as the tests of routes see it: what several of them need is worked out once. */

import { splitBracketed, splitHostPort } from './host-port.ts'
import type { Flavor } from './split.ts'
import type { MatchInput } from './types.ts'

export interface RoutedRequest {
  readonly input: MatchInput
  /** The Host header without its port. */
  readonly host: string
  /** The port of the Host header, or the one that stands for it. */
  readonly port: number
}

/** Where the Host header has no port, it is the listener's, or under `traditional` the one of the scheme. */
export function readRequest(input: MatchInput, flavor: Flavor): RoutedRequest {
  if (flavor === 'traditional') {
    const { host, port } = splitBracketed(input.host)
    return { input, host, port: port ?? (input.scheme === 'https' ? 443 : 80) }
  }
  const { host, port } = splitHostPort(input.host)
  return { input, host, port: port ?? input.destinationPort }
}

/** Whether a request has what a route asks for. */
export type RequestTest = (request: RoutedRequest) => boolean
