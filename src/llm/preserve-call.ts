/** Route type `preserve`: the request goes to the provider as it is, with the credential of the configuration. */

import { TollError } from '../errors/registry.ts'
import type { AccessPdk } from '../pdk/define-plugin.ts'
import type { Attempt, BodyTransform, CallContext, UpstreamCall } from '../upstream/call.ts'
import type { UpstreamFailure } from '../upstream/send.ts'
import type { Address, Lease, ResponseHead } from '../upstream/types.ts'
import { credentialHeaders, signedHeaders, withQueryCredential } from './credential.ts'
import { authority, type Target, tlsFor } from './target.ts'

/** Headers of the client that concern the content alone. */
const passedOn = [
  'content-type',
  'content-encoding',
  'accept',
  'anthropic-version',
  'anthropic-beta',
  'openai-beta',
] as const

interface Preserved {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly body: Buffer
  /** Milliseconds. */
  readonly timeouts: { readonly connect: number; readonly read: number }
}

export class PreserveCall implements UpstreamCall {
  readonly retries = 5
  readonly #target: Target
  readonly #request: Preserved
  readonly #tried: Address[] = []
  #context: CallContext | null = null

  static async of(kong: AccessPdk, target: Target, limit: number): Promise<PreserveCall> {
    const service = kong.router.getService()
    return new PreserveCall(target, {
      method: kong.request.getMethod(),
      path: target.model.options.upstream_path ?? kong.request.getPath(),
      query: kong.request.getRawQuery(),
      body: await kong.service.request.getRawBody(limit),
      timeouts: { connect: service?.connect_timeout ?? 60_000, read: service?.read_timeout ?? 60_000 },
    })
  }

  constructor(target: Target, request: Preserved) {
    this.#target = target
    this.#request = request
  }

  start(context: CallContext): undefined {
    this.#context = context
  }

  next(): Attempt | Promise<Attempt> {
    const { endpoint, provider } = this.#target
    const context = this.#context
    if (endpoint === null || context === null) {
      throw new TollError('TOLL_LLM_UNSUPPORTED', { provider: provider.name, what: 'route type preserve' })
    }
    const lease = context.balancer(endpoint.host, endpoint.port).pick(context.pickContext, this.#tried)
    const attempt = (given: Lease): Attempt => {
      const { method, path, query, body, timeouts } = this.#request
      this.#tried.push(given.address)
      const headers = ['Host', authority(endpoint), 'User-Agent', `tollgate/${context.version}`]
      headers.push('Content-Length', String(body.length))
      for (const name of passedOn) {
        const value = context.headers[name]
        if (typeof value === 'string') headers.push(name, value)
      }
      const full = endpoint.fullPath ?? endpoint.basePath + path
      const queried = query === '' ? full : `${full}${full.includes('?') ? '&' : '?'}${query}`
      const target = withQueryCredential(queried, this.#target.auth)
      headers.push(...credentialHeaders(this.#target, context))
      const type = context.headers['content-type']
      const contentType = typeof type === 'string' ? type : undefined
      headers.push(...signedHeaders(this.#target, { method, path: target, contentType, body }))
      return {
        lease: given,
        request: {
          scheme: endpoint.scheme,
          address: given.address,
          method,
          path: target,
          headers,
          body: body.length > 0 ? body : null,
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
    return lease instanceof Promise ? lease.then(attempt) : attempt(lease)
  }

  mayRetry(failure: UpstreamFailure): boolean {
    return failure.phase === 'connect' && failure.kind !== 'aborted'
  }

  receive(head: ResponseHead): BodyTransform | null {
    this.#context?.replyHeaders.take(head.headers)
    this.#context?.replyHeaders.delete('set-cookie')
    return null
  }
}
