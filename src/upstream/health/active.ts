/** Sends probes on time: one rhythm for the addresses that take traffic, one for those that do not. */

import type { Probe } from './probe.ts'
import type { AddressHealth, UpstreamHealth } from './upstream-health.ts'

export class ActiveChecker {
  readonly #health: UpstreamHealth
  readonly #probe: Probe
  readonly #targets: () => readonly AddressHealth[]
  readonly #timers: NodeJS.Timeout[] = []
  #stopped = false

  /** @param targets the addresses to probe, asked for at each round */
  constructor(health: UpstreamHealth, probe: Probe, targets: () => readonly AddressHealth[]) {
    this.#health = health
    this.#probe = probe
    this.#targets = targets
  }

  start(): void {
    const { healthy, unhealthy } = this.#health.checks.active
    this.#every(healthy.interval, true)
    this.#every(unhealthy.interval, false)
  }

  /** No probe begins, and none under way counts, after this. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) clearInterval(timer)
  }

  #every(seconds: number, usable: boolean): void {
    if (seconds <= 0) return
    let busy = false
    const round = async () => {
      // A round that takes longer than the interval is not overtaken by the next.
      if (busy) return
      busy = true
      await this.#round(this.#targets().filter((address) => address.usable === usable))
      busy = false
    }
    this.#timers.push(setInterval(round, seconds * 1000).unref())
  }

  async #round(addresses: AddressHealth[]): Promise<void> {
    const workers = Math.min(this.#health.checks.active.concurrency, addresses.length)
    await Promise.all(Array.from({ length: workers }, () => this.#work(addresses)))
  }

  async #work(addresses: AddressHealth[]): Promise<void> {
    for (let address = addresses.pop(); address !== undefined; address = addresses.pop()) {
      const result = await this.#probe(address)
      if (this.#stopped) return
      this.#health.probed(address, result)
    }
  }
}
