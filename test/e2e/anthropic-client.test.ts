import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Chunking } from '../support/chunk-bytes.ts'
import { Gate } from '../support/gate.ts'
import type { Gateway } from '../support/process.ts'
import { type ReplayServer, startReplayServer } from '../support/replay-server.ts'
import { waitFor } from '../support/wait-for.ts'
import {
  anthropic,
  at,
  collect,
  eventsOf,
  failureOf,
  fixture,
  json,
  llmRoute,
  type Provider,
  providerKey,
  sse,
  startBuilt,
} from './support.ts'

const providers = ['openai', 'anthropic'] as const
/** The text of the recorded answers; the recording of one provider says a little more. */
const says = { openai: 'Grüße from 東京 🗼.\n\nBye', anthropic: 'Grüße from 東京 🗼' }
const model = { openai: 'gpt-4.1-mini', anthropic: 'claude-haiku-4-5' }
const recorded = { openai: 'openai-chat', anthropic: 'anthropic-messages' }
const toolFile = { openai: 'parallel-tools', anthropic: 'thinking-tools' }
const hello = [{ role: 'user' as const, content: 'Hello' }]

let gateway: Gateway
let upstream: ReplayServer

beforeAll(async () => {
  upstream = await startReplayServer()
  const keyAuth = { name: 'key-auth', config: { key_names: ['x-api-key', 'authorization'] } }
  gateway = await startBuilt({
    consumers: [{ username: 'ada', keyauth_credentials: [{ key: 'client-key-1' }] }],
    routes: [
      ...providers.map((provider) =>
        llmRoute({ at: `/${provider}`, client: 'anthropic', provider, url: upstream.url }),
      ),
      llmRoute({ at: '/demo', client: 'anthropic', provider: 'demo' }),
      llmRoute({
        at: '/limited',
        client: 'anthropic',
        provider: 'demo',
        plugins: [{ name: 'rate-limiting', config: { day: 1, policy: 'local' } }],
      }),
      llmRoute({ at: '/guarded', client: 'anthropic', provider: 'anthropic', url: upstream.url, plugins: [keyAuth] }),
      {
        name: 'models',
        paths: ['/many/v1/models'],
        plugins: [
          {
            name: 'ai-model-router',
            config: { route_type: 'models', llm_format: 'anthropic', providers: [{ name: 'demo' }] },
          },
        ],
      },
    ],
  })
})
afterAll(async () => {
  await gateway?.stop()
  await upstream?.close()
})

function lastBody(): unknown {
  return JSON.parse(upstream.requests.at(-1)?.body.toString('utf8') ?? '')
}

/** Their text and calls, and nothing of what a model thinks. */
function visible(content: readonly Anthropic.ContentBlock[]): unknown[] {
  return content.flatMap((block): unknown[] => {
    if (block.type === 'text') return [block.text]
    return block.type === 'tool_use' ? [[block.name, block.input]] : []
  })
}

