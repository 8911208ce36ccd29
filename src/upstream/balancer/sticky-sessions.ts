/** A client stays with the peer that its cookie names, for as long as that one takes traffic. */

import { createHash } from 'node:crypto'
import { cookie } from './hash-value.ts'
import { type Algorithm, isCandidate, type Peer } from './peer.ts'

/** @param others chooses for clients without a peer of their own */
export function stickySessions(peers: readonly Peer[], name: string, path: string, others: Algorithm): Algorithm {
  const byId = new Map<string, Peer>()
  const ids = new Map<Peer, string>()
  for (const peer of peers) {
    const id = idOf(peer)
    byId.set(id, peer)
    ids.set(peer, id)
  }

  return {
    pick(context, skip) {
      const own = byId.get(context.cookie(name) ?? '')
      if (own !== undefined && isCandidate(own, skip)) return own
      const peer = others.pick(context, skip)
      const id = peer === null ? undefined : ids.get(peer)
      if (id !== undefined) context.setCookie(cookie(name, id, path))
      return peer
    },
  }
}

/** The same on every node, and no address that a client could read. */
function idOf({ address: { hostname, host, port } }: Peer): string {
  return createHash('sha256').update(`${hostname} ${host} ${port}`).digest('hex').slice(0, 24)
}
