/** Upstreams, targets and rings for tests, from entities as the file has them. */

import { randomUUID } from 'node:crypto'
import { type Target, targets } from '../../../src/entities/target.ts'
import { type Upstream, upstreams } from '../../../src/entities/upstream.ts'
import { Ring, type RingOptions } from '../../../src/upstream/balancer/ring.ts'
import { UpstreamHealth } from '../../../src/upstream/health/upstream-health.ts'
import { Resolver } from '../../../src/upstream/resolve.ts'
import type { Address, Balancer, Lease, PickContext } from '../../../src/upstream/types.ts'
import { pickContext } from '../support.ts'

export function upstream(fields: Record<string, unknown> = {}): Upstream {
  return upstreams.schema.parse({ id: randomUUID(), name: 'up', ...fields })
}

export function target(address: string, weight = 100, fields: Record<string, unknown> = {}): Target {
  return targets.schema.parse({ id: randomUUID(), upstream: { id: randomUUID() }, target: address, weight, ...fields })
}

/** `10.0.0.1:80` up to `10.0.0.n:80`. */
export function targetsOf(count: number, weight = 100): Target[] {
  return Array.from({ length: count }, (_, i) => target(`10.0.0.${i + 1}:80`, weight))
}

/** A generator of numbers that look random and are the same each run. */
export function seeded(seed = 1): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

export interface RingChanges extends Partial<RingOptions> {
  previous?: Ring
}

export function ring(entity: Upstream, list: readonly Target[], { previous, ...changes }: RingChanges = {}): Ring {
  return new Ring(
    entity,
    list,
    {
      health: new UpstreamHealth(entity.name, entity.healthchecks, previous?.health),
      resolver: new Resolver({ lookup: async () => [] }),
      now: () => 1000,
      random: seeded(),
      ...changes,
    },
    previous,
  )
}

/** A lease that must come at once. */
export function pickNow(
  balancer: Balancer,
  context: PickContext = pickContext(),
  tried: readonly Address[] = [],
): Lease {
  const lease = balancer.pick(context, tried)
  if (lease instanceof Promise) throw new Error('the balancer waits')
  return lease
}

/** How often each host is chosen. */
export function tally(balancer: Balancer, times: number, context?: (i: number) => PickContext): Map<string, number> {
  const counts = new Map<string, number>()
  for (let i = 0; i < times; i++) {
    const lease = pickNow(balancer, context?.(i))
    lease.answered(200, 1)
    lease.release()
    counts.set(lease.address.host, (counts.get(lease.address.host) ?? 0) + 1)
  }
  return counts
}

/** Passive checks under which one TCP failure makes an address unhealthy. */
export const oneStrike = { passive: { unhealthy: { tcp_failures: 1 } } }
