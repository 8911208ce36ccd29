/** Drives a call: sends its tries one after the other, and hands the answer of the one that works to the writer. */

import type { Duplex } from 'node:stream'
import { TollError } from '../errors/registry.ts'
import type { Attempt, UpstreamCall } from '../upstream/call.ts'
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
      this.#nextTry()
    })
  }

  head(head: ResponseHead): boolean {
    this.#noteHead(head)
    try {
      this.#writer.begin(head, this.#call.receive(head))
    } catch (error) {
      this.#giveUp(error)
    }
    return true
  }

  data(chunk: Buffer): boolean {
    try {
      return this.#writer.push(chunk)
    } catch (error) {
      this.#giveUp(error)
      return true
    }
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
    if (this.#try && failure.kind !== 'aborted') {
      this.#try.state = 'failed'
      // As nginx counts a try that brought no status.
      this.#try.code ??= failure.kind === 'timeout' ? 504 : 502
    }
    if (this.#writer.finished || this.#exchange.aborted) this.#resolve()
    else if (this.#writer.committed) {
      this.#writer.fail(failure)
      this.#resolve()
    } else if (!this.#answered && this.#mayRetry(failure)) this.#nextTry()
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

  /** Most calls have their next try at hand; a promise costs only those that have not. */
  #nextTry(): void {
    const startedAt = Date.now()
    const start = performance.now()
    try {
      const attempt = this.#call.next()
      if (attempt instanceof Promise) {
        attempt.then(
          (later) => this.#send(later, startedAt, start),
          (error: unknown) => this.#settle(error),
        )
      } else this.#send(attempt, startedAt, start)
    } catch (error) {
      this.#settle(error)
    }
  }

  #send({ request, lease }: Attempt, startedAt: number, start: number): void {
    const exchange = this.#exchange
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

  /** A transform or a filter failed: nothing more of this answer can be used. */
  #giveUp(error: unknown): void {
    if (!this.#writer.committed) {
      this.#settle(error)
      return
    }
    const { host, id, outgoing, phase, plugin } = this.#exchange
    const facts = { request_id: id, phase, plugin: plugin?.definition.name, error }
    host.logger.error('an answer failed on its way to the client', facts)
    this.#writer.finished = true
    outgoing.destroy()
    this.#control?.abort()
  }

  #settle(error: unknown): void {
    this.#writer.finished = true
    this.#letGo()
    this.#reject(error)
    this.#control?.abort()
  }
}

function toError(failure: UpstreamFailure): TollError {
  // The client's own body failed while it was sent on.
  if (failure.cause instanceof TollError) return failure.cause
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
