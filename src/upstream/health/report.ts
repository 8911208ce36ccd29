/** Health as the Admin API shows it: Kong's words and shapes. */

import type { Target } from '../../entities/target.ts'
import type { Ring } from '../balancer/ring.ts'

export type HealthWord = 'HEALTHY' | 'UNHEALTHY' | 'HEALTHCHECKS_OFF' | 'DNS_ERROR'

export interface AddressReport {
  readonly ip: string
  readonly port: number
  readonly weight: number
  readonly health: HealthWord
}

export interface TargetHealth {
  readonly target: Target
  readonly health: HealthWord
  readonly data: {
    readonly addresses: readonly AddressReport[]
    /** Kind of record, or that there is none. */
    readonly dns: string
    readonly host: string
    readonly port: number
    readonly nodeWeight: number
    readonly weight: { readonly total: number; readonly available: number; readonly unavailable: number }
  }
}

export interface BalancerHealth {
  readonly id: string
  /** Of the upstream as a whole; off where its checks are. */
  readonly health: 'HEALTHY' | 'UNHEALTHY' | 'HEALTHCHECKS_OFF'
  /** Whether requests are let through, whatever is checked. */
  readonly balancer_health: 'HEALTHY' | 'UNHEALTHY'
  readonly details: readonly TargetHealth[]
}

/** Each target and each of its addresses. */
export function targetsHealth(ring: Ring): TargetHealth[] {
  const off = !ring.health.enabled
  return ring.members.map((member) => {
    const addresses = ring.addressesOf(member)
    const total = addresses.reduce((sum, { weight }) => sum + weight, 0)
    const available = addresses.reduce((sum, { weight, health }) => sum + (health.usable ? weight : 0), 0)
    const { target, host, port, resolved, failed } = member
    const missing = failed && resolved === null
    return {
      target,
      health: missing ? 'DNS_ERROR' : off || total === 0 ? 'HEALTHCHECKS_OFF' : word(available > 0),
      data: {
        addresses: addresses.map(({ health, weight }) => {
          const { ip, port: addressPort, usable } = health
          return { ip, port: addressPort, weight, health: off || weight === 0 ? 'HEALTHCHECKS_OFF' : word(usable) }
        }),
        dns: missing ? 'dns server error' : host.startsWith('_') ? 'SRV' : host.includes(':') ? 'AAAA' : 'A',
        host,
        port,
        nodeWeight: target.weight,
        weight: { total, available, unavailable: total - available },
      },
    }
  })
}

/** The upstream as one. */
export function balancerHealth(ring: Ring): BalancerHealth {
  const health = word(ring.isHealthy())
  return {
    id: ring.upstream.id,
    health: ring.health.enabled ? health : 'HEALTHCHECKS_OFF',
    balancer_health: health,
    details: targetsHealth(ring),
  }
}

function word(healthy: boolean): 'HEALTHY' | 'UNHEALTHY' {
  return healthy ? 'HEALTHY' : 'UNHEALTHY'
}
