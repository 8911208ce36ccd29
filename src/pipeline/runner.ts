/** Runs the phases of an exchange in their order. */

import { type ChatError, ChatFailure, chatError } from '../../providers/canonical/error.ts'
import { FormatError } from '../../providers/canonical/format.ts'
import { errorBody } from '../errors/bodies.ts'
import { TollError } from '../errors/registry.ts'
import type { Phase } from '../pdk/phases.ts'
import type { LocalAnswer } from '../upstream/call.ts'
import { sendBare, sendReply } from './answer.ts'
import { ExchangeCallContext } from './call-context.ts'
import type { Exchange } from './exchange.ts'
import { Kong } from './pdk/index.ts'
import { phaseLists, pick } from './plan.ts'
import type { PluginInstance } from './plugin-instance.ts'
import { ProxyCall } from './proxy-call.ts'
import { refuseEncodedSlash, refuseProtocol, route } from './routing.ts'
import { Transfer } from './transfer.ts'

export class Runner {
  readonly exchange: Exchange
  readonly kong: Kong

  constructor(exchange: Exchange) {
    this.exchange = exchange
    this.kong = new Kong(exchange)
  }

  /** From the request to the last log handler; never throws. */
  async run(): Promise<void> {
    const { exchange } = this
    try {
      if (!(await this.#answerHere())) await this.#answerFromUpstream()
    } catch (error) {
      this.fail(error)
    }
    if (exchange.reply.exit !== undefined) await this.#sendExit()
    await this.#log()
  }

  /** True where a plugin or the gateway itself answers. */
  async #answerHere(): Promise<boolean> {
    const { exchange } = this
    const { reply, globalPlan } = { reply: exchange.reply, globalPlan: exchange.snapshot.globalPlan }
    for (const instance of globalPlan.fixed?.rewrite ?? []) {
      await this.#call(instance, 'rewrite')
      if (reply.exit !== undefined) return true
    }
    route(exchange)
    if (refuseProtocol(exchange, this.kong)) return true
    exchange.phase = 'access'
    await this.#access()
    exchange.marks.accessEnd = performance.now()
    return reply.exit !== undefined
  }

  async #access(): Promise<void> {
    const { exchange } = this
    const { plan, reply } = exchange
    if (plan.fixed !== null) {
      exchange.lists = plan.fixed
      for (const instance of plan.fixed.access) {
        const result = this.#call(instance, 'access')
        if (result !== undefined) await result
        if (reply.exit !== undefined) return
      }
      return
    }
    // Configs that depend on who calls are chosen when their turn comes, with what is known of the caller by then.
    const chosen: (PluginInstance | null)[] = []
    for (const slot of plan.slots) {
      const instance = pick(
        slot,
        exchange.consumer?.id,
        exchange.groups.map((group) => group.id),
      )
      chosen.push(instance)
      if (reply.exit === undefined && instance?.definition.access) await this.#call(instance, 'access')
    }
    exchange.lists = phaseLists(chosen)
  }

