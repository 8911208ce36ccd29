/** The peer that answers fastest for its weight, by an average in which old answers count less and less. */

import { leastBy } from './least-load.ts'
import type { Algorithm, Peer } from './peer.ts'

/** Milliseconds in which a measure loses all but 1/e of its say. */
const decayTime = 10_000

/** @param now milliseconds of a clock that never goes back */
export function latency(peers: readonly Peer[], now: () => number): Algorithm {
  startAtMean(peers, now())

  function score({ load, weight }: Peer): number {
    // Decayed when read as well: a peer that was slow once is tried again some day.
    return (load.ewma * keep(load.measuredAt, now())) / weight
  }

  const pickLeast = leastBy(peers, score)
  return {
    pick: (_, skip) => pickLeast(skip),
    measured({ load }, milliseconds) {
      const time = now()
      const kept = load.measuredAt === 0 ? 0 : keep(load.measuredAt, time)
      load.ewma = load.ewma * kept + (milliseconds / 1000) * (1 - kept)
      load.measuredAt = time
    },
  }
}

function keep(measuredAt: number, time: number): number {
  return Math.exp(-Math.max(0, time - measuredAt) / decayTime)
}

/** A newcomer is taken for an average peer, lest all traffic fall on it. */
function startAtMean(peers: readonly Peer[], time: number): void {
  const measured = peers.filter(({ load }) => load.measuredAt > 0)
  if (measured.length === 0) return
  const mean = measured.reduce((sum, { load }) => sum + load.ewma * keep(load.measuredAt, time), 0) / measured.length
  for (const { load } of peers) {
    if (load.measuredAt > 0) continue
    load.ewma = mean
    load.measuredAt = time
  }
}
