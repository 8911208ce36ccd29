/** One address that an algorithm may choose, with what must survive a rebuild of the list. */

import type { AddressHealth } from '../health/upstream-health.ts'
import type { Address, PickContext } from '../types.ts'

/** Kept by address: a reload, or an answer of DNS that repeats it, forgets nothing. */
export interface PeerLoad {
  /** Leases that are not released. */
  connections: number
  /** Seconds, decayed; 0 where no answer was measured. */
  ewma: number
  /** Milliseconds on the balancer's clock of the last measure; 0: none. */
  measuredAt: number
}

export interface Peer {
  readonly address: Address
  /** Above 0. */
  readonly weight: number
  readonly hostHeader: string | undefined
  readonly health: AddressHealth
  readonly load: PeerLoad
}

/** One way of choosing among a fixed list of peers. */
export interface Algorithm {
  /** A usable peer whose address is not among `skip`; null where there is none. */
  pick(context: PickContext, skip: readonly Address[]): Peer | null
  /** An answer's head took so many milliseconds. */
  measured?(peer: Peer, latency: number): void
}

export function freshLoad(): PeerLoad {
  return { connections: 0, ewma: 0, measuredAt: 0 }
}

export function isCandidate(peer: Peer, skip: readonly Address[]): boolean {
  return peer.health.usable && !includes(skip, peer.address)
}

/** By host and port: the object may have been made anew meanwhile. */
export function includes(addresses: readonly Address[], { host, port }: Address): boolean {
  for (const address of addresses) if (address.host === host && address.port === port) return true
  return false
}
