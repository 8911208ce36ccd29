/** Brings an upstream's answer to the client: through transform and filters, piece by piece, never faster than the client reads. */

import { TollError } from '../errors/registry.ts'
import type { BodyTransform } from '../upstream/call.ts'
import type { UpstreamFailure } from '../upstream/send.ts'
import type { ResponseHead } from '../upstream/types.ts'
import type { Exchange } from './exchange.ts'
import { addOwnHeaders } from './own-headers.ts'
import type { PluginInstance } from './plugin-instance.ts'

/** What an answer needs of the runner. */
export interface Phases {
  readonly exchange: Exchange
  list(phase: 'response' | 'bodyFilter'): readonly PluginInstance[]
  filterHeaders(): void
  filterBody(piece: Buffer, last: boolean): Buffer
  respond(body: Buffer): Promise<void>
}

export class AnswerWriter {
  /** The client has seen the head; what fails from here on can only cut the answer short. */
  committed = false
  /** The last byte was handed over, or the answer is the runner's to give. */
  finished = false
  readonly #phases: Phases
  readonly #exchange: Exchange
  readonly #onDrain: () => void
  readonly #filtersBody: boolean
  /** A plugin wants the body whole. */
  readonly #whole: boolean
  #transform: BodyTransform | null = null
  /** Bytes that the head promised and that have not come; NaN where it promised nothing. */
  #missing = Number.NaN
  #pieces: (Buffer | string)[] = []
  #buffered = 0
  #waiting = false

  constructor(phases: Phases, onDrain: () => void) {
    this.#phases = phases
    this.#exchange = phases.exchange
    this.#onDrain = onDrain
    this.#filtersBody = phases.list('bodyFilter').length > 0
    this.#whole = phases.list('response').length > 0
  }

  begin(head: ResponseHead, transform: BodyTransform | null): void {
    this.#missing = Number(head.headers['content-length'] ?? Number.NaN)
    this.#transform = transform
    if (!this.#whole && !transform?.holding) this.#commit()
  }

  /** False: no more until `onDrain` is called. */
  push(chunk: Buffer): boolean {
    this.#missing -= chunk.length
    const piece = this.#transform === null ? chunk : this.#transform.push(chunk)
    if (piece === null) return true
    const bytes = toBytes(piece)
    if (this.#whole || this.#transform?.holding) return this.#hold(bytes)
    if (!this.committed) this.#commit()
    // The last piece and the end of the answer go out together.
    if (this.#missing === 0 && this.#transform === null && !this.#filtersBody) {
      this.finished = true
      this.#exchange.reply.size += bytes.length
      this.#exchange.outgoing.end(bytes)
      return true
    }
    return this.#write(bytes)
  }

  /** Everything came. A promise only where a plugin wants the body whole. */
  end(): void | Promise<void> {
    const rest = this.#transform === null ? null : this.#transform.end()
    if (this.finished) return
    if (this.#whole) {
      if (rest !== null) this.#hold(toBytes(rest))
      return this.#endWhole()
    }
    if (this.committed) this.#endStream(rest)
    else {
      if (rest !== null) this.#pieces.push(rest)
      this.#sendHeld()
    }
  }

  /** The upstream failed after the head was sent: its format's last words, or an end that no client takes for a good one. */
  fail(failure: UpstreamFailure): void {
    const { outgoing, reply, host, id } = this.#exchange
    this.finished = true
    let words: Buffer | string | null = null
    try {
      words = this.#transform?.fail(failure) ?? null
    } catch (error) {
      host.logger.error('the end of an answer failed', { request_id: id, error })
    }
    if (words === null) outgoing.destroy()
    else {
      reply.size += Buffer.byteLength(words)
      outgoing.end(words)
    }
  }

  #commit(): void {
    const { reply, outgoing } = this.#exchange
    if (this.#transform !== null || this.#filtersBody) reply.headers.delete('content-length')
    this.#phases.filterHeaders()
    addOwnHeaders(this.#exchange)
    this.committed = true
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
        this.#onDrain()
      })
    }
    return false
  }

  #hold(piece: Buffer): true {
    const limit = this.#exchange.host.options.maxBufferedResponse
    this.#buffered += piece.length
    if (this.#buffered > limit) throw new TollError('TOLL_UPSTREAM_TOO_LARGE', { limit })
    this.#pieces.push(piece)
    return true
  }

  #endStream(rest: Buffer | string | null): void {
    const { reply, outgoing } = this.#exchange
    this.finished = true
    const last = this.#filtersBody ? this.#phases.filterBody(toBytes(rest ?? ''), true) : rest
    if (last === null || last.length === 0) outgoing.end()
    else {
      reply.size += Buffer.byteLength(last)
      outgoing.end(last)
    }
  }

  /** An answer that was held back goes out at once, with its length. */
  #sendHeld(): void {
    const { reply, outgoing, request } = this.#exchange
    this.finished = true
    this.#phases.filterHeaders()
    const body = this.#heldBody()
    const size = Buffer.byteLength(body)
    if (request.method !== 'HEAD' && reply.status !== 204 && reply.status !== 304) {
      reply.headers.set('Content-Length', String(size))
    }
    addOwnHeaders(this.#exchange)
    this.committed = true
    outgoing.writeHead(reply.status, reply.headers.toRaw())
    reply.size += size
    outgoing.end(body)
  }

  /** A lone text stays one: Node sends it and the head in one piece. */
  #heldBody(): Buffer | string {
    const [only] = this.#pieces
    if (!this.#filtersBody && this.#pieces.length === 1 && only !== undefined) return only
    return this.#phases.filterBody(Buffer.concat(this.#pieces.map(toBytes)), true)
  }

  async #endWhole(): Promise<void> {
    await this.#phases.respond(Buffer.concat(this.#pieces.map(toBytes)))
    if (this.#exchange.reply.exit !== undefined) this.finished = true
    else this.#sendHeld()
  }
}

function toBytes(piece: Buffer | string): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece) : piece
}
