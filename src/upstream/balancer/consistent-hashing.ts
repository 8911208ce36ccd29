/** The same value goes to the same peer, and a peer that comes or goes moves only its own share of the values. */

import type { Address, PickContext } from '../types.ts'
import { type Algorithm, includes, type Peer } from './peer.ts'
import { xxhash32 } from './xxhash32.ts'

const minPoints = 1000
/** Points that a peer of average weight asks for. */
const pointsPerPeer = 160

/**
 * @param slots points of the ring, at least 1000
 * @param targets how many targets there are, whether or not they have an address
 * @param readValue what to hash of a request
 */
export function consistentHashing(
  peers: readonly Peer[],
  slots: number,
  targets: number,
  readValue: (context: PickContext) => string,
): Algorithm {
  const ring = layOut(peers, Math.max(minPoints, slots), targets)

  function find(value: string, skip: readonly Address[]): Peer | null {
    const start = xxhash32(value) % ring.length
    let refused: Peer | null = null
    for (let i = 0; i < ring.length; i++) {
      const at = start - i
      const peer = ring[at < 0 ? at + ring.length : at] ?? null
      // Neighbours often belong to the same peer.
      if (peer === null || peer === refused) continue
      if (peer.health.usable && !includes(skip, peer.address)) return peer
      refused = peer
    }
    return null
  }

  return { pick: (context, skip) => (peers.length === 0 ? null : find(readValue(context), skip)) }
}

function layOut(peers: readonly Peer[], points: number, targets: number): (Peer | undefined)[] {
  const ring = new Array<Peer | undefined>(points).fill(undefined)
  const owners = new Uint32Array(points)
  const total = peers.reduce((sum, { weight }) => sum + weight, 0)
  for (const peer of peers.toSorted(byNameThenAddress)) {
    const entries = Math.max(1, Math.floor((peer.weight / total) * targets * pointsPerPeer))
    for (let i = 1; i <= entries; i++) {
      const hash = xxhash32(`${peer.address.host}::${peer.address.port} ${i}`)
      const at = hash % points
      // Where two meet, the larger hash has the point: who was there first would make the share depend on the order.
      if (ring[at] !== undefined && (owners[at] ?? 0) >= hash) continue
      ring[at] = peer
      owners[at] = hash
    }
  }
  return ring
}

function byNameThenAddress({ address: a }: Peer, { address: b }: Peer): number {
  return compare(a.hostname, b.hostname) || compare(a.host, b.host) || a.port - b.port
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
