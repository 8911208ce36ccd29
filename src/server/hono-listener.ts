/** A listening socket for the hono apps of those who run the gateway. */

import { createServer, type ServerOptions } from 'node:https'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Listener } from '../settings/index.ts'

export class HonoListener {
  readonly #app: Hono
  readonly #listener: Listener
  readonly #tls: ServerOptions | undefined
  #server: ReturnType<typeof serve> | null = null

  /** `tls` is for an `ssl` listener. */
  constructor(app: Hono, listener: Listener, tls?: ServerOptions) {
    this.#app = app
    this.#listener = listener
    this.#tls = listener.ssl ? tls : undefined
  }

  /** Resolves with the address, as in `http://127.0.0.1:8001`. */
  listen(): Promise<string> {
    const { host, port } = this.#listener
    return new Promise((resolve, reject) => {
      const secure = this.#tls ? { createServer, serverOptions: this.#tls } : {}
      const server = serve({ fetch: this.#app.fetch, hostname: host, port, ...secure }, (address) => {
        server.off('error', reject)
        const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
        resolve(`${this.#tls ? 'https' : 'http'}://${name}:${address.port}`)
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
