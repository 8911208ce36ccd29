/** The targets of an upstream and what their names resolve to, now and from time to time again. */

import type { Target } from '../../entities/target.ts'
import type { Resolved, Resolver } from '../resolve.ts'

export interface Member {
  readonly target: Target
  /** Without brackets. */
  readonly host: string
  readonly port: number
  /** Null until the name was resolved once. */
  resolved: readonly Resolved[] | null
  /** The last attempt failed. */
  failed: boolean
}

/** Milliseconds until names that did not resolve are asked for again. */
const retryAfter = 5000

export class Members {
  readonly list: readonly Member[]
  readonly #resolver: Resolver
  readonly #now: () => number
  readonly #onChange: () => void
  #dueAt = 0
  #refreshing: Promise<void> | null = null

  /** @param onChange called after a refresh in which anything changed */
  constructor(targets: readonly Target[], resolver: Resolver, now: () => number, onChange: () => void) {
    this.list = targets.map(toMember)
    this.#resolver = resolver
    this.#now = now
    this.#onChange = onChange
  }

  /** Resolves once the refresh under way is over; null: there is none. Never rejects. */
  get refreshing(): Promise<void> | null {
    return this.#refreshing
  }

  /** Every name was tried at least once. */
  get complete(): boolean {
    return this.list.every(({ resolved, failed }) => resolved !== null || failed)
  }

  /** Begins a refresh if it is time for one. What needs no waiting is there when this returns. */
  refreshIfDue(): void {
    if (this.#refreshing !== null || this.#now() < this.#dueAt) return
    const waiting: Promise<boolean>[] = []
    let changed = false
    for (const member of this.list) {
      const settled = this.#resolve(member)
      if (typeof settled === 'boolean') changed ||= settled
      else waiting.push(settled)
    }
    if (changed) this.#onChange()
    if (waiting.length === 0) this.#schedule()
    else this.#refreshing = this.#finish(waiting)
  }

  async #finish(waiting: readonly Promise<boolean>[]): Promise<void> {
    const changes = await Promise.all(waiting)
    this.#refreshing = null
    this.#schedule()
    if (changes.includes(true)) this.#onChange()
  }

  #schedule(): void {
    const failed = this.list.some((member) => member.failed)
    this.#dueAt = this.#now() + (failed ? Math.min(retryAfter, this.#resolver.ttl) : this.#resolver.ttl)
  }

  /** True if anything changed. Old addresses stay while their name does not resolve. */
  #resolve(member: Member): boolean | Promise<boolean> {
    try {
      const answer = this.#resolver.resolveFresh(member.host)
      if (!(answer instanceof Promise)) return take(member, answer)
      return answer.then(
        (resolved) => take(member, resolved),
        () => fail(member),
      )
    } catch {
      return fail(member)
    }
  }
}

function take(member: Member, resolved: readonly Resolved[]): boolean {
  const changed = member.failed || JSON.stringify(member.resolved) !== JSON.stringify(resolved)
  member.resolved = resolved
  member.failed = false
  return changed
}

function fail(member: Member): boolean {
  const changed = !member.failed
  member.failed = true
  return changed
}

/** `host:port`, the host of an IPv6 address in brackets, as targets are once parsed. */
function toMember(target: Target): Member {
  const colon = target.target.lastIndexOf(':')
  const host = target.target.slice(0, colon).replace(/^\[|\]$/g, '')
  return { target, host, port: Number(target.target.slice(colon + 1)), resolved: null, failed: false }
}
