/** A way to Redis that a test can cut, freeze, close and open again, all on one port. */

import { connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { listenLocally, portOf } from '../support/listen-locally.ts'

export class Relay {
  readonly #target: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Connections so far. */
  connections = 0
  #frozen = false
  port = 0

  /** With `tls` the relay speaks TLS with its clients. */
  constructor(target: number, tls?: TlsOptions) {
    this.#target = target
    const accept = (socket: Socket) => this.#accept(socket)
    this.#server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept)
  }

  async start(): Promise<this> {
    await listenLocally(this.#server)
    this.port = portOf(this.#server)
    return this
  }

  /** Breaks every connection; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Takes what clients send, and connections too, and passes nothing on. */
  freeze(): void {
    this.#frozen = true
  }

  /** Connections made while it was frozen stay silent. */
  thaw(): void {
    this.#frozen = false
  }

  /** Refuses connections. */
  async close(): Promise<void> {
    this.cut()
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve))
  }

  async reopen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.port, '127.0.0.1', resolve)
    })
  }

  #accept(socket: Socket): void {
    this.connections++
    const behind = connect(this.#target, '127.0.0.1')
    for (const [from, to] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      this.#sockets.add(from)
      from.on('data', (piece) => {
        if (!this.#frozen) to.write(piece)
      })
      from.on('error', () => from.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
    }
  }
}
