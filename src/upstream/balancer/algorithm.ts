/** The algorithm that an upstream asks for, over its peers of now. */

import type { Upstream } from '../../entities/upstream.ts'
import type { PickContext } from '../types.ts'
import { consistentHashing } from './consistent-hashing.ts'
import { hashValue } from './hash-value.ts'
import { latency } from './latency.ts'
import { leastConnections } from './least-connections.ts'
import type { Algorithm, Peer } from './peer.ts'
import { roundRobin } from './round-robin.ts'
import { stickySessions } from './sticky-sessions.ts'

export interface Clock {
  /** Milliseconds, never going back. */
  readonly now: () => number
  /** As Math.random. */
  readonly random: () => number
}

/** Builds algorithms for one upstream; what depends on its settings alone is worked out once. */
export function algorithmFor(upstream: Upstream, targets: number, { now, random }: Clock) {
  const readValue: (context: PickContext) => string = hashValue(upstream)
  return function buildAlgorithm(peers: readonly Peer[]): Algorithm {
    switch (upstream.algorithm) {
      case 'round-robin':
        return roundRobin(peers, random)
      case 'least-connections':
        return leastConnections(peers)
      case 'latency':
        return latency(peers, now)
      case 'consistent-hashing':
        return consistentHashing(peers, upstream.slots, targets, readValue)
      case 'sticky-sessions': {
        const { sticky_sessions_cookie: name, sticky_sessions_cookie_path: path } = upstream
        const others = roundRobin(peers, random)
        return name === null ? others : stickySessions(peers, name, path, others)
      }
    }
  }
}

/** Whether targets marked `failover` are held back for when no other is left; the algorithms that pin ignore such targets. */
export function usesFailover(algorithm: Upstream['algorithm']): boolean {
  return algorithm !== 'consistent-hashing' && algorithm !== 'sticky-sessions'
}
