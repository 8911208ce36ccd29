/** Runs the chat phases of an exchange's plugins: what minds text writes these and never parses bytes. */

import type { Conversation } from '../../providers/canonical/conversation.ts'
import type { ChatEvent, Completion } from '../../providers/canonical/events.ts'
import type { ChatPhases } from '../upstream/call.ts'
import type { Exchange } from './exchange.ts'
import type { Kong } from './pdk/index.ts'
import type { PhaseLists } from './plan.ts'

export class PluginChatPhases implements ChatPhases {
  readonly #exchange: Exchange
  readonly #kong: Kong
  readonly #lists: PhaseLists | null

  constructor(exchange: Exchange, kong: Kong) {
    this.#exchange = exchange
    this.#kong = kong
    this.#lists = exchange.lists
  }

  get readsRequest(): boolean {
    return (this.#lists?.chatRequest.length ?? 0) > 0
  }
  get readsEvents(): boolean {
    return (this.#lists?.chatEvents.length ?? 0) > 0
  }
  get readsWhole(): boolean {
    return (this.#lists?.chatDone.length ?? 0) > 0
  }

  async request(conversation: Conversation): Promise<Conversation> {
    const exchange = this.#exchange
    let current = conversation
    exchange.phase = 'chatRequest'
    for (const instance of this.#lists?.chatRequest ?? []) {
      exchange.plugin = instance
      current = (await instance.definition.chatRequest?.(this.#kong, instance.config, current)) ?? current
      if (exchange.reply.exit !== undefined) break
    }
    return current
  }

  events(events: readonly ChatEvent[], last: boolean): readonly ChatEvent[] {
    const exchange = this.#exchange
    const phase = exchange.phase
    let current = events
    exchange.phase = 'chatEvents'
    for (const instance of this.#lists?.chatEvents ?? []) {
      exchange.plugin = instance
      current = instance.definition.chatEvents?.(this.#kong, instance.config, current, last) ?? current
    }
    exchange.phase = phase
    return current
  }

  done(conversation: Conversation, completion: Completion): void {
    const exchange = this.#exchange
    exchange.phase = 'chatDone'
    for (const instance of this.#lists?.chatDone ?? []) {
      exchange.plugin = instance
      const failed = (error: unknown) =>
        exchange.host.logger.error('chatDone failed', {
          request_id: exchange.id,
          plugin: instance.definition.name,
          error,
        })
      try {
        void Promise.resolve(
          instance.definition.chatDone?.(this.#kong, instance.config, { conversation, completion }),
        ).catch(failed)
      } catch (error) {
        failed(error)
      }
    }
  }
}
