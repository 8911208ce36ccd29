/** What the tests of the upstream layer share: raw servers, and a handler that remembers what it heard. */

import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { UpstreamFailure } from '../../src/upstream/failure.ts'
import type {
  Address,
  PickContext,
  ResponseHead,
  Timeouts,
  UpstreamHandler,
  UpstreamRequest,
} from '../../src/upstream/types.ts'

export interface RawServer {
  readonly port: number
  readonly address: Address
  /** Connections so far. */
  readonly sockets: Socket[]
  close(): Promise<void>
}

/** A TCP server on a free port; `respond` gets each connection's first bytes, and every later read. */
export async function rawServer(
  respond: (socket: Socket, received: string, read: number) => void,
  connected: (socket: Socket) => void = () => {},
): Promise<RawServer> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    let reads = 0
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk) => respond(socket, chunk.toString('latin1'), ++reads))
    connected(socket)
  })
  const port = await listen(server)
  return {
    port,
    address: { host: '127.0.0.1', port, hostname: '127.0.0.1' },
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Listens on a free port of 127.0.0.1 and returns it. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

export const noTimeouts: Timeouts = { connect: 5000, firstByte: 0, idle: 0, total: 0 }

export function requestTo(address: Address, changes: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    scheme: 'http',
    address,
    method: 'GET',
    path: '/',
    headers: ['host', 'upstream.test'],
    body: null,
    timeouts: noTimeouts,
    ...changes,
  }
}

/** Remembers everything; `done` resolves at the end, whatever it is. */
export class Recorder implements UpstreamHandler {
  head_: ResponseHead | null = null
  chunks: Buffer[] = []
  trailers: IncomingHttpHeaders | null = null
  failures: UpstreamFailure[] = []
  socket: Duplex | null = null
  ended = 0
  readonly done: Promise<void>
  readonly headed: Promise<void>
  readonly fed: Promise<void>
  #done: () => void = () => {}
  #headed: () => void = () => {}
  #fed: () => void = () => {}
  readonly #flow: boolean

  constructor(flow = true) {
    this.#flow = flow
    this.done = new Promise((resolve) => {
      this.#done = resolve
    })
    this.headed = new Promise((resolve) => {
      this.#headed = resolve
    })
    this.fed = new Promise((resolve) => {
      this.#fed = resolve
    })
  }

  get status(): number | undefined {
    return this.head_?.status
  }

  get body(): string {
    return Buffer.concat(this.chunks).toString()
  }

  get failure(): UpstreamFailure | undefined {
    return this.failures[0]
  }

  head(head: ResponseHead): boolean {
    this.head_ = head
    this.#headed()
    return true
  }

  data(chunk: Buffer): boolean {
    this.chunks.push(chunk)
    this.#fed()
    return this.#flow
  }

  end(trailers: IncomingHttpHeaders): void {
    this.trailers = trailers
    this.ended += 1
    this.#done()
  }

  error(failure: UpstreamFailure): void {
    this.failures.push(failure)
    this.#done()
  }

  upgrade(head: ResponseHead, socket: Duplex): void {
    this.head_ = head
    this.socket = socket
    this.#done()
  }
}

/** A context without consumer, headers, cookies or query. */
export function pickContext(changes: Partial<PickContext> = {}): PickContext {
  return {
    ip: '10.0.0.1',
    path: '/',
    header: () => undefined,
    cookie: () => undefined,
    query: () => undefined,
    uriCapture: () => undefined,
    setCookie: () => {},
    ...changes,
  }
}
