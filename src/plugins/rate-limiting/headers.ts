/** What a client is told of its limits. */

import type { Counter, Taken } from './counters.ts'

export interface LimitHeaders {
  readonly headers: Readonly<Record<string, string>>
  /** Seconds until the tightest limit has room again. */
  readonly reset: number
}

/** The headers of every answer: each period, and the one with the least left (of equals, the longest). */
export function limitHeaders(counters: readonly Counter[], { counts }: Taken, now: number): LimitHeaders {
  const headers: Record<string, string> = {}
  let tightest: Counter | undefined
  let least = Number.POSITIVE_INFINITY
  for (const [index, counter] of counters.entries()) {
    const remaining = Math.max(0, counter.limit - (counts[index] ?? 0))
    const name = counter.period.charAt(0).toUpperCase() + counter.period.slice(1)
    headers[`X-RateLimit-Limit-${name}`] = String(counter.limit)
    headers[`X-RateLimit-Remaining-${name}`] = String(remaining)
    // Counters go from the shortest period to the longest.
    if (remaining <= least) {
      least = remaining
      tightest = counter
    }
  }
  const reset = Math.max(1, Math.ceil((tightest?.end ?? now) - now))
  headers['RateLimit-Limit'] = String(tightest?.limit ?? 0)
  headers['RateLimit-Remaining'] = String(least)
  headers['RateLimit-Reset'] = String(reset)
  return { headers, reset }
}
