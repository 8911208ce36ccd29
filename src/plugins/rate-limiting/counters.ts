/** The counters that one request counts in: one for each period that has a limit. */

import { type Period, periods, windowOf } from '../../counters/calendar.ts'
import type { PluginScope } from '../../pdk/api.ts'
import type { RateLimitingConfig } from './config.ts'

export interface Counter {
  readonly period: Period
  readonly limit: number
  /** Kong's key, so that both may count in one Redis. */
  readonly key: string
  /** Unix time in seconds. */
  readonly end: number
}

/** What became of one request. */
export interface Taken {
  /** Some limit was reached, so nothing was counted. */
  readonly full: boolean
  /** By counter; with this request where it was counted. */
  readonly counts: readonly number[]
}

const nowhere = '00000000-0000-0000-0000-000000000000'

/** `now` is in Unix seconds. A config counts by what it is bound to: a global one over all routes together. */
export function countersOf(
  config: RateLimitingConfig,
  scope: PluginScope,
  identifier: string,
  now: number,
): readonly Counter[] {
  const counters: Counter[] = []
  for (const period of periods) {
    const limit = config[period]
    if (limit === undefined) continue
    const { start, end } = windowOf(period, now)
    const place = `${scope.route ?? nowhere}:${scope.service ?? nowhere}`
    counters.push({ period, limit, end, key: `ratelimit:${place}:${identifier}:${start * 1000}:${period}` })
  }
  return counters
}
