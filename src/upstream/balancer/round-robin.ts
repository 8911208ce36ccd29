/** Each peer in turn, as often as its weight says, in an order that was shuffled once. */

import { type Algorithm, isCandidate, type Peer } from './peer.ts'

/** Entries of the wheel: beyond this, weights are rounded. */
const maxEntries = 100_000

/** @param random as Math.random: the order, and where it begins, differ between nodes */
export function roundRobin(peers: readonly Peer[], random: () => number): Algorithm {
  const wheel = shuffle(expand(peers), random)
  let position = Math.floor(random() * wheel.length)

  return {
    pick(_, skip) {
      for (let i = 0; i < wheel.length; i++) {
        position = position + 1 < wheel.length ? position + 1 : 0
        const peer = wheel[position]
        if (peer !== undefined && isCandidate(peer, skip)) return peer
      }
      return null
    },
  }
}

function expand(peers: readonly Peer[]): Peer[] {
  const divisor = peers.reduce((common, { weight }) => gcd(common, weight), 0)
  const total = peers.reduce((sum, { weight }) => sum + weight, 0) / divisor
  const scale = total > maxEntries ? maxEntries / total : 1
  return peers.flatMap((peer) => new Array<Peer>(Math.max(1, Math.round((peer.weight / divisor) * scale))).fill(peer))
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}

/** Fisher-Yates. */
function shuffle(wheel: Peer[], random: () => number): Peer[] {
  for (let i = wheel.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const [a, b] = [wheel[i], wheel[j]]
    if (a === undefined || b === undefined) continue
    wheel[i] = b
    wheel[j] = a
  }
  return wheel
}
