/** The balancer of an upstream: its targets' addresses, an algorithm, and the health of each address. */

import type { Target } from '../../entities/target.ts'
import type { Upstream } from '../../entities/upstream.ts'
import { TollError } from '../../errors/registry.ts'
import type { AddressHealth, UpstreamHealth } from '../health/upstream-health.ts'
import type { Resolved, Resolver } from '../resolve.ts'
import type { Address, Balancer, Lease, PickContext } from '../types.ts'
import { algorithmFor, type Clock, usesFailover } from './algorithm.ts'
import { PeerLease } from './lease.ts'
import { type Member, Members } from './members.ts'
import { type Algorithm, freshLoad, type Peer, type PeerLoad } from './peer.ts'

export interface RingOptions extends Clock {
  readonly health: UpstreamHealth
  readonly resolver: Resolver
}

/** An address of a target, as the Admin API shows it. */
export interface MemberAddress {
  readonly health: AddressHealth
  /** 0: it takes no traffic. */
  readonly weight: number
}

const nobody: readonly Address[] = []

export class Ring implements Balancer {
  readonly upstream: Upstream
  readonly health: UpstreamHealth
  readonly #members: Members
  readonly #build: (peers: readonly Peer[]) => Algorithm
  #loads: Map<string, PeerLoad>
  #peers: readonly Peer[] = []
  #algorithm: Algorithm
  /** Chooses among targets marked `failover`; null: there are none. */
  #backup: Algorithm | null = null

  constructor(upstream: Upstream, targets: readonly Target[], options: RingOptions, previous?: Ring) {
    this.upstream = upstream
    this.health = options.health
    this.#loads = previous === undefined ? new Map() : previous.#loads
    const used = usesFailover(upstream.algorithm) ? targets : targets.filter(({ failover }) => !failover)
    this.#build = algorithmFor(upstream, used.length, options)
    this.#algorithm = this.#build([])
    this.#members = new Members(used, options.resolver, options.now, () => this.#rebuild())
    this.#members.refreshIfDue()
  }

  get members(): readonly Member[] {
    return this.#members.list
  }

  pick(context: PickContext, tried: readonly Address[]): Lease | Promise<Lease> {
    this.#members.refreshIfDue()
    const lease = this.#choose(context, tried)
    if (lease !== null) return lease
    const { refreshing } = this.#members
    if (refreshing === null) throw new TollError('TOLL_NO_PEER')
    return refreshing.then(() => {
      const late = this.#choose(context, tried)
      if (late === null) throw new TollError('TOLL_NO_PEER')
      return late
    })
  }

  /** Resolves once every name was looked up; at once where there are none. */
  async ready(): Promise<void> {
    await this.#members.refreshing
  }

  /** Whether more of the weight is healthy than the upstream's `threshold` asks for. */
  isHealthy(): boolean {
    let total = 0
    let usable = 0
    for (const { weight, health } of this.#peers) {
      total += weight
      if (health.usable) usable += weight
    }
    return total > 0 && (usable / total) * 100 > this.health.checks.threshold
  }

  addressesOf(member: Member): MemberAddress[] {
    return (member.resolved ?? []).map((resolved) => {
      const { host, port, hostname } = this.#addressOf(member, resolved)
      return { health: this.health.of(host, port, hostname), weight: weightOf(member, resolved) }
    })
  }

  /** Every address that takes traffic or would if it were healthy. */
  addresses(): AddressHealth[] {
    return this.#peers.map(({ health }) => health)
  }

  #choose(context: PickContext, tried: readonly Address[]): Lease | null {
    if (this.health.checks.threshold > 0 && !this.isHealthy()) return null
    const lease = this.#lease(this.#algorithm, context, tried)
    return lease ?? (this.#backup === null ? null : this.#lease(this.#backup, context, tried))
  }

  /** An address that failed this request is tried again only when all others have failed it too. */
  #lease(algorithm: Algorithm, context: PickContext, tried: readonly Address[]): Lease | null {
    const peer = algorithm.pick(context, tried) ?? (tried.length === 0 ? null : algorithm.pick(context, nobody))
    return peer === null ? null : new PeerLease(peer, algorithm, this.health)
  }

  #rebuild(): void {
    const loads = new Map<string, PeerLoad>()
    const main: Peer[] = []
    const backup: Peer[] = []
    const known = new Set<AddressHealth>()
    for (const member of this.#members.list) {
      for (const resolved of member.resolved ?? []) {
        const address = this.#addressOf(member, resolved)
        const health = this.health.of(address.host, address.port, address.hostname)
        known.add(health)
        const weight = weightOf(member, resolved)
        if (weight === 0) continue
        const key = `${member.target.target} ${address.host} ${address.port}`
        const load = this.#loads.get(key) ?? freshLoad()
        loads.set(key, load)
        const peer = { address, weight, hostHeader: this.upstream.host_header ?? undefined, health, load }
        if (member.target.failover) backup.push(peer)
        else main.push(peer)
      }
    }
    // Until every name was looked up, what was known before a reload may yet be needed.
    if (this.#members.complete) {
      this.#loads = loads
      this.health.retain(known)
    } else {
      this.#loads = new Map([...this.#loads, ...loads])
    }
    this.#peers = [...main, ...backup]
    this.#algorithm = this.#build(main)
    this.#backup = backup.length === 0 ? null : this.#build(backup)
  }

  #addressOf({ host, port }: Member, resolved: Resolved): Address {
    const hostname = this.upstream.use_srv_name ? (resolved.srvName ?? host) : host
    return { host: resolved.host, port: resolved.port ?? port, hostname }
  }
}

function weightOf({ target }: Member, resolved: Resolved): number {
  return target.weight === 0 ? 0 : (resolved.weight ?? target.weight)
}
