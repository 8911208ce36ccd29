/** One LLM call: sends it to its target, times it, and judges the answer. */

import { TollError } from '../errors/registry.ts'
import { isHeaderValue } from '../http/headers.ts'
import type { Attempt, BodyTransform, CallContext, LocalAnswer, UpstreamCall } from '../upstream/call.ts'
import type { UpstreamFailure } from '../upstream/send.ts'
import type { Address, Lease, ResponseHead, UpstreamRequest } from '../upstream/types.ts'
import { costOf } from './cost.ts'
import { credentialHeaders, signedHeaders, withQueryCredential } from './credential.ts'
import { ErrorTransform, encodingOf } from './error-transform.ts'
import type { LlmRecord } from './record.ts'
import { authority, type Target, tlsFor } from './target.ts'
import { RecordPayload } from './transforms/record-payload.ts'
import type { Wire } from './wire.ts'

export interface LlmCallOptions {
  readonly target: Target
  readonly wire: Wire
  readonly record: LlmRecord
  /** Whether a good answer names the model in X-Kong-LLM-Model. */
  readonly modelHeader: boolean
  /** Milliseconds. */
  readonly timeouts?: { readonly connect: number; readonly read: number } | undefined
}

/** Headers of a provider's answer that a client may see. */
const passedOn = ['content-type', 'retry-after', 'retry-after-ms', 'x-should-retry', 'openai-processing-ms'] as const

const usual = { connect: 60_000, read: 60_000 }

export class LlmCall implements UpstreamCall {
  readonly retries = 5
  readonly #options: LlmCallOptions
  readonly #tried: Address[] = []
  #context: CallContext | null = null
  #sentAt = 0
  #payload: RecordPayload | null = null

  constructor(options: LlmCallOptions) {
    this.#options = options
  }

  start(context: CallContext): LocalAnswer | undefined | Promise<LocalAnswer | undefined> {
    this.#context = context
    this.#sentAt = performance.now()
    return this.#options.wire.prepare(context)
  }

  next(): Attempt | Promise<Attempt> {
    const context = this.#started()
    const { endpoint, provider } = this.#options.target
    if (endpoint === null)
      throw new TollError('TOLL_LLM_UNSUPPORTED', { provider: provider.name, what: 'this request' })
    const lease = context.balancer(endpoint.host, endpoint.port).pick(context.pickContext, this.#tried)
    return lease instanceof Promise ? lease.then((given) => this.#attempt(given)) : this.#attempt(lease)
  }

  /** A call costs money: it is repeated only where the provider cannot have seen it. */
  mayRetry(failure: UpstreamFailure, _request: UpstreamRequest): boolean {
    return failure.phase === 'connect' && failure.kind !== 'aborted'
  }

  receive(head: ResponseHead): BodyTransform | null {
    const context = this.#started()
    const { wire, record, target, modelHeader } = this.#options
    for (const name of passedOn) {
      const value = head.headers[name]
      if (typeof value === 'string') context.replyHeaders.set(name, value)
    }
    context.replyHeaders.set('X-Request-Id', context.requestId)
    if (head.status !== 200) return new ErrorTransform(wire, head, context)
    const encoding = encodingOf(head)
    if (encoding !== null) {
      const reason = `it is encoded as ${encoding}, which was not asked for`
      throw new TollError('TOLL_LLM_UPSTREAM', { provider: target.provider.name, reason })
    }
    if (modelHeader) context.replyHeaders.set('X-Kong-LLM-Model', modelName(target.provider.name, record.requestModel))
    const transform = wire.receive(head, context)
    if (transform === null) return null
    const timed = new TimedTransform(transform, record, this.#sentAt)
    if (!record.logPayloads) return timed
    this.#payload = new RecordPayload(timed, record, context)
    return this.#payload
  }

  done(aborted: boolean): void {
    const { wire, record, target } = this.#options
    wire.done(aborted)
    if (record.logPayloads) record.requestBody = this.#started().redact(wire.body().toString('utf8'))
    this.#payload?.keep()
    record.latency = performance.now() - this.#sentAt
    record.cost = costOf(record.usage, target.model.options)
  }

  #started(): CallContext {
    if (this.#context === null) throw new TypeError('the call was not started')
    return this.#context
  }

  #attempt(lease: Lease): Attempt {
    const context = this.#started()
    const { wire, target, timeouts = usual } = this.#options
    const { endpoint, auth } = target
    if (endpoint === null) throw new TypeError('a target without an endpoint has no attempts')
    this.#tried.push(lease.address)
    this.#sentAt = performance.now()
    const body = wire.body()
    const headers = ['Host', authority(endpoint), 'Content-Type', 'application/json', 'Accept-Encoding', 'identity']
    headers.push('User-Agent', `tollgate/${context.version}`, 'Content-Length', String(body.length), ...wire.headers())
    for (const [name, value] of Object.entries(target.provider.headers?.(target.model.options) ?? {})) {
      headers.push(name, value)
    }
    const path = withQueryCredential(endpoint.fullPath ?? endpoint.basePath + wire.path, auth)
    headers.push(...credentialHeaders(target, context))
    headers.push(...signedHeaders(target, { method: 'POST', path, contentType: 'application/json', body }))
    return {
      lease,
      request: {
        scheme: endpoint.scheme,
        address: lease.address,
        method: 'POST',
        path,
        headers,
        body,
        timeouts: {
          connect: timeouts.connect,
          firstByte: timeouts.read,
          idle: timeouts.read,
          total: context.totalTimeout,
        },
        tls: tlsFor(endpoint, context.verifyTls),
      },
    }
  }
}

/** Not every name fits into a header. */
function modelName(provider: string, model: string): string {
  const name = `${provider}/${model}`
  return isHeaderValue(name) ? name : encodeURI(name.toWellFormed())
}

/** Notes when the first piece of a good answer came. */
class TimedTransform implements BodyTransform {
  readonly #inner: BodyTransform
  readonly #record: LlmRecord
  readonly #sentAt: number

  constructor(inner: BodyTransform, record: LlmRecord, sentAt: number) {
    this.#inner = inner
    this.#record = record
    this.#sentAt = sentAt
  }

  get holding(): boolean {
    return this.#inner.holding
  }
  push(chunk: Buffer): Buffer | string | null {
    this.#record.timeToFirstToken ??= performance.now() - this.#sentAt
    return this.#inner.push(chunk)
  }
  end(): Buffer | string | null {
    return this.#inner.end()
  }
  fail(failure: UpstreamFailure): Buffer | string | null {
    return this.#inner.fail(failure)
  }
}