describe.each(providers)('the Anthropic client against %s', (provider: Provider) => {
  const replySuite = (file: string) => {
    const stream = file.endsWith('.sse')
    upstream.reply({
      headers: stream ? sse : json,
      body: fixture(`${recorded[provider]}/${file}`),
      ...(stream && { chunking: 'event' }),
    })
  }
  const asked = { model: model[provider], max_tokens: 100, messages: hello }
  const messages = () => anthropic(gateway, `/${provider}`).messages

  it('gets an answer with its usage', async () => {
    replySuite('text.response.json')
    const answer = await messages().create(asked)
    expect(answer).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' })
    expect(visible(answer.content)).toEqual([says[provider]])
    // What was cached is counted beside the input here, within it there.
    expect(answer.usage).toMatchObject(
      provider === 'openai'
        ? { input_tokens: 56, cache_read_input_tokens: 64, output_tokens: 40 }
        : { input_tokens: 20, cache_creation_input_tokens: 130, cache_read_input_tokens: 50, output_tokens: 12 },
    )
    expect(answer._request_id).toMatch(/^[0-9a-f]{32}$/)
    const sent = upstream.requests.at(-1)
    expect(sent?.url).toBe(provider === 'openai' ? '/v1/chat/completions' : '/v1/messages')
    expect(sent?.headers).toMatchObject(
      provider === 'openai'
        ? { authorization: `Bearer ${providerKey}` }
        : { 'x-api-key': providerKey, 'anthropic-version': '2023-06-01' },
    )
    expect(lastBody()).toMatchObject({
      model: model[provider],
      [provider === 'openai' ? 'max_completion_tokens' : 'max_tokens']: 100,
    })
  })

  it('sees each chunk of a stream before the next is sent', async () => {
    const stream = fixture(`${recorded[provider]}/text.stream.sse`)
    const chunkGate = new Gate()
    upstream.reply({ headers: sse, body: stream, chunking: 'event', chunkGate })
    chunkGate.release()
    let text = ''
    const reading = (async () => {
      for await (const event of await messages().create({ ...asked, stream: true })) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text
      }
    })()
    for (const { textSoFar } of eventsOf(stream)) {
      await waitFor(() => text === textSoFar, { what: `"${textSoFar}", and not only "${text}"` })
      chunkGate.release()
    }
    chunkGate.open()
    await reading
    expect(text).toBe(says[provider])
  })

  it('gets a stream whose events are whole and in order, and its usage', async () => {
    replySuite('text.stream.sse')
    const events = await collect(await messages().create({ ...asked, stream: true }))
    const types = events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1])
    expect(types).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    const last = events.findLast((event) => event.type === 'message_delta')
    expect(last?.delta.stop_reason).toBe('end_turn')
    expect(last?.usage.output_tokens).toBe(provider === 'openai' ? 40 : 12)
    if (provider === 'openai')
      expect(lastBody()).toMatchObject({ stream: true, stream_options: { include_usage: true } })
  })

  it('folds a stream into the same message that it gets whole', async () => {
    replySuite('text.stream.sse')
    const folded = await messages().stream(asked).finalMessage()
    expect(visible(folded.content)).toEqual([says[provider]])
    expect(folded.usage.output_tokens).toBe(provider === 'openai' ? 40 : 12)
    expect(folded.usage.cache_read_input_tokens).toBe(provider === 'openai' ? 64 : 50)
  })

  const tools: Anthropic.Tool[] = ['get_weather', 'get_time'].map((name) => ({
    name,
    description: name,
    input_schema: { type: 'object', properties: { city: { type: 'string' } } },
  }))
  const calls = [
    ...(provider === 'openai' ? [] : ['Let me look.']),
    ['get_weather', { city: 'Oslo' }],
    ['get_time', provider === 'openai' ? { zone: 'CET' } : {}],
  ]

  it('gets parallel tool calls whole, and may answer them', async () => {
    replySuite(`${toolFile[provider]}.response.json`)
    const answer = await messages().create({ ...asked, tools })
    expect(answer.stop_reason).toBe('tool_use')
    expect(visible(answer.content)).toEqual(calls)
    const ids = answer.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))

    replySuite('text.response.json')
    const results = ids.map((id, index) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      content: `result ${index}`,
    }))
    const after = await messages().create({
      ...asked,
      tools,
      messages: [...hello, { role: 'assistant', content: answer.content }, { role: 'user', content: results }],
    })
    expect(visible(after.content)).toEqual([says[provider]])
    if (provider === 'openai') {
      expect(at(lastBody(), 'messages')).toMatchObject([
        { role: 'user' },
        { role: 'assistant', tool_calls: [{ id: ids[0] }, { id: ids[1] }] },
        { role: 'tool', tool_call_id: ids[0], content: 'result 0' },
        { role: 'tool', tool_call_id: ids[1], content: 'result 1' },
      ])
    } else {
      // Thinking goes back as it came, signature and all, or Anthropic refuses the conversation.
      expect(at(lastBody(), 'messages', 1, 'content')).toEqual(answer.content)
    }
  })

  it('gets parallel tool calls streamed', async () => {
    replySuite(`${toolFile[provider]}.stream.sse`)
    const message = await messages()
      .stream({ ...asked, tools })
      .finalMessage()
    expect(message.stop_reason).toBe('tool_use')
    expect(visible(message.content)).toEqual(calls)
  })

  it('sends images as base64 and by https URL', async () => {
    replySuite('text.response.json')
    const url = 'https://images.example/cat.png'
    await messages().create({
      ...asked,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
            { type: 'image', source: { type: 'url', url } },
          ],
        },
      ],
    })
    expect(at(lastBody(), 'messages', 0, 'content')).toMatchObject(
      provider === 'openai'
        ? [
            { type: 'text' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
            { type: 'image_url', image_url: { url } },
          ]
        : [
            { type: 'text' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
            { type: 'image', source: { type: 'url', url } },
          ],
    )
  })

  const ask = (stream = false) => messages().create({ ...asked, stream })
  const errorBody = (type: string, message: string, code: string | null = null) =>
    JSON.stringify(
      provider === 'openai'
        ? { error: { message, type, param: null, code } }
        : { type: 'error', error: { type, message }, request_id: 'req_1' },
    )

  it('learns that the provider refused the configured key, and not which key that is', async () => {
    upstream.reply({
      status: 401,
      headers: json,
      body: errorBody('authentication_error', `invalid x-api-key: ${providerKey}`, 'invalid_api_key'),
    })
    const error = await failureOf(ask())
    expect(error).toBeInstanceOf(Anthropic.AuthenticationError)
    expect(error).toMatchObject({ status: 401, error: { type: 'error', error: { type: 'authentication_error' } } })
    expect(String(error)).toContain('refused the credential')
    expect(String(error)).not.toContain(providerKey)
  })

  it.each([false, true])('learns how long a rate limit lasts (stream: %s)', async (stream) => {
    upstream.reply({
      status: 429,
      headers: { ...json, 'retry-after': '7' },
      body: errorBody('rate_limit_error', 'Slow down', 'rate_limit_exceeded'),
    })
    const error = await failureOf(ask(stream))
    if (!(error instanceof Anthropic.RateLimitError)) throw error
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'rate_limit_error', message: 'Slow down' } })
    expect(error.headers?.get('retry-after')).toBe('7')
    expect(error.requestID).toMatch(/^[0-9a-f]{32}$/)
  })

  it('gets a 500 of the provider as an error of the server', async () => {
    upstream.reply({ status: 500, headers: json, body: errorBody('api_error', 'Boom') })
    const error = await failureOf(ask())
    if (!(error instanceof Anthropic.InternalServerError)) throw error
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'api_error', message: 'Boom' } })
    expect(error.requestID).toMatch(/^[0-9a-f]{32}$/)
  })

  it('gets an overload under the status that it knows', async () => {
    upstream.reply(
      provider === 'openai'
        ? { status: 503, headers: json, body: errorBody('server_error', 'Busy') }
        : { status: 529, headers: json, body: errorBody('overloaded_error', 'Busy') },
    )
    const error = await failureOf(ask())
    expect(error).toMatchObject({ status: 529, error: { error: { type: 'overloaded_error', message: 'Busy' } } })
  })

  it.each(['{"id": "msg_1", "content": [', '<html>Bad gateway</html>', '[1]'])('gets 502 for %j', async (body) => {
    upstream.reply({ headers: json, body })
    const error = await failureOf(ask())
    if (!(error instanceof Anthropic.InternalServerError)) throw error
    expect(error.status).toBe(502)
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'api_error' } })
    expect(error.message).toContain('cannot be read')
    expect(at(error.error, 'request_id')).toMatch(/^[0-9a-f]{32}$/)
  })

  it('gets half an answer and then the error, where one stands in the middle of a stream', async () => {
    replySuite('error.stream.sse')
    let text = ''
    const error = await failureOf(
      (async () => {
        for await (const event of await messages().create({ ...asked, stream: true })) {
          if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text
        }
      })(),
    )
    expect(text).toBe('Half an ans')
    expect(error).toBeInstanceOf(Anthropic.APIError)
    expect(String(error)).toContain(provider === 'openai' ? 'The server had an error' : 'Overloaded')
  })

  it.each<Chunking>(['byte', 'utf8', { random: 7 }])(
    'reads a stream whose chunks are cut anywhere (%j)',
    async (chunking) => {
      for (const [file, expected] of [
        ['text', [says[provider]]],
        [toolFile[provider], calls],
      ]) {
        upstream.reply({ headers: sse, body: fixture(`${recorded[provider]}/${file}.stream.sse`), chunking })
        const message = await messages()
          .stream({ ...asked, tools })
          .finalMessage()
        expect(visible(message.content)).toEqual(expected)
      }
    },
  )

  it('is told of a stream that was cut off', async () => {
    const stream = fixture(`${recorded[provider]}/text.stream.sse`)
    const closeAfter = eventsOf(stream)
      .slice(0, 5)
      .reduce((sum, { event }) => sum + Buffer.byteLength(event), 0)
    upstream.reply({ headers: sse, body: stream, chunking: 'event', closeAfter })
    let text = ''
    const error = await failureOf(
      (async () => {
        for await (const event of await messages().create({ ...asked, stream: true })) {
          if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text
        }
      })(),
    )
    expect(text.length).toBeGreaterThan(0)
    expect(says[provider]).toContain(text)
    expect(error).toBeInstanceOf(Anthropic.APIError)
    expect(String(error)).toContain('the provider failed while it answered')
  })

  it('closes the upstream within 100 ms when it leaves in mid-stream', { retry: 2 }, async () => {
    const chunkGate = new Gate()
    upstream.reply({
      headers: sse,
      body: fixture(`${recorded[provider]}/text.stream.sse`),
      chunking: 'event',
      chunkGate,
    })
    chunkGate.release(5)
    const index = upstream.requests.length
    const stream = await messages().create({ ...asked, stream: true })
    for await (const event of stream) if (event.type === 'content_block_delta') break
    const left = performance.now()
    stream.controller.abort()
    const { aborted } = await upstream.request(index)
    expect((await aborted) - left).toBeLessThan(100)
  })

  it.each([false, true])(
    'closes the upstream within 100 ms when it leaves before the first byte (stream: %s)',
    { retry: 2 },
    async (stream) => {
      const headGate = new Gate()
      upstream.reply({ headGate })
      const index = upstream.requests.length
      const controller = new AbortController()
      const pending = failureOf(messages().create({ ...asked, stream }, { signal: controller.signal }))
      const { aborted } = await upstream.request(index)
      const left = performance.now()
      controller.abort()
      expect((await aborted) - left).toBeLessThan(100)
      expect(await pending).toBeInstanceOf(Anthropic.APIUserAbortError)
    },
  )
})

