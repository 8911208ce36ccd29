/** What a call sees of its exchange, the chat phases of the plugins included. */

import type { HeaderMap } from '../http/headers.ts'
import type { CallContext, ChatPhases } from '../upstream/call.ts'
import type { Balancer, PickContext } from '../upstream/types.ts'
import { PluginChatPhases } from './chat-phases.ts'
import type { Exchange } from './exchange.ts'
import type { Kong } from './pdk/index.ts'
import { pickContext } from './pick-context.ts'

export class ExchangeCallContext implements CallContext {
  readonly chat: ChatPhases
  readonly pickContext: PickContext
  readonly #exchange: Exchange

  constructor(exchange: Exchange, kong: Kong) {
    this.#exchange = exchange
    this.chat = new PluginChatPhases(exchange, kong)
    this.pickContext = pickContext(exchange)
  }

  get requestId(): string {
    return this.#exchange.id
  }
  get version(): string {
    return this.#exchange.host.version
  }
  get headers(): Readonly<Record<string, string | string[] | undefined>> {
    return this.#exchange.incoming.headers
  }
  get replyHeaders(): HeaderMap {
    return this.#exchange.reply.headers
  }
  get totalTimeout(): number {
    return this.#exchange.host.options.totalTimeout
  }
  get verifyTls(): boolean {
    return this.#exchange.host.options.verifyUpstreamTls
  }
  get maxBuffered(): number {
    return this.#exchange.host.options.maxBufferedResponse
  }
  balancer(host: string, port: number): Balancer {
    return this.#exchange.snapshot.upstreams.balancer(host, port)
  }
  redact(text: string): string {
    return this.#exchange.host.redact(text)
  }
  exited(): boolean {
    return this.#exchange.reply.exit !== undefined
  }
}
