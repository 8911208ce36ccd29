/** The peer with the fewest exchanges under way for its weight. */

import { leastBy } from './least-load.ts'
import type { Algorithm, Peer } from './peer.ts'

export function leastConnections(peers: readonly Peer[]): Algorithm {
  const pickLeast = leastBy(peers, ({ load, weight }) => (load.connections + 1) / weight)
  return { pick: (_, skip) => pickLeast(skip) }
}