describe('the Anthropic client', () => {
  it('is refused by the gateway itself in Anthropic’s words, and let in with its key, however it sends it', async () => {
    const client = (apiKey: string) => anthropic(gateway, '/guarded', { apiKey })
    // Older versions of the client sent the key under this name, this one sends it as bearer.
    const headers = { 'x-api-key': 'client-key-1' }
    const asked = { model: model.anthropic, max_tokens: 10, messages: hello }
    const before = upstream.requests.length
    const error = await failureOf(client('wrong').messages.create(asked))
    expect(error).toBeInstanceOf(Anthropic.AuthenticationError)
    expect(error).toMatchObject({
      status: 401,
      error: { type: 'error', error: { type: 'authentication_error', message: 'Unauthorized' } },
    })
    expect(upstream.requests.length).toBe(before)

    upstream.reply({ headers: json, body: fixture('anthropic-messages/text.response.json') })
    for (const answer of [
      await client('client-key-1').messages.create(asked),
      await client('unused').messages.create(asked, { headers }),
    ]) {
      expect(visible(answer.content)).toEqual([says.anthropic])
      expect(upstream.requests.at(-1)?.headers['x-api-key']).toBe(providerKey)
      expect(upstream.requests.at(-1)?.headers.authorization).toBeUndefined()
    }
  })

  it('is told by the gateway’s own rate limit what it must know to wait', async () => {
    const { messages } = anthropic(gateway, '/limited')
    const asked = { model: 'demo', max_tokens: 10, messages: hello }
    await messages.create(asked)
    const error = await failureOf(messages.create(asked))
    if (!(error instanceof Anthropic.RateLimitError)) throw error
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } })
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(0)
    expect(error.requestID).toBe(at(error.error, 'request_id'))
  })

  it('passes its beta headers on to Anthropic', async () => {
    upstream.reply({ headers: json, body: fixture('anthropic-messages/text.response.json') })
    await anthropic(gateway, '/anthropic').beta.messages.create({
      model: model.anthropic,
      max_tokens: 10,
      messages: hello,
      betas: ['context-1m-2025-08-07'],
    })
    expect(upstream.requests.at(-1)?.headers['anthropic-beta']).toBe('context-1m-2025-08-07')
  })

  it('lists models', async () => {
    const models = await collect(anthropic(gateway, '/many').models.list())
    expect(models[0]).toMatchObject({ type: 'model', display_name: expect.any(String), created_at: expect.any(String) })
    expect(models.map(({ id }) => id)).toEqual(['demo/demo', 'demo/demo-embedding'])
  })

  it('talks to the demo, whole and streamed', async () => {
    const { messages } = anthropic(gateway, '/demo')
    const asked = { model: 'demo', max_tokens: 1000, messages: hello }
    const whole = await messages.create(asked)
    expect(visible(whole.content).join('')).toContain('You said: Hello')
    expect(whole.usage.output_tokens).toBeGreaterThan(0)
    let pieces = 0
    const stream = messages.stream(asked).on('text', () => {
      pieces += 1
    })
    const folded = await stream.finalMessage()
    expect(visible(folded.content)).toEqual(visible(whole.content))
    expect(pieces).toBeGreaterThan(3)
    expect(folded.usage.output_tokens).toBe(whole.usage.output_tokens)
  })

  it('gets tool calls of the demo, and its words about their results', async () => {
    const tools: Anthropic.Tool[] = ['get_weather', 'get_time'].map((name) => ({
      name,
      input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    }))
    const { messages } = anthropic(gateway, '/demo')
    const asked = { model: 'demo', max_tokens: 1000, tools }
    const { content } = await messages.stream({ ...asked, messages: hello }).finalMessage()
    const ids = content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))
    expect(ids).toHaveLength(2)
    const results = ids.map((id) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'Sunny' }))
    const after = await messages.create({
      ...asked,
      messages: [...hello, { role: 'assistant', content }, { role: 'user', content: results }],
    })
    expect(visible(after.content).join('')).toContain('get_weather said: Sunny')
  })
})
