/** When an address counts as healthy: counters and four states, as Kong's health checker has them. Pure. */

/** The first two take traffic. The middle two are on their way to the other side. */
export type HealthState = 'healthy' | 'mostly_healthy' | 'mostly_unhealthy' | 'unhealthy'
export type FailureCounter = 'tcp' | 'http' | 'timeout'
export type Outcome = 'success' | FailureCounter

export interface Health {
  readonly state: HealthState
  readonly success: number
  readonly tcp: number
  readonly http: number
  readonly timeout: number
}

const unseen = { success: 0, tcp: 0, http: 0, timeout: 0 }

/** An address of which nothing was reported, or one that was set by hand. */
export function freshHealth(healthy: boolean): Health {
  return { state: healthy ? 'healthy' : 'unhealthy', ...unseen }
}

export function isUsable(state: HealthState): boolean {
  return state === 'healthy' || state === 'mostly_healthy'
}

/**
 * The health after one more report.
 *
 * @param limit reports in a row that make the full state; 0: such reports do not count
 */
export function report(health: Health, outcome: Outcome, limit: number): Health {
  const target = outcome === 'success' ? 'healthy' : 'unhealthy'
  if (limit === 0 || health.state === target) return health
  const count = health[outcome] + 1
  const { tcp, http, timeout } = health
  const counted =
    outcome === 'success' ? { ...unseen, success: count } : { success: 0, tcp, http, timeout, [outcome]: count }
  return { state: count >= limit ? target : leaning(health.state), ...counted }
}

/** A report against a full state makes it waver; a state between the two stays until a limit is reached. */
function leaning(state: HealthState): HealthState {
  if (state === 'healthy') return 'mostly_healthy'
  if (state === 'unhealthy') return 'mostly_unhealthy'
  return state
}
