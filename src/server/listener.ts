/** A listening socket: HTTP/1.1 with limits on what a client may send, and clear answers to what is not HTTP. */

import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { errorBody } from '../errors/bodies.ts'
import { TollError } from '../errors/registry.ts'
import { requestId } from '../http/request-id.ts'
import type { Listener, Settings } from '../settings/index.ts'

export interface ListenerOptions {
  readonly listener: Listener
  readonly settings: Settings
  /** Several threads may listen on the port at once. */
  readonly shared: boolean
  /** For an `ssl` listener. */
  readonly tls?: ServerOptions | undefined
  readonly handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void
  readonly handleUpgrade?: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void
}

export class HttpListener {
  readonly server: Server
  readonly #options: ListenerOptions

  constructor(options: ListenerOptions) {
    const { settings, listener, tls } = options
    this.#options = options
    const limits: ServerOptions = {
      maxHeaderSize: settings.client_header_max_size,
      headersTimeout: settings.client_header_timeout * 1000,
      // Node would look for slow clients every 30 seconds, whatever the limit.
      connectionsCheckingInterval: Math.max(100, Math.min(5000, settings.client_header_timeout * 500)),
      // Bodies have a time limit of their own, between two pieces: a long upload is not a slow one.
      requestTimeout: 0,
      keepAliveTimeout: settings.keepalive_timeout * 1000,
      // Answered by the gateway itself, with a request id.
      requireHostHeader: false,
      noDelay: true,
    }
    this.server = listener.ssl && tls ? createTlsServer({ ...tls, ...limits }) : createServer(limits)
    this.server.on('request', options.handle)
    this.server.on('checkContinue', (incoming, outgoing) => {
      outgoing.writeContinue()
      options.handle(incoming, outgoing)
    })
    this.server.on('checkExpectation', (_, outgoing) => refuse(outgoing, new TollError('TOLL_EXPECTATION_FAILED')))
    if (options.handleUpgrade) this.server.on('upgrade', options.handleUpgrade)
    this.server.on('clientError', (error, socket) => answerGarbage(error, socket, settings.client_header_max_size))
  }

  /** Resolves with the address, as in `http://127.0.0.1:8000`. Rejects where the port is taken. */
  listen(): Promise<string> {
    const { listener, shared } = this.#options
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(
        { host: listener.host, port: listener.port, backlog: listener.backlog ?? 16384, reusePort: shared },
        () => {
          this.server.off('error', reject)
          resolve(this.url)
        },
      )
    })
  }

  get url(): string {
    const address = this.server.address()
    if (!isAddressInfo(address)) return ''
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
    return `${this.#options.listener.ssl ? 'https' : 'http'}://${host}:${address.port}`
  }

  get port(): number {
    const address = this.server.address()
    return isAddressInfo(address) ? address.port : 0
  }

  /** Takes no new connections and lets go of idle ones; requests under way go on. */
  stop(): void {
    this.server.close()
    this.server.closeIdleConnections()
  }

  destroy(): void {
    this.server.closeAllConnections()
  }
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

function refuse(outgoing: ServerResponse, error: TollError): void {
  const id = requestId()
  const { type, body } = errorBody(null, error.status, error.message, id, undefined)
  outgoing.writeHead(error.status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'X-Kong-Request-Id': id,
    Connection: 'close',
  })
  outgoing.end(body)
}

/** What the parser refused never became a request; the answer is written by hand, and the connection ends. */
function answerGarbage(error: Error & { code?: string; reason?: string }, socket: Duplex, headerLimit: number): void {
  if (!socket.writable || error.code === 'ECONNRESET' || alreadyAnswered(socket)) {
    socket.destroy(error)
    return
  }
  const problem = toTollError(error, headerLimit)
  const id = requestId()
  const { type, body } = errorBody(null, problem.status, problem.message, id, undefined)
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `X-Kong-Request-Id: ${id}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** An answer that has begun cannot be followed by another. */
function alreadyAnswered(socket: Duplex): boolean {
  const message = '_httpMessage' in socket ? socket._httpMessage : null
  return typeof message === 'object' && message !== null && 'headersSent' in message && message.headersSent === true
}

function toTollError(error: Error & { code?: string; reason?: string }, limit: number): TollError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new TollError('TOLL_HEADERS_TOO_LARGE', { limit })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new TollError('TOLL_REQUEST_TIMEOUT')
    default:
      return new TollError('TOLL_MALFORMED', { reason: error.reason ?? 'it is not HTTP' })
  }
}

/** Connections that are open now. */
export function openConnections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}
