/** What the tests of the built program share: configurations, official clients and streams in both formats. */

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { type Gateway, type GatewayOptions, startGateway } from '../support/process.ts'

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))

/** Starts the built program with one worker, unless the options say otherwise. Throws where nothing is built. */
export async function startBuilt(config: object | undefined, options: GatewayOptions = {}): Promise<Gateway> {
  if (!existsSync(program)) throw new Error(`${program} is missing: run \`npm run build\` before these tests`)
  return startGateway({
    ...options,
    ...(config !== undefined && { config: JSON.stringify({ _format_version: '3.0', ...config }) }),
    env: { TOLLGATE_NGINX_WORKER_PROCESSES: '1', ...options.env },
  })
}

export function fixture(path: string): string {
  return readFileSync(new URL(`../../fixtures/${path}`, import.meta.url), 'utf8')
}

export type Client = 'openai' | 'anthropic'
export type Provider = 'openai' | 'anthropic'

/** The key that the gateway is configured with for every provider. */
export const providerKey = 'sk-provider-0123456789abcdef'

export interface LlmRoute {
  /** Front of the path, as in `/oo`. */
  readonly at: string
  readonly client: Client
  readonly provider: Provider | 'demo'
  /** Base address of the provider. */
  readonly url?: string
  readonly model?: string
  readonly config?: object
  /** Besides ai-proxy. */
  readonly plugins?: readonly object[]
}

/** A route for one client format and one provider, with the paths that the official clients call. */
export function llmRoute({ at, client, provider, url, model, config, plugins = [] }: LlmRoute): object {
  const auth = {
    openai: { header_name: 'Authorization', header_value: `Bearer ${providerKey}` },
    anthropic: { header_name: 'x-api-key', header_value: providerKey },
    demo: undefined,
  }[provider]
  const proxy = {
    route_type: 'llm/v1/chat',
    llm_format: client,
    ...(auth && { auth }),
    model: { provider, ...(model && { name: model }), options: { ...(url && { upstream_url: url }) } },
    logging: { log_statistics: true },
    ...config,
  }
  return {
    name: at.slice(1),
    paths: [at],
    plugins: [{ name: 'ai-proxy', config: proxy }, ...plugins],
  }
}

/** The official client, as a developer sets it up: with another base address. */
export function openai(gateway: Gateway, at: string, more: { apiKey?: string; maxRetries?: number } = {}): OpenAI {
  return new OpenAI({ baseURL: `${gateway.proxy[0]}${at}/v1`, apiKey: 'sk-client-unused', maxRetries: 0, ...more })
}

export function anthropic(
  gateway: Gateway,
  at: string,
  more: { apiKey?: string; maxRetries?: number } = {},
): Anthropic {
  return new Anthropic({ baseURL: `${gateway.proxy[0]}${at}`, apiKey: 'sk-client-unused', maxRetries: 0, ...more })
}

/** Headers with which each provider sends a stream. */
export const sse = { 'content-type': 'text/event-stream; charset=utf-8' }
export const json = { 'content-type': 'application/json' }

/** A provider's stream cut into its events, with the text that a client has seen after each. */
export function eventsOf(stream: string): { event: string; textSoFar: string }[] {
  let textSoFar = ''
  return stream
    .split(/(?<=\n\n)/)
    .filter((event) => event.trim() !== '')
    .map((event) => {
      textSoFar += textOf(event)
      return { event, textSoFar }
    })
}

function textOf(event: string): string {
  const data = event.match(/^data: (\{.*)$/m)?.[1]
  if (data === undefined) return ''
  const parsed: unknown = JSON.parse(data)
  const found = at(parsed, 'choices', 0, 'delta', 'content') ?? at(parsed, 'delta', 'text')
  return typeof found === 'string' ? found : ''
}

/** The value at a path of a parsed JSON text; `undefined` where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Reflect.get(found, step)
  }
  return found
}

/** The error with which a promise is rejected. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('nothing failed')
}

/** All that comes, in order. */
export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}
