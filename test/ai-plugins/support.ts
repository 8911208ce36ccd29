/** What the tests of LLM plugins share: a gateway with an AI route before a provider that is a replay server. */

import { readFileSync } from 'node:fs'
import { type IncomingMessage, request as send } from 'node:http'
import { onTestFinished } from 'vitest'
import { bundledAiPlugins } from '../../ai-plugins/index.ts'
import { type AnyPlugin, definePlugin, z } from '../../src/pdk/index.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { createTestGateway, type TestAnswer, type TestGateway } from '../../src/testing/index.ts'
import { type ReplayServer, type ReplyChoice, startReplayServer } from '../support/replay-server.ts'
import { waitFor } from '../support/wait-for.ts'

/** The key that the gateway is configured with. */
export const key = 'sk-provider-0123456789abcdef'

export const json = { 'content-type': 'application/json' }
export const sse = { 'content-type': 'text/event-stream' }

export function fixture(path: string): string {
  return readFileSync(new URL(`../../fixtures/${path}`, import.meta.url), 'utf8')
}

export interface AiOptions {
  /** What the provider answers; absent: a short text in its own format. */
  readonly reply?: ReplyChoice
  /** `model.provider`; absent: openai. */
  readonly provider?: string
  /** Fields of the plugin's config beside or in place of those that are made here. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly model?: Readonly<Record<string, unknown>>
  readonly options?: Readonly<Record<string, unknown>>
  readonly route?: Readonly<Record<string, unknown>>
  readonly service?: Readonly<Record<string, unknown>>
  /** Path and query behind the address of the provider, and fields of its `upstream_url` such as another host. */
  readonly upstreamUrl?: (provider: ReplayServer) => string
  readonly plugins?: readonly AnyPlugin[]
  readonly settings?: Readonly<Record<string, string>>
  /** Entities beside the service. */
  readonly entities?: (provider: ReplayServer) => object
}

export interface Ai {
  readonly provider: ReplayServer
  readonly gateway: TestGateway
  /** What log plugins saw, one for each exchange that is over. */
  readonly records: Readonly<Record<string, unknown>>[]
  /** Posts to the route; an object is sent as JSON. */
  ask(body: object | string, more?: { path?: string; headers?: Readonly<Record<string, string>> }): Promise<TestAnswer>
  /** Posts, and reads the answer piece by piece. */
  open(body: object): Promise<OpenAnswer>
  /** The body that the provider got, parsed. */
  sent(index?: number): unknown
  /** `ai.proxy` of the next record. */
  logged(): Promise<unknown>
}

export interface OpenAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** What came since the last call; empty at the end. */
  next(): Promise<string>
  /** All that is still to come. */
  rest(): Promise<string>
  leave(): void
}

export const hello = [{ role: 'user', content: 'Hello' }]

const ownAnswer: Readonly<Record<string, string>> = {
  anthropic: fixture('anthropic-messages/text.response.json'),
}

/** Starts all of it; it ends with the test. */
export async function startAi(options: AiOptions = {}): Promise<Ai> {
  const name = options.provider ?? 'openai'
  const usual = { headers: json, body: ownAnswer[name] ?? fixture('openai-chat/text.response.json') }
  const provider = await startReplayServer(options.reply ?? usual)
  onTestFinished(() => provider.close())
  const records: Record<string, unknown>[] = []
  const recorder = definePlugin({
    name: 'recorder',
    priority: 1,
    config: z.object({}),
    log: (kong) => void records.push(kong.log.serialize()),
  })
  const upstream = name === 'demo' ? {} : { upstream_url: options.upstreamUrl?.(provider) ?? provider.url }
  const gateway = await createTestGateway({
    plugins: [...bundledPlugins, ...bundledAiPlugins, recorder, ...(options.plugins ?? [])],
    ...(options.settings && { settings: options.settings }),
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [
        {
          name: 'llm',
          url: upstreamUrl,
          ...options.service,
          routes: [
            {
              name: 'chat',
              paths: ['/'],
              ...options.route,
              plugins: [
                {
                  name: 'ai-proxy',
                  config: {
                    route_type: 'llm/v1/chat',
                    auth: { header_name: 'Authorization', header_value: `Bearer ${key}` },
                    model: { provider: name, ...options.model, options: { ...upstream, ...options.options } },
                    logging: { log_statistics: true },
                    ...options.config,
                  },
                },
              ],
            },
          ],
        },
      ],
      plugins: [{ name: 'recorder' }, ...(options.plugins ?? []).map((plugin) => ({ name: plugin.name }))],
      ...options.entities?.(provider),
    }),
  })
  onTestFinished(() => gateway.close())
  return {
    provider,
    gateway,
    records,
    ask: (body, { path = '/v1/chat/completions', headers = {} } = {}) =>
      gateway.request({
        path,
        method: 'POST',
        headers: { ...json, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    open: (body) => open(gateway.url, body),
    sent: (index = 0) => JSON.parse(provider.requests[index]?.body.toString('utf8') ?? 'null'),
    async logged() {
      const record = await waitFor(() => records.shift(), { what: 'a log record' })
      return field(record, 'ai', 'proxy')
    },
  }
}

/** The value at a path of some JSON. */
export function field(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Reflect.get(found, step)
  }
  return found
}

/** The `data:` of each event of a stream, parsed; `[DONE]` as it is. */
export function events(stream: string): unknown[] {
  return [...stream.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => (data === '[DONE]' ? data : JSON.parse(data)))
}

/** The text that a stream in OpenAI's format tells. */
export function textOf(stream: string): string {
  return events(stream)
    .map((event) => field(event, 'choices', 0, 'delta', 'content') ?? '')
    .join('')
}

/** Posts JSON and hands out the answer as it comes. */
export function open(url: string, body: object): Promise<OpenAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = send(`${url}/v1/chat/completions`, { method: 'POST', headers: json, agent: false }, (incoming) => {
      incoming.on('error', () => undefined)
      const pieces = incoming[Symbol.asyncIterator]()
      const next = async () => {
        const { value, done } = await pieces.next()
        return done === true ? '' : String(value)
      }
      resolve({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        next,
        async rest() {
          let text = ''
          for (let piece = await next(); piece !== ''; piece = await next()) text += piece
          return text
        },
        leave: () => void outgoing.destroy(),
      })
    })
    outgoing.on('error', reject)
    outgoing.end(JSON.stringify(body))
  })
}
