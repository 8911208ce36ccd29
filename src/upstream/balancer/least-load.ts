/** Finds the peer with the least of something; where several have it, each has its turn. */

import type { Address } from '../types.ts'
import { isCandidate, type Peer } from './peer.ts'

export function leastBy(peers: readonly Peer[], load: (peer: Peer) => number) {
  let start = 0
  return function pickLeast(skip: readonly Address[]): Peer | null {
    let best: Peer | null = null
    let least = Number.POSITIVE_INFINITY
    start = start + 1 < peers.length ? start + 1 : 0
    for (let i = 0; i < peers.length; i++) {
      const peer = peers[(start + i) % peers.length]
      if (peer === undefined || !isCandidate(peer, skip)) continue
      const current = load(peer)
      if (current >= least) continue
      best = peer
      least = current
    }
    return best
  }
}
