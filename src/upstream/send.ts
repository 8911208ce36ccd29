/** Sends one request to one address and tells how it goes; one object per request serves undici and the caller alike. */

import { type Duplex, Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { type FailurePhase, isOfIdleConnection, toFailure, UpstreamFailure } from './failure.ts'
import type { PoolEntry, Pools } from './pools.ts'
import { type Parsed, ReceivedHead, toHeaders } from './received-head.ts'
import type { UpstreamControl, UpstreamHandler, UpstreamRequest } from './types.ts'

export { UpstreamFailure } from './failure.ts'
export type { UpstreamControl, UpstreamHandler } from './types.ts'

/**
 * Sends a request. Every outcome, a refused connection included, is told to the handler; nothing is thrown. Redirects are
 * answers like any other.
 */
export function send(pools: Pools, request: UpstreamRequest, handler: UpstreamHandler): UpstreamControl {
  const sending = new Sending(pools, request, handler)
  sending.start()
  return sending
}

/** undici takes a servername, though its types do not say so. */
interface Options extends Dispatcher.DispatchOptions {
  servername: string
}

/** How often a try that has sent nothing begins again on another connection. */
const maxRestarts = 2

class Sending implements Dispatcher.DispatchHandler, UpstreamControl {
  readonly #pools: Pools
  readonly #request: UpstreamRequest
  readonly #handler: UpstreamHandler
  #entry: PoolEntry | null = null
  #controller: Dispatcher.DispatchController | null = null
  #phase: FailurePhase = 'connect'
  #over = false
  #restarts = 0
  #timer: NodeJS.Timeout | null = null

  constructor(pools: Pools, request: UpstreamRequest, handler: UpstreamHandler) {
    this.#pools = pools
    this.#request = request
    this.#handler = handler
  }

  start(): void {
    if (this.#pools.closed) {
      this.#fail(new UpstreamFailure('aborted', 'connect', 'the gateway is shutting down'))
      return
    }
    const { total } = this.#request.timeouts
    if (total > 0) this.#timer = setTimeout(onTotalTimeout, total, this).unref()
    this.#dispatch()
  }

  resume(): void {
    this.#controller?.resume()
  }

  abort(): void {
    this.#give(new UpstreamFailure('aborted', this.#phase, 'the request was aborted'))
  }

  timeOut(): void {
    this.#give(new UpstreamFailure('timeout', this.#phase, 'the answer took too long'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#over) {
      controller.abort(new UpstreamFailure('aborted', 'connect', 'the request was aborted'))
      return
    }
    this.#controller = controller
    this.#phase = 'firstByte'
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Parsed): void {
    if (status < 200) return
    this.#phase = 'body'
    if (!this.#handler.head(new ReceivedHead(status, headers, controller.rawHeaders))) controller.pause()
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#handler.data(chunk)) controller.pause()
  }

  onResponseEnd(_: Dispatcher.DispatchController, trailers: Parsed): void {
    if (this.#settle()) this.#handler.end(toHeaders(trailers))
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController, status: number, headers: Parsed, socket: Duplex): void {
    if (this.#settle()) this.#handler.upgrade(new ReceivedHead(status, headers, controller.rawHeaders), socket)
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#over) return
    if (this.#phase === 'connect' && this.#restarts < maxRestarts && isOfIdleConnection(error)) {
      this.#restarts += 1
      this.#leave()
      this.#dispatch()
      return
    }
    this.#fail(toFailure(error, this.#phase))
  }

  #dispatch(): void {
    const { method, path, headers, body, timeouts, upgrade } = this.#request
    const entry = this.#enter()
    if (entry === null) return
    const options: Options = {
      method,
      path,
      headers: headers.slice(),
      body: body === null || Buffer.isBuffer(body) || body instanceof Readable ? body : Readable.from(body),
      headersTimeout: timeouts.firstByte,
      bodyTimeout: timeouts.idle,
      servername: entry.servername,
    }
    if (upgrade !== undefined) options.upgrade = upgrade
    // Beyond the connections that may be kept, each serves one request.
    if (entry.running > this.#pools.keepaliveSize) options.reset = true
    entry.pool.dispatch(options, this)
  }

  #enter(): PoolEntry | null {
    try {
      const entry = this.#pools.entryFor(this.#request)
      this.#entry = entry
      entry.running += 1
      return entry
    } catch (error) {
      this.#fail(toFailure(error, 'connect'))
      return null
    }
  }

  /** Ends the try from this side. */
  #give(failure: UpstreamFailure): void {
    if (this.#over) return
    const controller = this.#controller
    // The handler hears of it first: undici would tell it too, through onResponseError, but only once a connection is there.
    this.#fail(failure)
    controller?.abort(failure)
  }

  #fail(failure: UpstreamFailure): void {
    if (this.#settle()) this.#handler.error(failure)
  }

  /** True for the first to ask. */
  #settle(): boolean {
    if (this.#over) return false
    this.#over = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#leave()
    return true
  }

  #leave(): void {
    if (this.#entry !== null) this.#entry.running -= 1
    this.#entry = null
  }
}

function onTotalTimeout(sending: Sending): void {
  sending.timeOut()
}
