/** Reads a request body once, whole, within a limit and without trusting what the client says of its length. */

import type { IncomingMessage } from 'node:http'
import { type Readable, Transform } from 'node:stream'
import { TollError } from '../errors/registry.ts'
import { Bag, type Bagged } from './bag.ts'
import type { Exchange } from './exchange.ts'

/** The body; later calls give the same bytes. Throws TOLL_BODY_TOO_LARGE, TOLL_REQUEST_TIMEOUT, TOLL_BAD_REQUEST. */
export function readBody(exchange: Exchange, limit = 0): Promise<Buffer> {
  exchange.body ??= collect(exchange, smaller(limit, exchange.host.options.maxRequestBody))
  return limit === 0 ? exchange.body : exchange.body.then((body) => checked(body, limit))
}

/** The body as it comes. It ends with TOLL_BODY_TOO_LARGE, TOLL_REQUEST_TIMEOUT or TOLL_BAD_REQUEST where it is none to be sent on. */
export function streamBody({ incoming, host }: Exchange): Readable {
  const { maxRequestBody: limit, bodyTimeout } = host.options
  let size = 0
  const counter = new Transform({
    transform(piece: Buffer, _, done) {
      size += piece.length
      if (limit > 0 && size > limit) done(new TollError('TOLL_BODY_TOO_LARGE', { limit }))
      else done(null, piece)
    },
  })
  incoming.setTimeout(bodyTimeout, () => counter.destroy(new TollError('TOLL_REQUEST_TIMEOUT')))
  incoming.once('end', () => incoming.socket.setTimeout(0))
  const broken = () => counter.destroy(new TollError('TOLL_BAD_REQUEST'))
  incoming.once('error', broken)
  incoming.once('aborted', broken)
  // Whoever sends it hears of errors too; before and after that nobody does, which must not end the process.
  counter.on('error', () => undefined)
  // The connection is still needed for the answer: the rest is read and thrown away, the request not destroyed.
  counter.once('close', () => incoming.unpipe(counter).resume())
  return incoming.pipe(counter)
}

function checked(body: Buffer, limit: number): Buffer {
  if (body.length > limit) throw new TollError('TOLL_BODY_TOO_LARGE', { limit })
  return body
}

function smaller(a: number, b: number): number {
  if (a === 0) return b
  return b === 0 ? a : Math.min(a, b)
}

function collect({ incoming, host }: Exchange, limit: number): Promise<Buffer> {
  const declared = Number(incoming.headers['content-length'] ?? 0)
  if (limit > 0 && declared > limit) return Promise.reject(new TollError('TOLL_BODY_TOO_LARGE', { limit }))
  if (incoming.readableEnded) return Promise.resolve(Buffer.alloc(0))
  return new BodyReader(incoming, limit, host.options.bodyTimeout).whole
}

class BodyReader implements Bagged {
  place = -1
  readonly whole: Promise<Buffer>
  readonly #incoming: IncomingMessage
  readonly #limit: number
  readonly #timeout: number
  readonly #pieces: Buffer[] = []
  #size = 0
  #heardAt = performance.now()
  #resolve: (body: Buffer) => void = () => {}
  #reject: (error: TollError) => void = () => {}

  constructor(incoming: IncomingMessage, limit: number, timeout: number) {
    this.#incoming = incoming
    this.#limit = limit
    this.#timeout = timeout
    this.whole = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    incoming.on('data', (piece: Buffer) => this.#take(piece))
    incoming.on('end', () => this.#finish())
    const broken = () => this.#fail(new TollError('TOLL_BAD_REQUEST'))
    incoming.on('error', broken)
    incoming.on('aborted', broken)
    if (timeout > 0) slowReaders.add(this)
  }

  /** Gives up on a client that has been silent for too long. */
  check(now: number): void {
    if (now - this.#heardAt > this.#timeout) this.#fail(new TollError('TOLL_REQUEST_TIMEOUT'))
  }

  #take(piece: Buffer): void {
    this.#size += piece.length
    this.#heardAt = performance.now()
    if (this.#limit === 0 || this.#size <= this.#limit) this.#pieces.push(piece)
    else this.#fail(new TollError('TOLL_BODY_TOO_LARGE', { limit: this.#limit }))
  }

  #finish(): void {
    slowReaders.delete(this)
    const [only] = this.#pieces
    this.#resolve(this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces, this.#size))
  }

  /** What still comes is read and forgotten, so that the answer can be sent. */
  #fail(error: TollError): void {
    slowReaders.delete(this)
    this.#incoming.removeAllListeners('data')
    this.#incoming.resume()
    this.#reject(error)
  }
}

/** Bodies under way. One timer looks after all of them: nearly every body is there before a timer of its own would be set up. */
const slowReaders = new Bag<BodyReader>()

setInterval(() => {
  const now = performance.now()
  for (const reader of slowReaders) reader.check(now)
}, 1000).unref()
