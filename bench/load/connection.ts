/** One keep-alive client connection, one request at a time, on a raw socket; it comes back by itself after a loss. */

import { connect, type Socket } from 'node:net'
import { type Finished, responseReader } from './response-reader.ts'

/** The end of one exchange; `failed` when the connection broke or the answer was not HTTP. */
export interface Exchange {
  readonly response: Finished | undefined
  readonly failed: string | undefined
  /** `performance.now()` at the first byte of the body, at the end, and when the request was written. */
  readonly sentAt: number
  readonly firstByteAt: number
  readonly endedAt: number
}

/** A connection that a load loop drives. */
export interface Connection {
  /** Sends `request`; `done` is called exactly once. Must not be called again before that. */
  send(request: Buffer, done: (exchange: Exchange) => void): void
  /** Server-sent events received over the life of the connection. */
  events(): number
  close(): void
}

/** Opens a connection to 127.0.0.1:`port`; connecting happens at the first `send`. */
export function openConnection(port: number, onBody?: (slice: Buffer) => void): Connection {
  let socket: Socket | undefined
  let waiting: ((exchange: Exchange) => void) | undefined
  let sentAt = 0
  let firstByteAt = 0
  let eventsBefore = 0
  let eventsNow = (): number => 0

  function settle(response: Finished | undefined, failed: string | undefined): void {
    const done = waiting
    waiting = undefined
    done?.({ response, failed, sentAt, firstByteAt, endedAt: performance.now() })
  }

  function dial(): Socket {
    const fresh = connect({ port, host: '127.0.0.1', noDelay: true })
    const reader = responseReader({
      onFirstByte: () => {
        firstByteAt = performance.now()
      },
      onFinished: (response) => settle(response, undefined),
      onBody,
    })
    eventsBefore += eventsNow()
    eventsNow = reader.eventsSoFar
    const lose = (reason: string): void => {
      fresh.destroy()
      if (socket !== fresh) return
      socket = undefined
      settle(undefined, reason)
    }
    fresh.on('data', (bytes: Buffer) => {
      try {
        reader.read(bytes)
      } catch (error) {
        lose(String(error))
      }
    })
    fresh.on('error', (error) => lose(error.message))
    fresh.on('close', () => lose('closed by the server'))
    return fresh
  }

  return {
    send(request, done) {
      waiting = done
      socket ??= dial()
      sentAt = performance.now()
      firstByteAt = 0
      socket.write(request)
    },
    events: () => eventsBefore + eventsNow(),
    close() {
      waiting = undefined
      const open = socket
      socket = undefined
      open?.destroy()
    },
  }
}
