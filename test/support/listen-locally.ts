/** Listens on a free port of 127.0.0.1, as every server of a test does. */

import { once } from 'node:events'
import type { Server } from 'node:net'

export async function listenLocally(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}

export function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port')
  return address.port
}
