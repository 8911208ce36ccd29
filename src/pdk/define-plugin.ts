/** How a plugin is written: one object that says all that the gateway must know about it. */

import type { z } from 'zod'
import type { Conversation } from '../../providers/canonical/conversation.ts'
import type { ChatEvent, Completion } from '../../providers/canonical/events.ts'
import type { EntityDefinition } from '../entities/definition.ts'
import type { ErrorFormat } from '../errors/bodies.ts'
import type { PdkOf } from './phases-of.ts'

export type RewritePdk = PdkOf<'rewrite'>
export type AccessPdk = PdkOf<'access'>
export type ChatRequestPdk = PdkOf<'chatRequest'>
export type ResponsePdk = PdkOf<'response'>
export type HeaderFilterPdk = PdkOf<'headerFilter'>
export type BodyFilterPdk = PdkOf<'bodyFilter'>
export type ChatEventsPdk = PdkOf<'chatEvents'>
export type ChatDonePdk = PdkOf<'chatDone'>
export type LogPdk = PdkOf<'log'>

export type Scope = 'consumer' | 'consumer_group' | 'route' | 'service'

/** A question and its answer; `completion` is what the provider said. */
export interface ChatExchange {
  readonly conversation: Conversation
  readonly completion: Completion
}

export interface PluginDefinition<Config = unknown> {
  /** As in the declarative file. */
  readonly name: string
  /** The higher runs the earlier; Kong's number where Kong has the plugin. */
  readonly priority: number
  readonly version?: string
  /** Parses the plugin's config; every default is in it. */
  readonly config: z.ZodType<Config>
  /** Protocols that the plugin may serve; absent: grpc, grpcs, http, https. */
  readonly protocols?: readonly string[]
  /** Scopes that it may not have. */
  readonly noScopes?: readonly Scope[]
  /** Kinds of entities that it brings along, as credentials. */
  readonly entities?: readonly EntityDefinition[]
  /** The format in which errors of its route are told; absent: Kong's. */
  errorFormat?(config: Config): ErrorFormat

  /** Before routing; only global configs apply. */
  rewrite?(kong: RewritePdk, config: Config): void | Promise<void>
  access?(kong: AccessPdk, config: Config): void | Promise<void>
  /** LLM traffic: the conversation, before a target is chosen. Change it, or return another. */
  chatRequest?(
    kong: ChatRequestPdk,
    config: Config,
    conversation: Conversation,
  ): Conversation | undefined | Promise<Conversation | undefined>
  /** Holds the whole answer back; excludes `headerFilter` and `bodyFilter`. */
  response?(kong: ResponsePdk, config: Config): void | Promise<void>
  headerFilter?(kong: HeaderFilterPdk, config: Config): void
  /** Whether a config needs `bodyFilter` at all; without it every answer of a route loses its Content-Length. */
  filtersBody?(config: Config): boolean
  /** One piece of the body; returns what goes on in its place. `last` comes once, maybe with an empty piece. */
  bodyFilter?(kong: BodyFilterPdk, config: Config, piece: Buffer, last: boolean): Buffer | undefined
  /** LLM traffic: events of the answer on their way to the client; returns those that go on. `last` comes once, maybe with none. */
  chatEvents?(
    kong: ChatEventsPdk,
    config: Config,
    events: readonly ChatEvent[],
    last: boolean,
  ): readonly ChatEvent[] | undefined
  /** LLM traffic: the whole exchange, once it is over. */
  chatDone?(kong: ChatDonePdk, config: Config, exchange: ChatExchange): void | Promise<void>
  /** The answer is sent; nothing that happens here delays the client. */
  log?(kong: LogPdk, config: Config): void | Promise<void>
}

/**
 * A plugin whose config type is its own affair. Handlers are methods, so that TypeScript lets a plugin with any config
 * stand in a list of all of them; the config that a handler gets always went through the plugin's own schema.
 */
export type AnyPlugin = PluginDefinition

/**
 * Declares a plugin.
 *
 * @example
 * export default definePlugin({
 *   name: 'hello', priority: 10,
 *   config: z.strictObject({ greeting: z.string().default('hello') }),
 *   headerFilter(kong, config) { kong.response.setHeader('x-greeting', config.greeting) },
 * })
 */
export function definePlugin<Config>(definition: PluginDefinition<Config>): PluginDefinition<Config> {
  if (definition.response && (definition.headerFilter || definition.bodyFilter)) {
    throw new TypeError(
      `Plugin "${definition.name}" has both "response" and "headerFilter" or "bodyFilter"; keep one kind`,
    )
  }
  if (!Number.isInteger(definition.priority)) {
    throw new TypeError(`Plugin "${definition.name}": priority is not an integer: ${definition.priority}`)
  }
  return definition
}
