/** Plain proxying: the client's request goes to the route's service, and the answer comes back as it is. */

import type { Readable } from 'node:stream'
import type { Service } from '../entities/service.ts'
import { TollError } from '../errors/registry.ts'
import { connectionNames, isHopByHop, lowerCase } from '../http/headers.ts'
import { upstreamPath } from '../router/upstream-path.ts'
import type { EntityIndex } from '../snapshot/entity-index.ts'
import type { Attempt, BodyTransform, UpstreamCall } from '../upstream/call.ts'
import type { UpstreamFailure } from '../upstream/send.ts'
import type {
  Address,
  Balancer,
  Lease,
  PickContext,
  ResponseHead,
  Timeouts,
  TlsOptions,
  UpstreamRequest,
} from '../upstream/types.ts'
import { readBody, streamBody } from './body.ts'
import type { Exchange } from './exchange.ts'
import { forwardedHeaders } from './forwarded.ts'
import { pickContext } from './pick-context.ts'

/** Bodies up to this size are read before they are sent, so that a failed try can be repeated. */
const bufferedBodySize = 1024 * 1024

export class ProxyCall implements UpstreamCall {
  readonly retries: number
  readonly #exchange: Exchange
  readonly #service: Service | null
  readonly #balancer: Balancer
  readonly #context: PickContext
  readonly #tried: Address[] = []
  readonly #scheme: 'http' | 'https'
  readonly #port: number
  #body: Buffer | Readable | null | undefined

  constructor(exchange: Exchange) {
    const { service: draft, snapshot } = exchange
    const service = exchange.match?.service ?? null
    this.#exchange = exchange
    this.#service = service
    this.#scheme = draft.scheme ?? (service?.protocol === 'https' ? 'https' : 'http')
    this.#port = draft.port ?? service?.port ?? 80
    this.#balancer = snapshot.upstreams.balancer(draft.host ?? service?.host ?? '', this.#port)
    this.#context = pickContext(exchange)
    this.retries = draft.retries ?? service?.retries ?? 5
  }

  next(): Attempt | Promise<Attempt> {
    if (this.#body === undefined) {
      const body = this.#readBody()
      if (body instanceof Promise) return body.then((read) => this.#pick(read))
      return this.#pick(body)
    }
    return this.#pick(this.#body)
  }

  mayRetry(failure: UpstreamFailure, request: UpstreamRequest): boolean {
    if (failure.kind === 'aborted' || (request.body !== null && !Buffer.isBuffer(request.body))) return false
    // Once sent, only a request that may be repeated is: the upstream may have acted on it (RFC 9110, 9.2.2).
    return failure.phase === 'connect' || !['POST', 'LOCK', 'PATCH'].includes(request.method)
  }

  receive(head: ResponseHead): BodyTransform | null {
    this.#exchange.reply.headers.take(head.headers)
    return null
  }

  #readBody(): Buffer | Readable | null | Promise<Buffer> {
    const { incoming, service: draft, body, host, match } = this.#exchange
    if (draft.body !== undefined) return draft.body
    if (body !== undefined) return readBody(this.#exchange)
    const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers
    if (encoding === undefined && (length === undefined || length === '0')) return null
    const limit = host.options.maxRequestBody
    if (limit > 0 && Number(length ?? 0) > limit) throw new TollError('TOLL_BODY_TOO_LARGE', { limit })
    const whole = match?.route.request_buffering !== false && Number(length ?? Infinity) <= bufferedBodySize
    return whole ? readBody(this.#exchange) : streamBody(this.#exchange)
  }

  #pick(body: Buffer | Readable | null): Attempt | Promise<Attempt> {
    this.#body = body
    const lease = this.#balancer.pick(this.#context, this.#tried)
    return lease instanceof Promise ? lease.then((given) => this.#attempt(given, body)) : this.#attempt(lease, body)
  }

  #attempt(lease: Lease, body: Buffer | Readable | null): Attempt {
    const exchange = this.#exchange
    this.#tried.push(lease.address)
    const path = this.#path()
    exchange.upstreamPath = path
    const upgrade = exchange.incoming.headers.upgrade
    return {
      lease,
      request: {
        scheme: this.#scheme,
        address: lease.address,
        method: exchange.service.method ?? exchange.request.method,
        path,
        headers: this.#headers(lease, body),
        body,
        timeouts: this.#timeouts(),
        tls: this.#scheme === 'https' ? this.#tls(lease) : undefined,
        upgrade: upgrade?.toLowerCase() === 'websocket' ? upgrade : undefined,
      },
    }
  }

  #path(): string {
    const { request, match, service: draft, snapshot } = this.#exchange
    const path =
      draft.path ??
      upstreamPath({
        servicePath: this.#service?.path ?? undefined,
        requestPath: request.path,
        matched: match?.matched ?? '',
        stripPath: match?.route.strip_path ?? false,
        pathHandling: match?.route.path_handling ?? 'v0',
        flavor: snapshot.flavor,
      })
    const query = draft.query ?? request.rawQuery
    return query === undefined || draft.query === '' ? path : `${path}?${query}`
  }

