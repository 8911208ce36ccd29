/** An upstream for tests that speaks no HTTP of its own: it sends the bytes it is given, however wrong. */

import { createServer, type Socket } from 'node:net'
import { listenLocally, portOf } from './listen-locally.ts'

export interface RawReply {
  readonly bytes: string | Uint8Array
  /** When to send: on the first bytes from the client (the default), or at once on connection. */
  readonly on?: 'data' | 'connect'
  /** What follows the bytes: a clean end (the default), a reset, or silence. */
  readonly after?: 'end' | 'reset' | 'keep'
}

export interface RawServer {
  readonly url: string
  readonly port: number
  /** What each connection has sent so far, in the order of connections. */
  readonly received: readonly Buffer[]
  close(): Promise<void>
}

/**
 * Starts a raw server on a free port of 127.0.0.1.
 *
 * @example
 * const upstream = await startRawServer({ bytes: 'HTTP/1.1 200 OK\r\nbad header\r\n\r\n', after: 'reset' })
 */
export async function startRawServer(reply: RawReply): Promise<RawServer> {
  const received: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const index = received.push(Buffer.alloc(0)) - 1
    let answered = false
    const answer = () => {
      if (answered) return
      answered = true
      socket.write(reply.bytes, () => finish(socket, reply.after ?? 'end'))
    }
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.on('data', (piece: Buffer) => {
      received[index] = Buffer.concat([received[index] ?? Buffer.alloc(0), piece])
      answer()
    })
    if (reply.on === 'connect') answer()
  })
  await listenLocally(server)
  const port = portOf(server)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function finish(socket: Socket, how: 'end' | 'reset' | 'keep'): void {
  if (how === 'end') socket.end()
  else if (how === 'reset') socket.resetAndDestroy()
}
