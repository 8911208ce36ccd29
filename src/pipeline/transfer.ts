/** Drives a call: sends its tries, and brings the answer to the client piece by piece, never faster than the client reads. */

import type { Duplex } from 'node:stream'
import { TollError } from '../errors/registry.ts'
import type { BodyTransform, UpstreamCall } from '../upstream/call.ts'
import { send, type UpstreamControl, type UpstreamFailure, type UpstreamHandler } from '../upstream/send.ts'
import type { Lease, ResponseHead, UpstreamRequest } from '../upstream/types.ts'
import type { Exchange, Try } from './exchange.ts'
import { addOwnHeaders } from './own-headers.ts'
import type { PluginInstance } from './plugin-instance.ts'
import { tunnel } from './tunnel.ts'

/** What the transfer needs of the runner. */
interface Phases {
  readonly exchange: Exchange
  list(phase: 'response' | 'bodyFilter'): readonly PluginInstance[]
  filterHeaders(): void
  filterBody(piece: Buffer, last: boolean): Buffer
  respond(body: Buffer): Promise<void>
}

export class Transfer implements UpstreamHandler {
  readonly #phases: Phases
  readonly #exchange: Exchange
  readonly #call: UpstreamCall
  readonly #filtersBody: boolean
  readonly #whole: boolean
  #control: UpstreamControl | null = null
  #lease: Lease | null = null
  #request: UpstreamRequest | null = null
  #try: Try | null = null
  #transform: BodyTransform | null = null
  #head: ResponseHead | null = null
  #pieces: (Buffer | string)[] = []
  #buffered = 0
  /** Bytes that the head promised and that have not come; NaN where it promised nothing. */
  #missing = Number.NaN
  #committed = false
  #finished = false
  #waiting = false
  #resolve: () => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor(phases: Phases, call: UpstreamCall) {
    this.#phases = phases
    this.#exchange = phases.exchange
    this.#call = call
    const lists = phases.exchange.lists
    this.#filtersBody = (lists?.bodyFilter.length ?? 0) > 0
    this.#whole = (lists?.response.length ?? 0) > 0
  }

  /** Resolves once the answer is with the client, or is the runner's to give; rejects with the error to be told. */
  run(): Promise<void> {
    const { outgoing } = this.#exchange
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      if (outgoing.closed) return this.#clientLeft()
      outgoing.once('close', () => this.#clientLeft())
      void this.#nextTry()
    })
  }

  head(head: ResponseHead): boolean {
    const { reply, marks } = this.#exchange
    marks.head = performance.now()
    this.#lease?.answered(head.status, marks.head - marks.sent)
    if (this.#try) this.#try.code = head.status
    this.#head = head
    reply.status = head.status
    reply.source = 'service'
    this.#exchange.upstreamStatus = head.status
    this.#exchange.upstreamHeaders = head.headers
    this.#missing = Number(head.headers['content-length'] ?? Number.NaN)
    this.#transform = this.#call.receive(head)
    if (!this.#whole && !this.#transform?.holding) this.#commit()
    return true
  }

  data(chunk: Buffer): boolean {
    this.#missing -= chunk.length
    const piece = this.#transform === null ? chunk : toBuffer(this.#transform.push(chunk))
    if (piece === null) return true
    if (this.#whole || this.#transform?.holding) return this.#buffer(piece)
    if (!this.#committed) this.#commit()
    // The last piece and the end of the answer go out together.
    if (this.#missing === 0 && this.#transform === null && !this.#filtersBody) {
      this.#finished = true
      this.#exchange.reply.size += piece.length
      this.#exchange.outgoing.end(piece)
      return true
    }
    return this.#write(piece)
  }

  end(): void {
    this.#lease?.release()
    this.#lease = null
    try {
      const rest = this.#transform === null ? null : this.#transform.end()
      if (this.#whole) {
        if (rest !== null) this.#buffer(toBytes(rest))
        void this.#respondWhole()
        return
      }
      this.#finish(rest)
    } catch (error) {
      this.#settle(error)
    }
  }

  error(failure: UpstreamFailure): void {
    const { exchange } = this.#phases
    this.#lease?.[failure.kind === 'aborted' ? 'release' : 'failed'](failure.kind === 'timeout' ? 'timeout' : 'tcp')
    if (failure.kind !== 'aborted') this.#lease?.release()
    this.#lease = null
    if (this.#try) this.#try.state = 'failed'
    if (this.#finished || exchange.aborted) {
      this.#resolve()
      return
    }
    if (this.#committed) {
      this.#failCommitted(failure)
      return
    }
    if (this.#head === null && this.#request !== null && this.#mayRetry(failure, this.#request)) {
      void this.#nextTry()
      return
    }
    this.#settle(toError(failure))
  }

  upgrade(head: ResponseHead, socket: Duplex): void {
    const { exchange } = this.#phases
    exchange.marks.head = performance.now()
    this.#lease?.answered(head.status, exchange.marks.head - exchange.marks.sent)
    exchange.reply.status = head.status
    exchange.reply.source = 'service'
    exchange.upstreamStatus = head.status
    this.#finished = true
    void tunnel(exchange, head, socket).finally(() => {
      this.#lease?.release()
      this.#lease = null
      this.#resolve()
    })
  }

  async #nextTry(): Promise<void> {
    const { exchange } = this.#phases
    const startedAt = Date.now()
    const start = performance.now()
    try {
      const { request, lease } = await this.#call.next()
      if (exchange.aborted) {
        lease.release()
        return this.#resolve()
      }
      this.#lease = lease
      this.#request = request
      exchange.marks.sent = performance.now()
      this.#try = { address: request.address, startedAt, latency: exchange.marks.sent - start }
      exchange.tries.push(this.#try)
      this.#control = send(exchange.host.pools, request, this)
    } catch (error) {
      this.#settle(error)
    }
  }

  #mayRetry(failure: UpstreamFailure, request: UpstreamRequest): boolean {
    return this.#exchange.tries.length <= this.#call.retries && this.#call.mayRetry(failure, request)
  }

  /** From here on the client sees the answer; what fails now can only cut it short. */
  #commit(): void {
    const { exchange } = this.#phases
    const { reply, outgoing } = exchange
    if (this.#transform !== null || this.#filtersBody) {
      if (!this.#whole) reply.headers.delete('content-length')
    }
    this.#phases.filterHeaders()
    addOwnHeaders(exchange)
    this.#committed = true
    outgoing.writeHead(reply.status, reply.headers.toRaw())
    for (const piece of this.#pieces) this.#write(toBytes(piece))
    this.#pieces = []
  }

  #write(piece: Buffer): boolean {
    const { reply, outgoing } = this.#exchange
    const bytes = this.#filtersBody ? this.#phases.filterBody(piece, false) : piece
    if (bytes.length === 0) return true
    reply.size += bytes.length
    if (outgoing.write(bytes)) return true
    if (!this.#waiting) {
      this.#waiting = true
      outgoing.once('drain', () => {
        this.#waiting = false
        this.#control?.resume()
      })
    }
    return false
  }

  #buffer(piece: Buffer): boolean {
    const limit = this.#exchange.host.options.maxBufferedResponse
    this.#buffered += piece.length
    if (this.#buffered > limit) throw new TollError('TOLL_UPSTREAM_TOO_LARGE', { limit })
    this.#pieces.push(piece)
    return true
  }

  /** Everything came. An answer that was held back goes out at once, with its length. */
  #finish(rest: Buffer | string | null): void {
    const { reply, outgoing, request } = this.#exchange
    if (this.#finished) {
      this.#resolve()
      return
    }
    this.#finished = true
    if (!this.#committed) {
      if (rest !== null) this.#pieces.push(rest)
      this.#phases.filterHeaders()
      const body = this.#wholeBody()
      const size = Buffer.byteLength(body)
      if (request.method !== 'HEAD' && reply.status !== 204 && reply.status !== 304) {
        reply.headers.set('Content-Length', String(size))
      }
      addOwnHeaders(this.#exchange)
      this.#committed = true
      outgoing.writeHead(reply.status, reply.headers.toRaw())
      reply.size += size
      outgoing.end(body)
      this.#resolve()
      return
    }
    const bytes = rest === null ? null : toBytes(rest)
    const last = this.#filtersBody ? this.#phases.filterBody(bytes ?? Buffer.alloc(0), true) : bytes
    if (last !== null) reply.size += last.length
    outgoing.end(last !== null && last.length > 0 ? last : undefined)
    this.#resolve()
  }

  /** What was held back. A lone text stays one: Node sends it and the head in one piece. */
  #wholeBody(): Buffer | string {
    const pieces = this.#pieces
    this.#pieces = []
    const [only] = pieces
    if (!this.#filtersBody && pieces.length === 1 && only !== undefined) return only
    return this.#phases.filterBody(Buffer.concat(pieces.map(toBytes)), true)
  }

  async #respondWhole(): Promise<void> {
    try {
      await this.#phases.respond(Buffer.concat(this.#pieces.map(toBytes)))
      if (this.#exchange.reply.exit !== undefined) {
        this.#finished = true
        this.#resolve()
      } else this.#finish(null)
    } catch (error) {
      this.#settle(error)
    }
  }

  #failCommitted(failure: UpstreamFailure): void {
    const { outgoing, reply } = this.#exchange
    this.#finished = true
    let words: Buffer | null = null
    try {
      words = toBuffer(this.#transform?.fail(failure) ?? null)
    } catch (error) {
      this.#exchange.host.logger.error('the end of an answer failed', { request_id: this.#exchange.id, error })
    }
    if (words !== null) {
      reply.size += words.length
      outgoing.end(words)
    } else outgoing.destroy()
    this.#resolve()
  }

  #clientLeft(): void {
    if (!this.#finished) {
      this.#exchange.aborted = true
      this.#finished = true
      this.#control?.abort()
      this.#lease?.release()
      this.#lease = null
    }
    this.#resolve()
  }

  #settle(error: unknown): void {
    this.#finished = true
    this.#lease?.release()
    this.#lease = null
    this.#reject(error)
    this.#control?.abort()
  }
}

function toBuffer(piece: Buffer | string | null): Buffer | null {
  return piece === null ? null : toBytes(piece)
}

function toBytes(piece: Buffer | string): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece) : piece
}

export function toError(failure: UpstreamFailure): unknown {
  // What a handler threw while the answer came in is told as it is.
  if (failure.cause instanceof TollError || (failure.cause instanceof Error && failure.cause.name === 'ChatFailure')) {
    return failure.cause
  }
  switch (failure.kind) {
    case 'timeout':
      return new TollError('TOLL_UPSTREAM_TIMEOUT', {}, { cause: failure })
    case 'connect':
    case 'tls':
      return new TollError('TOLL_UPSTREAM_UNREACHABLE', { reason: failure.reason }, { cause: failure })
    default:
      return new TollError('TOLL_UPSTREAM_INVALID', {}, { cause: failure })
  }
}
