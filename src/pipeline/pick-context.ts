/** What a balancer may hash on, read from the exchange when it asks. */

import { HeaderMap } from '../http/headers.ts'
import { queryPairs } from '../http/query.ts'
import type { PickContext } from '../upstream/types.ts'
import type { Exchange } from './exchange.ts'

export function pickContext(exchange: Exchange): PickContext {
  return new ExchangePickContext(exchange)
}

class ExchangePickContext implements PickContext {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  get consumer(): string | undefined {
    return this.#exchange.consumer?.id ?? this.#exchange.credential?.id
  }
  get ip(): string {
    return this.#exchange.request.clientIp
  }
  get path(): string {
    return this.#exchange.request.path
  }
  header(name: string): string | undefined {
    const value = this.#exchange.incoming.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(',') : value
  }
  cookie(name: string): string | undefined {
    for (const pair of (this.#exchange.incoming.headers.cookie ?? '').split(';')) {
      const equals = pair.indexOf('=')
      if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
    }
    return undefined
  }
  query(name: string): string | undefined {
    const values: string[] = []
    for (const [key, value] of queryPairs(this.#exchange.request.rawQuery)) {
      if (key === name && value !== true) values.push(value)
    }
    return values.length > 0 ? values.sort().join(',') : undefined
  }
  uriCapture(name: string): string | undefined {
    const captures = this.#exchange.match?.captures
    return captures?.named[name] ?? captures?.unnamed[Number(name) - 1]
  }
  setCookie(value: string): void {
    const { reply } = this.#exchange
    reply.early ??= new HeaderMap()
    reply.early.add('Set-Cookie', value)
  }
}
