/** Balancers: the ring of an upstream, and plain name resolution for every other host. */

import type { Target } from '../../entities/target.ts'
import type { Upstream } from '../../entities/upstream.ts'
import type { Resolver } from '../resolve.ts'
import type { Balancer } from '../types.ts'
import { Direct } from './direct.ts'
import { Ring, type RingOptions } from './ring.ts'

/**
 * The balancer of an upstream.
 *
 * @param previous the same upstream's before a reload: what it measured and counted goes on for the addresses that stay
 */
export function createBalancer(
  upstream: Upstream,
  targets: readonly Target[],
  options: RingOptions,
  previous?: Ring,
): Ring {
  return new Ring(upstream, targets, options, previous)
}

/** The balancer of a service whose host names no upstream. */
export function directBalancer(host: string, port: number, resolver: Resolver): Balancer {
  return new Direct(host, port, resolver)
}
