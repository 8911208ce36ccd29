/** kong.service, kong.service.request, kong.service.response: the way upstream and what came back. */

import { TollError } from '../../errors/registry.ts'
import { lowerCase } from '../../http/headers.ts'
import { formatQuery, parseQuery, type QueryMap } from '../../http/query.ts'
import type { HeaderValue, HeaderValues, ServiceApi, ServiceRequestApi, ServiceResponseApi } from '../../pdk/api.ts'
import type { UpstreamCall } from '../../upstream/call.ts'
import { readBody } from '../body.ts'
import { guard, Namespace } from './guard.ts'
import { checkHeader } from './response.ts'

export class ServiceRequestPdk extends Namespace implements ServiceRequestApi {
  setScheme(scheme: 'http' | 'https'): void {
    this.exchange.service.scheme = scheme
  }
  setPath(path: string): void {
    if (!path.startsWith('/')) {
      throw new TollError('TOLL_PDK_ARGUMENT', {
        function: 'kong.service.request.setPath',
        reason: 'path must start with /',
      })
    }
    this.exchange.service.path = path
  }
  getRawQuery(): string {
    return this.exchange.service.query ?? this.exchange.request.rawQuery ?? ''
  }
  getQuery(): QueryMap {
    return parseQuery(this.getRawQuery())
  }
  setRawQuery(query: string): void {
    this.exchange.service.query = query
  }
  setQuery(query: Readonly<Record<string, string | true | readonly (string | true)[]>>): void {
    this.exchange.service.query = formatQuery(query)
  }
  setMethod(method: string): void {
    if (!/^[A-Z]+$/.test(method)) {
      throw new TollError('TOLL_PDK_ARGUMENT', {
        function: 'kong.service.request.setMethod',
        reason: `invalid method: ${method}`,
      })
    }
    this.exchange.service.method = method
  }
  getHeader(name: string): string | undefined {
    const lower = name.toLowerCase()
    const edit = this.exchange.service.headers?.get(lower)
    const value = edit === undefined ? this.exchange.incoming.headers[lower] : edit.value
    return (Array.isArray(value) ? value[0] : value) ?? undefined
  }
  setHeader(name: string, value: HeaderValue): void {
    checkHeader('kong.service.request.setHeader', name, value)
    this.#edit(name, typeof value === 'string' ? value : [...value])
  }
  addHeader(name: string, value: HeaderValue): void {
    checkHeader('kong.service.request.addHeader', name, value)
    const lower = name.toLowerCase()
    const present = this.exchange.service.headers?.get(lower)?.value ?? this.exchange.incoming.headers[lower]
    this.#edit(name, present === undefined || present === null ? [value].flat() : [present, value].flat())
  }
  clearHeader(name: string): void {
    this.#edit(name, null)
  }
  setHeaders(headers: Readonly<Record<string, HeaderValue>>): void {
    for (const [name, value] of Object.entries(headers)) this.setHeader(name, value)
  }
  getHeaderValues(name: string): readonly string[] {
    const lower = name.toLowerCase()
    const edit = this.exchange.service.headers?.get(lower)
    if (edit !== undefined) return [edit.value ?? []].flat()
    return this.exchange.incoming.headersDistinct[lower] ?? []
  }
  getRawBody(limit?: number): Promise<Buffer> {
    const { body } = this.exchange.service
    return body === undefined ? readBody(this.exchange, limit) : Promise.resolve(body)
  }
  setRawBody(body: string | Buffer): void {
    this.exchange.service.body = typeof body === 'string' ? Buffer.from(body) : body
  }

  #edit(name: string, value: string | string[] | null): void {
    const { service } = this.exchange
    service.headers ??= new Map()
    service.headers.set(lowerCase(name), { name, value })
  }
}
guard('serviceRequest', ServiceRequestPdk.prototype)

export class ServiceResponsePdk extends Namespace implements ServiceResponseApi {
  getStatus(): number | undefined {
    return this.exchange.upstreamStatus
  }
  getHeader(name: string): string | undefined {
    const value = this.exchange.upstreamHeaders[name.toLowerCase()]
    return Array.isArray(value) ? value[0] : value
  }
  getHeaders(): HeaderValues {
    return this.exchange.upstreamHeaders
  }
  getRawBody(): Buffer {
    return this.exchange.bufferedBody ?? Buffer.alloc(0)
  }
}
guard('serviceResponse', ServiceResponsePdk.prototype)

export class ServicePdk extends Namespace implements ServiceApi {
  #request: ServiceRequestPdk | undefined
  #response: ServiceResponsePdk | undefined

  get request(): ServiceRequestPdk {
    this.#request ??= new ServiceRequestPdk(this.exchange)
    return this.#request
  }
  get response(): ServiceResponsePdk {
    this.#response ??= new ServiceResponsePdk(this.exchange)
    return this.#response
  }
  setUpstream(name: string): void {
    this.exchange.service.host = name
  }
  setTarget(host: string, port: number): void {
    this.exchange.service.host = host
    this.exchange.service.port = port
  }
  setTimeouts(connect: number, write: number, read: number): void {
    this.exchange.service.timeouts = { connect, write, read }
  }
  setRetries(retries: number): void {
    this.exchange.service.retries = retries
  }
  setCall(call: UpstreamCall): void {
    this.exchange.call = call
  }
}
guard('service', ServicePdk.prototype)
