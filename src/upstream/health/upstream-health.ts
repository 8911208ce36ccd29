/** The health of one upstream's addresses: what was reported of them, and what that means. */

import type { Healthchecks } from '../../entities/healthchecks.ts'
import { freshHealth, type Health, isUsable, type Outcome, report } from './state.ts'

/** Shared by the snapshots that know the address, so that a reload forgets nothing. */
export interface AddressHealth {
  /** IP address. */
  readonly ip: string
  readonly port: number
  /** The target's name. */
  readonly hostname: string
  health: Health
  usable: boolean
}

/** Told of an address that starts or stops taking traffic. */
export type HealthListener = (change: {
  upstream: string
  ip: string
  port: number
  hostname: string
  healthy: boolean
}) => void

type Side = 'active' | 'passive'

export class UpstreamHealth {
  readonly upstream: string
  readonly checks: Healthchecks
  readonly #known = new Map<string, AddressHealth>()
  readonly #onChange: HealthListener | undefined
  readonly #good: Readonly<Record<Side, ReadonlySet<number>>>
  readonly #bad: Readonly<Record<Side, ReadonlySet<number>>>

  /** @param previous the same upstream before a reload */
  constructor(upstream: string, checks: Healthchecks, previous?: UpstreamHealth, onChange?: HealthListener) {
    this.upstream = upstream
    this.checks = checks
    this.#onChange = onChange
    const { active, passive } = checks
    this.#good = { active: new Set(active.healthy.http_statuses), passive: new Set(passive.healthy.http_statuses) }
    this.#bad = { active: new Set(active.unhealthy.http_statuses), passive: new Set(passive.unhealthy.http_statuses) }
    // What checks that are now off have said would otherwise stand for ever.
    if (previous !== undefined && this.enabled)
      for (const [key, address] of previous.#known) this.#known.set(key, address)
  }

  /** False: every address takes traffic, whatever happens. */
  get enabled(): boolean {
    return this.activeEnabled || this.#passiveEnabled
  }

  get activeEnabled(): boolean {
    const { healthy, unhealthy } = this.checks.active
    return healthy.interval > 0 || unhealthy.interval > 0
  }

  get #passiveEnabled(): boolean {
    const { tcp_failures, timeouts, http_failures } = this.checks.passive.unhealthy
    return tcp_failures > 0 || timeouts > 0 || http_failures > 0
  }

  /** The record of an address, made on first sight. */
  of(ip: string, port: number, hostname: string): AddressHealth {
    const key = `${hostname} ${ip} ${port}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const address = { ip, port, hostname, health: freshHealth(true), usable: true }
    this.#known.set(key, address)
    return address
  }

  /** Forgets the addresses that are no longer among the upstream's. */
  retain(addresses: ReadonlySet<AddressHealth>): void {
    for (const [key, address] of this.#known) if (!addresses.has(address)) this.#known.delete(key)
  }

  addresses(): IterableIterator<AddressHealth> {
    return this.#known.values()
  }

  /** A head came in. 504 is a timeout on the way, as a gateway between says. */
  answered(address: AddressHealth, status: number): void {
    if (!this.#passiveEnabled) return
    this.#report(address, status === 504 ? 'timeout' : this.#judge(status, 'passive'), 'passive')
  }

  failed(address: AddressHealth, kind: 'tcp' | 'timeout'): void {
    if (this.#passiveEnabled) this.#report(address, kind, 'passive')
  }

  /** The outcome of a probe: a status, a connection (`true`), or how it failed. */
  probed(address: AddressHealth, result: number | true | 'tcp' | 'timeout'): void {
    const outcome = typeof result === 'number' ? this.#judge(result, 'active') : result === true ? 'success' : result
    this.#report(address, outcome, 'active')
  }

  /** Sets the state by hand, and forgets what was counted. */
  set(address: AddressHealth, healthy: boolean): void {
    this.#apply(address, freshHealth(healthy))
  }

  #judge(status: number, side: Side): Outcome | null {
    if (this.#good[side].has(status)) return 'success'
    return this.#bad[side].has(status) ? 'http' : null
  }

  #report(address: AddressHealth, outcome: Outcome | null, side: Side): void {
    if (outcome === null) return
    const { healthy, unhealthy } = this.checks[side]
    const limits = {
      success: healthy.successes,
      tcp: unhealthy.tcp_failures,
      http: unhealthy.http_failures,
      timeout: unhealthy.timeouts,
    }
    this.#apply(address, report(address.health, outcome, limits[outcome]))
  }

  #apply(address: AddressHealth, health: Health): void {
    if (health === address.health) return
    const before = address.usable
    address.health = health
    address.usable = isUsable(health.state)
    if (before === address.usable) return
    const { ip, port, hostname } = address
    this.#onChange?.({ upstream: this.upstream, ip, port, hostname, healthy: address.usable })
  }
}
