/** Where a model is served: its address, its credentials, the formats it speaks. Data first; functions only where data cannot say it. */

import type { Conversation } from './canonical/conversation.ts'
import type { ChatEvent } from './canonical/events.ts'
import type { ReasoningField } from './canonical/format.ts'
import type { JsonObject } from './canonical/json.ts'

/** `model.options` of the plugin configuration, as far as a provider may mind them. */
export interface ProviderOptions {
  readonly upstream_url?: string | undefined
  readonly anthropic_version?: string | undefined
  readonly bedrock?: { readonly aws_region?: string | undefined } | undefined
  readonly [option: string]: unknown
}

/** A request about to be sent, as far as a signature covers it. */
export interface RequestToSign {
  readonly method: string
  /** As in the Host header. */
  readonly host: string
  /** With its query. */
  readonly path: string
  readonly contentType: string | undefined
  readonly body: Uint8Array
}

/** Fields of the configuration's `auth` that are signed with, and are never sent themselves. */
export interface SigningKeys {
  readonly aws_access_key_id?: string | undefined
  readonly aws_secret_access_key?: string | undefined
  readonly aws_session_token?: string | undefined
}

/** Environment variables that bring a provider to life without any configuration. */
export interface ProviderEnv {
  readonly key?: string
  /** A credential in several parts: the variable of each field of the configuration's `auth`. */
  readonly auth?: readonly { readonly field: keyof SigningKeys; readonly variable: string; readonly optional?: true }[]
  readonly baseUrl?: string
  /** What else it must know; a text says what is missing. Throws an Error where a value cannot be right. */
  readonly options?: (env: NodeJS.ProcessEnv) => ProviderOptions | string
}

export interface ProviderDefinition {
  /** As in `model.provider` of ai-proxy, and in `provider/model`. */
  readonly name: string
  /** For people, as in `OpenAI`. */
  readonly title: string
  /**
   * Scheme, host and, where the vendor has one, the path before `/v1`. Absent: `upstream_url` must be set. A function
   * throws an Error that says which option is missing.
   */
  readonly baseUrl?: string | ((options: ProviderOptions) => string)
  /** Chat formats it speaks, the best first. */
  readonly formats: readonly string[]
  /** Paths below the base that differ from the format's own; an operation without a path is not served. */
  readonly paths: {
    readonly chat: string
    readonly completions?: string
    readonly embeddings?: string
    readonly models?: string
  }
  /** How a bare key becomes a header, as in `{ header: 'x-api-key', prefix: '' }`. */
  readonly auth: { readonly header: string; readonly prefix: string } | null
  readonly env?: ProviderEnv
  /** Where requests are signed: the headers to add, names and values in turn; none where there is nothing to sign with. */
  readonly sign?: (request: RequestToSign, keys: SigningKeys, options: ProviderOptions) => string[]
  /** Bare model names that can only mean this provider. */
  readonly models?: RegExp
  /** Headers that every call to it carries. */
  readonly headers?: (options: ProviderOptions) => Record<string, string>
  /** Last changes to a request body in its format, as a renamed field. Returns the same object or a new one. */
  readonly fixRequest?: (body: JsonObject, model: string) => JsonObject
  /** `max_tokens` where the format must have one and nobody gave it. */
  readonly maxTokens?: (model: string) => number
  /** True where a `developer` role is understood. */
  readonly developerRole?: boolean
  /** The field in which it wants the reasoning of earlier turns back; absent: none. */
  readonly reasoningField?: ReasoningField
  /** Answers without any upstream, as the built-in `demo` does. */
  readonly local?: LocalProvider
}

export interface LocalProvider {
  models(): string[]
  chat(conversation: Conversation): Iterable<ChatEvent>
  /** One vector for each input. */
  embed(inputs: readonly string[], dimensions: number | undefined): number[][]
}

/**
 * Declares a provider.
 *
 * @example
 * export const groq = defineProvider({
 *   name: 'groq', title: 'Groq', baseUrl: 'https://api.groq.com/openai', formats: ['openai-chat'],
 *   paths: openaiPaths, auth: bearer, env: { key: 'GROQ_API_KEY' },
 * })
 */
export function defineProvider(definition: ProviderDefinition): ProviderDefinition {
  return definition
}

/** The base address with these options; `undefined`: only `upstream_url` can say. Throws what `baseUrl` throws. */
export function baseUrlOf({ baseUrl }: ProviderDefinition, options: ProviderOptions): string | undefined {
  return typeof baseUrl === 'function' ? baseUrl(options) : baseUrl
}

export const bearer = { header: 'authorization', prefix: 'Bearer ' } as const

/** The paths of OpenAI's API, which most vendors copy. */
export const openaiPaths = {
  chat: '/v1/chat/completions',
  completions: '/v1/completions',
  embeddings: '/v1/embeddings',
  models: '/v1/models',
} as const
