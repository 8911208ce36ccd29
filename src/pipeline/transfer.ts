/** Drives a call: sends its tries one after the other, and hands the answer of the one that works to the writer. */

import type { Duplex } from 'node:stream'
import { ChatFailure } from '../../providers/canonical/error.ts'
import { TollError } from '../errors/registry.ts'
import type { UpstreamCall } from '../upstream/call.ts'
import { send, type UpstreamControl, type UpstreamFailure, type UpstreamHandler } from '../upstream/send.ts'
import type { Lease, ResponseHead, UpstreamRequest } from '../upstream/types.ts'
import { AnswerWriter, type Phases } from './answer-writer.ts'
import type { Exchange, Try } from './exchange.ts'
import { tunnel } from './tunnel.ts'

export class Transfer implements UpstreamHandler {
  readonly #exchange: Exchange
  readonly #call: UpstreamCall
  readonly #writer: AnswerWriter
  #control: UpstreamControl | null = null
  #lease: Lease | null = null
  #request: UpstreamRequest | null = null
  #try: Try | null = null
  #answered = false
  #resolve: () => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor(phases: Phases, call: UpstreamCall) {
    this.#exchange = phases.exchange
    this.#call = call
    this.#writer = new AnswerWriter(phases, () => this.#control?.resume())
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
    this.#noteHead(head)
    this.#writer.begin(head, this.#call.receive(head))
    return true
  }

  data(chunk: Buffer): boolean {
    return this.#writer.push(chunk)
  }

  end(): void {
    this.#letGo()
    try {
      const whole = this.#writer.end()
      if (whole === undefined) this.#resolve()
      else whole.then(this.#resolve, (error: unknown) => this.#settle(error))
    } catch (error) {
      this.#settle(error)
    }
  }

  error(failure: UpstreamFailure): void {
    if (failure.kind !== 'aborted') this.#lease?.failed(failure.kind === 'timeout' ? 'timeout' : 'tcp')
    this.#letGo()
    if (this.#try) this.#try.state = 'failed'
    if (this.#writer.finished || this.#exchange.aborted) this.#resolve()
    else if (this.#writer.committed) {
      this.#writer.fail(failure)
      this.#resolve()
    } else if (!this.#answered && this.#mayRetry(failure)) void this.#nextTry()
    else this.#settle(toError(failure))
  }

  upgrade(head: ResponseHead, socket: Duplex): void {
    this.#noteHead(head)
    this.#writer.finished = true
    void tunnel(this.#exchange, head, socket).finally(() => {
      this.#letGo()
      this.#resolve()
    })
  }

  #noteHead(head: ResponseHead): void {
    const { reply, marks } = this.#exchange
    marks.head = performance.now()
    this.#answered = true
    this.#lease?.answered(head.status, marks.head - marks.sent)
    if (this.#try) this.#try.code = head.status
    reply.status = head.status
    reply.source = 'service'
    this.#exchange.upstreamStatus = head.status
    this.#exchange.upstreamHeaders = head.headers
  }

  async #nextTry(): Promise<void> {
    const exchange = this.#exchange
    const startedAt = Date.now()
    const start = performance.now()
    try {
      const { request, lease } = await this.#call.next()
      if (exchange.aborted) {
        lease.release()
        return
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

  #mayRetry(failure: UpstreamFailure): boolean {
    if (this.#request === null || this.#exchange.tries.length > this.#call.retries) return false
    return this.#call.mayRetry(failure, this.#request)
  }

  #letGo(): void {
    this.#lease?.release()
    this.#lease = null
  }

  #clientLeft(): void {
    if (!this.#writer.finished) {
      this.#exchange.aborted = true
      this.#writer.finished = true
      this.#control?.abort()
      this.#letGo()
    }
    this.#resolve()
  }

  #settle(error: unknown): void {
    this.#writer.finished = true
    this.#letGo()
    this.#reject(error)
    this.#control?.abort()
  }
}

function toError(failure: UpstreamFailure): unknown {
  // What a handler threw while the answer came in is told as it is.
  if (failure.cause instanceof TollError || failure.cause instanceof ChatFailure) return failure.cause
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
