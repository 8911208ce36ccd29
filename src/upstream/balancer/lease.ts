/** One try's hold on a peer: what it reports goes to the health checks and to the algorithm. */

import type { UpstreamHealth } from '../health/upstream-health.ts'
import type { Address, Lease } from '../types.ts'
import type { Algorithm, Peer } from './peer.ts'

export class PeerLease implements Lease {
  readonly address: Address
  readonly hostHeader: string | undefined
  readonly #peer: Peer
  readonly #algorithm: Algorithm
  readonly #health: UpstreamHealth
  #settled = false
  #released = false

  constructor(peer: Peer, algorithm: Algorithm, health: UpstreamHealth) {
    this.address = peer.address
    this.hostHeader = peer.hostHeader
    this.#peer = peer
    this.#algorithm = algorithm
    this.#health = health
    peer.load.connections += 1
  }

  answered(status: number, latency: number): void {
    if (this.#settled) return
    this.#settled = true
    this.#algorithm.measured?.(this.#peer, latency)
    this.#health.answered(this.#peer.health, status)
  }

  failed(kind: 'tcp' | 'timeout'): void {
    if (this.#settled) return
    this.#settled = true
    this.#health.failed(this.#peer.health, kind)
  }

  release(): void {
    if (this.#released) return
    this.#released = true
    this.#peer.load.connections -= 1
  }
}
