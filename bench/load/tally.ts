/** Collects the exchanges of a run and makes its result of them. */

import type { Exchange } from './connection.ts'
import type { LoadResult } from './job.ts'

/** The tally of a run; only exchanges that began at or after `windowStart` count for latencies. */
export interface Tally {
  add(exchange: Exchange, startedAt: number): void
  result(events: number, totalEvents: number, unanswered: number): LoadResult
}

/** A tally for the window of `seconds` that opens at `windowStart` (`performance.now()` time). */
export function tally(windowStart: number, seconds: number): Tally {
  const latencies: number[] = []
  const firstBytes: number[] = []
  const windowEnd = windowStart + seconds * 1000
  let requests = 0
  let total = 0
  let errors = 0
  let firstError: string | null = null
  return {
    add(exchange, startedAt) {
      if (exchange.response?.status !== 200) {
        errors += 1
        firstError ??= exchange.failed ?? `status ${exchange.response?.status ?? 0}`
        return
      }
      total += 1
      if (exchange.endedAt < windowStart) return
      if (exchange.endedAt <= windowEnd) requests += 1
      if (startedAt < windowStart) return
      latencies.push(exchange.endedAt - startedAt)
      firstBytes.push(exchange.firstByteAt - startedAt)
    },
    result(events, totalEvents, unanswered) {
      latencies.sort((a, b) => a - b)
      firstBytes.sort((a, b) => a - b)
      return {
        requests,
        total,
        errors,
        firstError,
        seconds,
        p50: percentile(latencies, 0.5),
        p99: percentile(latencies, 0.99),
        firstByteP50: percentile(firstBytes, 0.5),
        firstByteP99: percentile(firstBytes, 0.99),
        events,
        totalEvents,
        unanswered,
      }
    },
  }
}

/** The `share` percentile of ascending values, by nearest rank; null of none. */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}
