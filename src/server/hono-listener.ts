/** A listening socket for the hono apps of those who run the gateway. */

import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Listener } from '../settings/index.ts'

export class HonoListener {
  readonly #app: Hono
  readonly #listener: Listener
  #server: ReturnType<typeof serve> | null = null

  constructor(app: Hono, listener: Listener) {
    this.#app = app
    this.#listener = listener
  }

  /** Resolves with the address, as in `http://127.0.0.1:8001`. */
  listen(): Promise<string> {
    const { host, port } = this.#listener
    return new Promise((resolve, reject) => {
      const server = serve({ fetch: this.#app.fetch, hostname: host, port }, (address) => {
        server.off('error', reject)
        const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
        resolve(`http://${name}:${address.port}`)
      })
      server.on('error', reject)
      this.#server = server
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#server === null) return resolve()
      this.#server.close(() => resolve())
      if ('closeAllConnections' in this.#server) this.#server.closeAllConnections()
    })
  }
}
