/** All ways upstream of one snapshot: a balancer for every host, and the health behind it. */

import type { Target } from '../entities/target.ts'
import type { Upstream } from '../entities/upstream.ts'
import { createBalancer, directBalancer } from './balancer/index.ts'
import type { Ring } from './balancer/ring.ts'
import { ActiveChecker } from './health/active.ts'
import { probeFor } from './health/probe.ts'
import { type BalancerHealth, balancerHealth, type TargetHealth, targetsHealth } from './health/report.ts'
import { type HealthListener, UpstreamHealth } from './health/upstream-health.ts'
import type { Pools } from './pools.ts'
import { Resolver } from './resolve.ts'
import type { Balancer } from './types.ts'

export interface UpstreamsOptions {
  /** Sends the probes. */
  readonly pools: Pools
  /** Without it the one of the previous snapshot goes on, or a new one is made. */
  readonly resolver?: Resolver
  /** Told of every address that starts or stops taking traffic. */
  readonly onHealthChange?: HealthListener
  readonly now?: () => number
  readonly random?: () => number
}

/** Hosts kept that name no upstream: they come from services, but plugins may make up others. */
const maxDirect = 10_000

export class Upstreams {
  readonly resolver: Resolver
  readonly #rings = new Map<string, Ring>()
  readonly #direct = new Map<string, Balancer>()
  readonly #checkers: readonly ActiveChecker[]

  /**
   * Has no effect outside itself until `start`, so that a snapshot that comes to nothing leaves nothing behind.
   *
   * @param targets by the id of their upstream
   * @param previous of the snapshot that this one replaces: addresses that stay keep their health, counts and averages
   */
  constructor(
    upstreams: Iterable<Upstream>,
    targets: ReadonlyMap<string, readonly Target[]>,
    options: UpstreamsOptions,
    previous?: Upstreams,
  ) {
    this.resolver = options.resolver ?? previous?.resolver ?? new Resolver()
    const { pools, onHealthChange, now = () => performance.now(), random = Math.random } = options
    const checkers: ActiveChecker[] = []
    for (const upstream of upstreams) {
      const before = previous?.ring(upstream.name)
      const health = new UpstreamHealth(upstream.name, upstream.healthchecks, before?.health, onHealthChange)
      const parts = { health, resolver: this.resolver, now, random }
      const ring = createBalancer(upstream, targets.get(upstream.id) ?? [], parts, before)
      this.#rings.set(upstream.name, ring)
      if (!health.activeEnabled) continue
      const probe = probeFor(upstream.healthchecks.active, upstream.host_header, pools)
      checkers.push(new ActiveChecker(health, probe, () => ring.addresses()))
    }
    this.#checkers = checkers
  }

  /** Begins the active health checks: once, when the snapshot takes over. */
  start(): void {
    for (const checker of this.#checkers) checker.start()
  }

  /** Ends the active health checks. Requests under way go on. */
  stop(): void {
    for (const checker of this.#checkers) checker.stop()
  }

  /** Resolves once the names of all targets were looked up, found or not. */
  async ready(): Promise<void> {
    await Promise.all(Array.from(this.#rings.values(), (ring) => ring.ready()))
  }

  /** The ring of the upstream of that name, else one that resolves the host. The port is of no account to a ring. */
  balancer(host: string, port: number): Balancer {
    const ring = this.ring(host)
    if (ring !== undefined) return ring
    const name = `${host}|${port}`
    const known = this.#direct.get(name)
    if (known !== undefined) return known
    const oldest = this.#direct.size >= maxDirect ? this.#direct.keys().next() : null
    if (oldest?.done === false) this.#direct.delete(oldest.value)
    const direct = directBalancer(host, port, this.resolver)
    this.#direct.set(name, direct)
    return direct
  }

  ring(name: string): Ring | undefined {
    return this.#rings.get(name)
  }

  /** Names of the upstreams. */
  names(): string[] {
    return [...this.#rings.keys()]
  }

  /** Health of each target; undefined: no such upstream. */
  healthOf(upstream: string): TargetHealth[] | undefined {
    const ring = this.ring(upstream)
    return ring === undefined ? undefined : targetsHealth(ring)
  }

  balancerHealthOf(upstream: string): BalancerHealth | undefined {
    const ring = this.ring(upstream)
    return ring === undefined ? undefined : balancerHealth(ring)
  }

  /**
   * Sets the health of a target by hand, of all its addresses or of one (`ip:port`).
   * False: there is no such upstream, target or address, or its health is not checked at all.
   */
  setHealth(upstream: string, target: string, healthy: boolean, address?: string): boolean {
    const ring = this.ring(upstream)
    if (ring === undefined || !ring.health.enabled) return false
    let found = false
    for (const member of ring.members) {
      if (member.target.target !== target && member.target.id !== target) continue
      for (const { health } of ring.addressesOf(member)) {
        const { ip, port } = health
        if (address !== undefined && address !== `${ip.includes(':') ? `[${ip}]` : ip}:${port}`) continue
        ring.health.set(health, healthy)
        found = true
      }
    }
    return found
  }
}
