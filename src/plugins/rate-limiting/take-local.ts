/** Counts in memory that all workers of the node share. */

import type { AccessPdk } from '../../pdk/index.ts'
import type { Counter, Taken } from './counters.ts'

/** Workers count at the same time, so what counts is what an increment returns; one past a limit is taken back. */
export function takeLocally({ node }: AccessPdk, counters: readonly Counter[]): Taken {
  const before = counters.map(({ key, end }) => node.readCount(key, end))
  if (counters.some(({ limit }, index) => (before[index] ?? 0) >= limit)) return { full: true, counts: before }
  const counts = counters.map(({ key, end }) => node.count(key, 1, end))
  // The count before this request must have been below the limit, which need not be whole.
  if (counters.every(({ limit }, index) => (counts[index] ?? 0) - 1 < limit)) return { full: false, counts }
  return { full: true, counts: counters.map(({ key, end }) => node.count(key, -1, end)) }
}