  async #answerFromUpstream(): Promise<void> {
    const { exchange } = this
    refuseEncodedSlash(exchange)
    if (exchange.call === null) {
      if (!exchange.match?.service && exchange.service.host === undefined) throw new TollError('TOLL_NO_SERVICE')
      exchange.call = new ProxyCall(exchange)
    }
    const { call } = exchange
    try {
      const started = call.start?.(new ExchangeCallContext(exchange, this.kong))
      const local = started instanceof Promise ? await started : started
      if (exchange.reply.exit !== undefined) return
      if (local !== undefined) this.#exitWith(local)
      else await new Transfer(this, call).run()
      if (exchange.reply.exit !== undefined) await this.#sendExit()
    } finally {
      call.done?.(exchange.aborted)
    }
  }

  #exitWith({ status, headers, body }: LocalAnswer): void {
    const { reply } = this.exchange
    reply.status = status
    reply.source = 'exit'
    reply.exit = { body }
    for (const [name, value] of Object.entries(headers)) reply.headers.set(name, value)
  }

  /** Runs one handler; a handler that returns nothing costs no promise. */
  #call(instance: PluginInstance, handler: 'rewrite' | 'access' | 'response' | 'log'): void | Promise<void> {
    this.exchange.plugin = instance
    return instance.definition[handler]?.(this.kong, instance.config)
  }

  /** Header filters; for answers of the upstream, of a plugin, and of the gateway alike. */
  filterHeaders(): void {
    const { exchange } = this
    this.#enter('headerFilter')
    const { early, headers } = exchange.reply
    for (const [name, value] of Object.entries(early?.toObject() ?? {})) {
      // Cookies of the service stay: each has a name of its own.
      if (name === 'set-cookie') headers.add(name, value)
      else headers.set(name, value)
    }
    for (const instance of this.list('headerFilter')) {
      exchange.plugin = instance
      instance.definition.headerFilter?.(this.kong, instance.config)
    }
    this.#enter('bodyFilter')
  }

  filterBody(piece: Buffer, last: boolean): Buffer {
    const { exchange } = this
    let current = piece
    for (const instance of this.list('bodyFilter')) {
      exchange.plugin = instance
      current = instance.definition.bodyFilter?.(this.kong, instance.config, current, last) ?? current
    }
    return current
  }

  /** The response phase, over the whole body of the upstream's answer. */
  async respond(body: Buffer): Promise<void> {
    const { exchange } = this
    exchange.bufferedBody = body
    this.#enter('response')
    for (const instance of this.list('response')) {
      await this.#call(instance, 'response')
      if (exchange.reply.exit !== undefined) return
    }
  }

  list(
    phase: 'response' | 'headerFilter' | 'bodyFilter' | 'chatRequest' | 'chatEvents' | 'chatDone' | 'log',
  ): readonly PluginInstance[] {
    const { exchange } = this
    return (exchange.lists ?? exchange.snapshot.globalPlan.fixed)?.[phase] ?? []
  }

  #enter(phase: Phase): void {
    this.exchange.phase = phase
  }

  /** Turns whatever was thrown into an answer, unless one is on its way already. */
  fail(error: unknown): void {
    const { exchange } = this
    const { reply, outgoing, host } = exchange
    const shown = error instanceof TollError ? error : undefined
    const said = chatErrorOf(error)
    const known = said === undefined ? undefined : exchange.errorFormat?.errorStatus?.(said)
    const status = known ?? said?.status ?? shown?.status ?? 500
    if (said === undefined && (shown === undefined || shown.code.startsWith('TOLL_PDK'))) {
      const plugin = exchange.plugin?.definition.name
      host.logger.error('exchange failed', { request_id: exchange.id, phase: exchange.phase, plugin, error })
    }
    if (outgoing.headersSent) {
      outgoing.destroy()
      return
    }
    const message =
      shown === undefined || shown.code.startsWith('TOLL_PDK') ? 'An unexpected error occurred' : shown.message
    const { type, body } =
      said !== undefined && exchange.errorFormat !== null
        ? {
            type: 'application/json; charset=utf-8',
            // A provider may quote the credential that it was sent.
            body: host.redact(JSON.stringify(exchange.errorFormat.encodeError(said, exchange.id))),
          }
        : errorBody(
            exchange.errorFormat,
            status,
            said?.message ?? message,
            exchange.id,
            exchange.incoming.headers.accept,
          )
    reply.status = status
    reply.source = 'error'
    reply.exit = { body }
    reply.headers.clear()
    reply.headers.set('Content-Type', type)
    for (const [name, value] of Object.entries(shown?.headers ?? {})) reply.headers.set(name, value)
    if (said?.retryAfter !== undefined) {
      reply.headers.set('Retry-After', String(Math.ceil(said.retryAfter / 1000)))
      // The official clients take the finer one: a wait of some milliseconds must not become a second.
      if (said.retryAfter % 1000 !== 0) reply.headers.set('Retry-After-Ms', String(Math.ceil(said.retryAfter)))
    }
  }

  async #sendExit(): Promise<void> {
    try {
      await sendReply(this)
    } catch (error) {
      this.exchange.host.logger.error('the answer could not be sent', { request_id: this.exchange.id, error })
      sendBare(this.exchange)
    }
  }

  async #log(): Promise<void> {
    const { exchange } = this
    exchange.marks.end = performance.now()
    this.#enter('chatDone')
    this.#enter('log')
    for (const instance of this.list('log')) {
      try {
        const result = this.#call(instance, 'log')
        if (result !== undefined) await result
      } catch (error) {
        const plugin = instance.definition.name
        exchange.host.logger.error('log handler failed', { request_id: exchange.id, plugin, error })
      }
    }
  }
}

/** What a codec says against a request is for the client to know, as is what a provider said. */
function chatErrorOf(error: unknown): ChatError | undefined {
  if (error instanceof ChatFailure) return error.error
  if (!(error instanceof FormatError)) return undefined
  return chatError('invalidRequest', error.message, error.param === undefined ? {} : { param: error.param })
}
