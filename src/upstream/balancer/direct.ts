/** The balancer of a host that is no upstream's name: its addresses in turn. */

import { isIP } from 'node:net'
import type { Resolved, Resolver } from '../resolve.ts'
import type { Address, Balancer, Lease, PickContext } from '../types.ts'
import { includes } from './peer.ts'

export class Direct implements Balancer {
  readonly #host: string
  readonly #port: number
  readonly #resolver: Resolver
  #answer: readonly Resolved[] | null = null
  #leases: readonly Lease[] = []
  #turn = 0

  /** @param host an IPv6 address may be in brackets */
  constructor(host: string, port: number, resolver: Resolver) {
    const bare = host.replace(/^\[|\]$/g, '')
    this.#host = isIP(bare) === 0 ? host : bare
    this.#port = port
    this.#resolver = resolver
  }

  pick(_: PickContext, tried: readonly Address[]): Lease | Promise<Lease> {
    const answer = this.#resolver.resolve(this.#host)
    return answer instanceof Promise ? answer.then((late) => this.#choose(late, tried)) : this.#choose(answer, tried)
  }

  #choose(answer: readonly Resolved[], tried: readonly Address[]): Lease {
    if (answer !== this.#answer) this.#take(answer)
    const { length } = this.#leases
    let first: Lease | undefined
    for (let i = 0; i < length; i++) {
      this.#turn = this.#turn + 1 < length ? this.#turn + 1 : 0
      const lease = this.#leases[this.#turn]
      if (lease !== undefined && !includes(tried, lease.address)) return lease
      first ??= lease
    }
    if (first === undefined) throw new Error('an answer of the resolver is never empty')
    return first
  }

  #take(answer: readonly Resolved[]): void {
    this.#answer = answer
    this.#leases = answer.map(({ host, port }) => {
      return new PlainLease({ host, port: port ?? this.#port, hostname: this.#host })
    })
  }
}

/** Nobody counts these, so that one object serves all requests. */
class PlainLease implements Lease {
  readonly address: Address
  readonly hostHeader = undefined

  constructor(address: Address) {
    this.address = address
  }

  answered(): void {}
  failed(): void {}
  release(): void {}
}
