/** kong.response: what the client gets. */

import { defaultMessage, errorBody } from '../../errors/bodies.ts'
import { TollError } from '../../errors/registry.ts'
import { HeaderMap, isHeaderName, isHeaderValue } from '../../http/headers.ts'
import type { ExitBody, HeaderValue, HeaderValues, ResponseApi } from '../../pdk/api.ts'
import { guard, Namespace } from './guard.ts'

export class ResponsePdk extends Namespace implements ResponseApi {
  getStatus(): number {
    return this.exchange.reply.status
  }
  getHeader(name: string): string | undefined {
    return this.exchange.reply.headers.get(name)
  }
  getHeaders(): HeaderValues {
    return this.exchange.reply.headers.toObject()
  }
  getSource(): 'service' | 'exit' | 'error' {
    return this.exchange.reply.source
  }
  setStatus(status: number): void {
    this.exchange.reply.status = checkStatus('kong.response.setStatus', status, 100)
  }
  setHeader(name: string, value: HeaderValue): void {
    checkHeader('kong.response.setHeader', name, value)
    this.#target().set(name, value)
  }
  addHeader(name: string, value: HeaderValue): void {
    checkHeader('kong.response.addHeader', name, value)
    this.#target().add(name, value)
  }
  clearHeader(name: string): void {
    this.#target().delete(name)
  }
  setHeaders(headers: Readonly<Record<string, HeaderValue>>): void {
    for (const [name, value] of Object.entries(headers)) this.setHeader(name, value)
  }
  exit(status: number, body: ExitBody = null, headers: Readonly<Record<string, HeaderValue>> = {}): void {
    const { reply } = this.exchange
    reply.status = checkStatus('kong.response.exit', status, 100)
    reply.source = 'exit'
    reply.exit = { body }
    reply.headers.clear()
    if (body !== null && typeof body === 'object' && !Buffer.isBuffer(body) && !('pieces' in body)) {
      reply.headers.set('Content-Type', 'application/json; charset=utf-8')
    }
    for (const [name, value] of Object.entries(headers)) {
      checkHeader('kong.response.exit', name, value)
      reply.headers.set(name, value)
    }
  }
  error(status: number, message?: string, headers: Readonly<Record<string, HeaderValue>> = {}): void {
    const { exchange } = this
    checkStatus('kong.response.error', status, 400)
    const { type, body } = errorBody(
      exchange.errorFormat,
      status,
      message ?? defaultMessage(status),
      exchange.id,
      exchange.incoming.headers.accept,
    )
    this.exit(status, body, { 'Content-Type': type, ...headers })
  }

  /** Until there is an answer, headers wait for whichever comes. */
  #target(): HeaderMap {
    const { reply, phase } = this.exchange
    if (phase === 'response' || phase === 'headerFilter') return reply.headers
    reply.early ??= new HeaderMap()
    return reply.early
  }
}

function checkStatus(name: string, status: number, least: number): number {
  if (Number.isInteger(status) && status >= least && status <= 599) return status
  throw new TollError('TOLL_PDK_ARGUMENT', {
    function: name,
    reason: `code must be a number between ${least} and 599, got ${status}`,
  })
}

export function checkHeader(caller: string, name: string, value: HeaderValue): void {
  if (isHeaderName(name) && (typeof value === 'string' ? isHeaderValue(value) : value.every(isHeaderValue))) return
  throw new TollError('TOLL_PDK_ARGUMENT', {
    function: caller,
    reason: `header ${JSON.stringify(name)} cannot be sent`,
  })
}

guard('response', ResponsePdk.prototype)
