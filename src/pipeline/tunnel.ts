/** Joins client and upstream once both agreed to speak WebSocket. */

import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ResponseHead } from '../upstream/types.ts'
import type { Exchange } from './exchange.ts'

/** Resolves when either side is done. */
export async function tunnel(exchange: Exchange, head: ResponseHead, upstream: Duplex): Promise<void> {
  const { outgoing, reply, incoming } = exchange
  const client = incoming.socket
  const lines = [`HTTP/1.1 ${head.status} Switching Protocols`]
  for (let index = 0; index < head.rawHeaders.length; index += 2) {
    lines.push(`${head.rawHeaders[index]}: ${head.rawHeaders[index + 1]}`)
  }
  if (exchange.host.options.headers.has('x-kong-request-id')) lines.push(`X-Kong-Request-Id: ${exchange.id}`)
  outgoing.detachSocket(client)
  client.setTimeout(0)
  client.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  const rest = exchange.upgradeHead
  if (rest !== undefined && rest.length > 0) upstream.write(rest)
  // Each direction ends the other: a half-closed WebSocket has nothing left to say.
  const up = pipeline(client, upstream)
  const down = pipeline(upstream, client)
  await Promise.allSettled([up, down])
  reply.size = client.bytesWritten
}