  #timeouts(): Timeouts {
    const { service: draft, host } = this.#exchange
    const read = draft.timeouts?.read ?? this.#service?.read_timeout ?? 60_000
    return {
      connect: draft.timeouts?.connect ?? this.#service?.connect_timeout ?? 60_000,
      firstByte: read,
      idle: read,
      total: host.options.totalTimeout,
    }
  }

  /** One object for a service and a name, so that connections are found again by it. */
  #tls(lease: Lease): TlsOptions {
    const service = this.#service
    const { snapshot, host } = this.#exchange
    const servername = lease.hostHeader?.replace(/:\d+$/, '')
    const known = service && tlsOptions.get(service)?.get(servername)
    if (known) return known
    const options = service
      ? serviceTls(service, servername, snapshot.entities, host.options.verifyUpstreamTls)
      : { verify: host.options.verifyUpstreamTls, servername }
    if (service) {
      const byName = tlsOptions.get(service) ?? new Map<string | undefined, TlsOptions>()
      tlsOptions.set(service, byName.set(servername, options))
    }
    return options
  }

  #headers(lease: Lease, body: Buffer | Readable | null): string[] {
    const exchange = this.#exchange
    const { incoming, request, service: draft, host } = exchange
    const edits = draft.headers
    const listed = connectionNames(incoming.headers.connection)
    const raw: string[] = ['Host', edits?.get('host')?.value?.toString() ?? this.#host(lease)]
    const { rawHeaders } = incoming
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index] ?? ''
      const lower = lowerCase(name)
      if (isHopByHop(lower) || replaced.has(lower) || edits?.has(lower) || listed?.has(lower)) continue
      raw.push(name, rawHeaders[index + 1] ?? '')
    }
    const forwarded = forwardedHeaders(exchange)
    const before = incoming.headers['x-forwarded-for']
    raw.push('X-Forwarded-For', before === undefined ? request.ip : `${before}, ${request.ip}`)
    raw.push('X-Forwarded-Proto', forwarded.proto, 'X-Forwarded-Host', forwarded.host)
    raw.push('X-Forwarded-Port', forwarded.port, 'X-Forwarded-Path', forwarded.path)
    if (forwarded.prefix !== undefined) raw.push('X-Forwarded-Prefix', forwarded.prefix)
    raw.push('X-Real-IP', request.clientIp)
    const via = incoming.headers.via
    raw.push('Via', `${via === undefined ? '' : `${via}, `}${incoming.httpVersion} tollgate/${host.version}`)
    if (host.options.requestIdUpstream) raw.push('X-Kong-Request-Id', exchange.id)
    if (incoming.headers.te?.includes('trailers')) raw.push('TE', 'trailers')
    if (Buffer.isBuffer(body)) raw.push('Content-Length', String(body.length))
    else if (body !== null && incoming.headers['content-length'] !== undefined) {
      raw.push('Content-Length', incoming.headers['content-length'])
    }
    if (edits === undefined) return raw
    for (const [lower, { name, value }] of edits) {
      if (value === null || lower === 'host' || lower === 'content-length' || isHopByHop(lower)) continue
      for (const one of [value].flat()) raw.push(name, one)
    }
    return raw
  }

  /** The client's Host where the route preserves it, else the target's, with the port unless it is the scheme's own. */
  #host(lease: Lease): string {
    const { match, request } = this.#exchange
    if (match?.route.preserve_host && request.hostHeader !== '') return request.hostHeader
    if (lease.hostHeader !== undefined) return lease.hostHeader
    const { hostname, port } = lease.address
    const usual = this.#scheme === 'https' ? 443 : 80
    return port === usual ? hostname : `${hostname}:${port}`
  }
}

const tlsOptions = new WeakMap<Service, Map<string | undefined, TlsOptions>>()

function serviceTls(
  service: Service,
  servername: string | undefined,
  entities: EntityIndex,
  verifyByDefault: boolean,
): TlsOptions {
  const certificate = service.client_certificate && entities.find('certificates', 'id', service.client_certificate.id)
  const authorities = (service.ca_certificates ?? [])
    .map((id) => entities.find('ca_certificates', 'id', id)?.cert)
    .filter((cert) => typeof cert === 'string')
  return {
    verify: service.tls_verify ?? verifyByDefault,
    verifyDepth: service.tls_verify_depth ?? undefined,
    servername,
    ca: authorities.length > 0 ? authorities : undefined,
    cert: typeof certificate?.cert === 'string' ? certificate.cert : undefined,
    key: typeof certificate?.key === 'string' ? certificate.key : undefined,
  }
}

/** Written anew for each request. */
const replaced = new Set([
  'host',
  'content-length',
  'expect',
  'via',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-path',
  'x-forwarded-prefix',
  'x-real-ip',
  'x-kong-request-id',
])
