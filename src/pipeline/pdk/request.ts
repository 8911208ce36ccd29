/** kong.request: the client's request. */

import { TollError } from '../../errors/registry.ts'
import { parseQuery, queryArg } from '../../http/query.ts'
import type { HeaderValues, RequestApi } from '../../pdk/api.ts'
import { readBody } from '../body.ts'
import { forwardedHeaders } from '../forwarded.ts'
import { guard, Namespace } from './guard.ts'

export class RequestPdk extends Namespace implements RequestApi {
  getId(): string {
    return this.exchange.id
  }
  getScheme(): 'http' | 'https' {
    return this.exchange.request.scheme
  }
  getHost(): string {
    return this.exchange.request.host
  }
  getPort(): number {
    return this.exchange.request.port
  }
  getForwardedScheme(): string {
    return forwardedHeaders(this.exchange).proto
  }
  getForwardedHost(): string {
    return forwardedHeaders(this.exchange).host
  }
  getForwardedPort(): number {
    return Number(forwardedHeaders(this.exchange).port)
  }
  getForwardedPath(): string {
    return forwardedHeaders(this.exchange).path
  }
  getForwardedPrefix(): string | undefined {
    return forwardedHeaders(this.exchange).prefix
  }
  getHttpVersion(): string {
    return this.exchange.incoming.httpVersion
  }
  getMethod(): string {
    return this.exchange.request.method
  }
  getPath(): string {
    return this.exchange.request.path
  }
  getRawPath(): string {
    return this.exchange.request.rawPath
  }
  getPathWithQuery(): string {
    const { path, rawQuery } = this.exchange.request
    return rawQuery === undefined ? path : `${path}?${rawQuery}`
  }
  getRawQuery(): string {
    return this.exchange.request.rawQuery ?? ''
  }
  getQueryArg(name: string): string | true | undefined {
    return queryArg(this.exchange.request.rawQuery, name)
  }
  getQuery(): Record<string, string | true | (string | true)[]> {
    return parseQuery(this.exchange.request.rawQuery)
  }
  getHeader(name: string): string | undefined {
    const value = this.exchange.incoming.headers[name.toLowerCase()]
    return Array.isArray(value) ? value[0] : value
  }
  getHeaders(): HeaderValues {
    return this.exchange.incoming.headers
  }
  getHeaderValues(name: string): readonly string[] {
    const lower = name.toLowerCase()
    const { headers, rawHeaders } = this.exchange.incoming
    const values: string[] = []
    if (headers[lower] === undefined) return values
    for (let index = 0; index < rawHeaders.length; index += 2) {
      if (rawHeaders[index]?.toLowerCase() === lower) values.push(rawHeaders[index + 1] ?? '')
    }
    return values
  }
  getStartTime(): number {
    return this.exchange.startedAt
  }
  getUriCaptures(): { unnamed: readonly string[]; named: Readonly<Record<string, string>> } {
    return this.exchange.match?.captures ?? { unnamed: [], named: {} }
  }
  getRawBody(limit?: number): Promise<Buffer> {
    return readBody(this.exchange, limit)
  }
  async getBody(limit?: number): Promise<unknown> {
    const body = await readBody(this.exchange, limit)
    const type = this.exchange.incoming.headers['content-type'] ?? ''
    if (type.startsWith('application/x-www-form-urlencoded')) return parseQuery(body.toString('utf8'))
    if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
      throw new TollError('TOLL_CONTENT_TYPE', { expected: 'JSON or a form', actual: type || 'nothing' })
    }
    try {
      return JSON.parse(body.toString('utf8'))
    } catch (error) {
      throw new TollError('TOLL_BAD_JSON', { reason: error instanceof Error ? error.message : 'unreadable' })
    }
  }
}

guard('request', RequestPdk.prototype)
