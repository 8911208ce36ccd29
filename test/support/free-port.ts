/** Finds a port for programs that cannot choose one themselves. */

import { createServer } from 'node:net'
import { listenLocally, portOf } from './listen-locally.ts'

/** A port of 127.0.0.1 that was free a moment ago; who uses it must be ready to try another. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await listenLocally(server)
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}
