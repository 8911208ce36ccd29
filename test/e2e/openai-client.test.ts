import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Chunking } from '../support/chunk-bytes.ts'
import { Gate } from '../support/gate.ts'
import type { Gateway } from '../support/process.ts'
import { startRawServer } from '../support/raw-server.ts'
import { type ReplayServer, startReplayServer } from '../support/replay-server.ts'
import { waitFor } from '../support/wait-for.ts'
import {
  at,
  collect,
  eventsOf,
  failureOf,
  fixture,
  json,
  llmRoute,
  openai,
  type Provider,
  providerKey,
  sse,
  startBuilt,
} from './support.ts'

const providers = ['openai', 'anthropic'] as const
/** The text of the recorded answers; the recording of one provider says a little more. */
const says = { openai: 'Grüße from 東京 🗼.\n\nBye', anthropic: 'Grüße from 東京 🗼' }
const model = { openai: 'gpt-4.1-mini', anthropic: 'claude-sonnet-4-5' }
const recorded = { openai: 'openai-chat', anthropic: 'anthropic-messages' }
const toolFile = { openai: 'parallel-tools', anthropic: 'thinking-tools' }
const hello = [{ role: 'user' as const, content: 'Hello' }]

let gateway: Gateway
let upstream: ReplayServer

beforeAll(async () => {
  upstream = await startReplayServer()
  const keyAuth = { name: 'key-auth', config: { key_names: ['authorization'] } }
  gateway = await startBuilt({
    consumers: [{ username: 'ada', keyauth_credentials: [{ key: 'client-key-1' }] }],
    routes: [
      ...providers.map((provider) => llmRoute({ at: `/${provider}`, client: 'openai', provider, url: upstream.url })),
      llmRoute({ at: '/demo', client: 'openai', provider: 'demo' }),
      llmRoute({
        at: '/limited',
        client: 'openai',
        provider: 'demo',
        plugins: [{ name: 'rate-limiting', config: { day: 1, policy: 'local' } }],
      }),
      llmRoute({ at: '/guarded', client: 'openai', provider: 'openai', url: upstream.url, plugins: [keyAuth] }),
      llmRoute({
        at: '/embed',
        client: 'openai',
        provider: 'openai',
        url: upstream.url,
        config: { route_type: 'llm/v1/embeddings' },
      }),
      llmRoute({ at: '/demo-embed', client: 'openai', provider: 'demo', config: { route_type: 'llm/v1/embeddings' } }),
      {
        name: 'models',
        paths: ['/many/v1/models'],
        plugins: [
          {
            name: 'ai-model-router',
            config: {
              route_type: 'models',
              providers: [{ name: 'demo' }, { name: 'openai', upstream_url: upstream.url }],
            },
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

/** What the upstream was sent last. */
function lastBody(): unknown {
  return JSON.parse(upstream.requests.at(-1)?.body.toString('utf8') ?? '')
}

describe.each(providers)('the OpenAI client against %s', (provider: Provider) => {
  const replySuite = (file: string) => {
    const stream = file.endsWith('.sse')
    upstream.reply({
      headers: stream ? sse : json,
      body: fixture(`${recorded[provider]}/${file}`),
      ...(stream && { chunking: 'event' }),
    })
  }

  it('gets a chat answer with its usage', async () => {
    replySuite('text.response.json')
    const answer = await openai(gateway, `/${provider}`).chat.completions.create({
      model: model[provider],
      messages: hello,
    })
    expect(answer.object).toBe('chat.completion')
    expect(answer.choices[0]?.message).toMatchObject({ role: 'assistant', content: says[provider] })
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(answer.usage).toMatchObject(
      provider === 'openai'
        ? { prompt_tokens: 120, completion_tokens: 40, total_tokens: 160 }
        : { prompt_tokens: 200, completion_tokens: 12, total_tokens: 212 },
    )
    expect(answer._request_id).toMatch(/^[0-9a-f]{32}$/)
    const sent = upstream.requests.at(-1)
    expect(sent?.url).toBe(provider === 'openai' ? '/v1/chat/completions' : '/v1/messages')
    expect(sent?.headers).toMatchObject(
      provider === 'openai'
        ? { authorization: `Bearer ${providerKey}` }
        : { 'x-api-key': providerKey, 'anthropic-version': '2023-06-01' },
    )
    expect(lastBody()).toMatchObject({ model: model[provider] })
  })

  it('sees each chunk of a stream before the next is sent', async () => {
    const stream = fixture(`${recorded[provider]}/text.stream.sse`)
    const events = eventsOf(stream)
    const chunkGate = new Gate()
    upstream.reply({ headers: sse, body: stream, chunking: 'event', chunkGate })
    chunkGate.release()
    let text = ''
    let finish: string | null | undefined
    const asked = openai(gateway, `/${provider}`).chat.completions.create({
      model: model[provider],
      messages: hello,
      stream: true,
    })
    const reading = (async () => {
      for await (const chunk of await asked) {
        text += chunk.choices[0]?.delta.content ?? ''
        finish ??= chunk.choices[0]?.finish_reason
      }
    })()
    for (const { textSoFar } of events) {
      await waitFor(() => text === textSoFar, { what: `"${textSoFar}", and not only "${text}"` })
      chunkGate.release()
    }
    chunkGate.open()
    await reading
    expect(text).toBe(says[provider])
    expect(finish).toBe('stop')
  })

  it('gets usage at the end of a stream if it asks for it', async () => {
    replySuite('text.stream.sse')
    const stream = await openai(gateway, `/${provider}`).chat.completions.create({
      model: model[provider],
      messages: hello,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await collect(stream)
    expect(chunks.filter((chunk) => chunk.usage).length).toBe(1)
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: provider === 'openai' ? { total_tokens: 160 } : { total_tokens: 212 },
    })
  })

  it('gets no usage chunk in a stream if it does not ask', async () => {
    replySuite('text.stream.sse')
    const stream = await openai(gateway, `/${provider}`).chat.completions.create({
      model: model[provider],
      messages: hello,
      stream: true,
    })
    const chunks = await collect(stream)
    expect(chunks.filter((chunk) => chunk.usage || chunk.choices.length === 0)).toEqual([])
    if (provider === 'openai') expect(lastBody()).toMatchObject({ stream_options: { include_usage: true } })
  })

  const tools: OpenAI.ChatCompletionTool[] = ['get_weather', 'get_time'].map((name) => ({
    type: 'function',
    function: { name, description: name, parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  }))
  const oslo = { id: provider === 'openai' ? 'call_a' : 'toolu_a', name: 'get_weather', city: 'Oslo' }
  const timeArguments = provider === 'openai' ? { zone: 'CET' } : {}

  it('gets parallel tool calls whole, and may answer them', async () => {
    replySuite(`${toolFile[provider]}.response.json`)
    const client = openai(gateway, `/${provider}`)
    const answer = await client.chat.completions.create({ model: model[provider], messages: hello, tools })
    const message = answer.choices[0]?.message
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls')
    const calls = message?.tool_calls?.filter((call) => call.type === 'function') ?? []
    expect(calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)])).toEqual([
      ['get_weather', { city: oslo.city }],
      ['get_time', timeArguments],
    ])
    expect(calls[0]?.id).toBe(oslo.id)

    replySuite('text.response.json')
    const results = calls.map(({ id }, index) => ({
      role: 'tool' as const,
      tool_call_id: id,
      content: `result ${index}`,
    }))
    if (message === undefined) throw new Error('there is no message')
    const after = await client.chat.completions.create({
      model: model[provider],
      messages: [...hello, message, ...results],
      tools,
    })
    expect(after.choices[0]?.message.content).toBe(says[provider])
    const sent = JSON.stringify(lastBody())
    for (const { id } of calls) expect(sent).toContain(id)
    expect(sent).toMatch(/result 0.*result 1/)
    if (provider === 'anthropic') {
      // Both results belong into one turn there, in blocks of their own.
      expect(at(lastBody(), 'messages', 2, 'content')).toMatchObject([
        { type: 'tool_result', tool_use_id: calls[0]?.id },
        { type: 'tool_result', tool_use_id: calls[1]?.id },
      ])
    }
  })

  it('gets parallel tool calls streamed', async () => {
    replySuite(`${toolFile[provider]}.stream.sse`)
    const runner = openai(gateway, `/${provider}`).chat.completions.stream({
      model: model[provider],
      messages: hello,
      tools,
    })
    const { choices } = await runner.finalChatCompletion()
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    const calls = choices[0]?.message.tool_calls?.filter((call) => call.type === 'function') ?? []
    expect(calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)])).toEqual([
      ['get_weather', { city: oslo.city }],
      ['get_time', timeArguments],
    ])
  })

  it('sends images by data URL and by https URL', async () => {
    replySuite('text.response.json')
    const url = 'https://images.example/cat.png'
    await openai(gateway, `/${provider}`).chat.completions.create({
      model: model[provider],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
            { type: 'image_url', image_url: { url } },
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

  const ask = (stream = false) =>
    openai(gateway, `/${provider}`).chat.completions.create({ model: model[provider], messages: hello, stream })
  const errorBody = (type: string, message: string, code: string | null = null) =>
    JSON.stringify(
      provider === 'openai'
        ? { error: { message, type, param: null, code } }
        : { type: 'error', error: { type, message } },
    )

  it('learns that the provider refused the configured key, and not which key that is', async () => {
    upstream.reply({
      status: 401,
      headers: json,
      body: errorBody('authentication_error', `Incorrect API key provided: ${providerKey}`, 'invalid_api_key'),
    })
    const error = await failureOf(ask())
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError)
    expect(error).toMatchObject({ status: 401, type: 'authentication_error', code: 'upstream_authentication_error' })
    expect(String(error)).not.toContain(providerKey)
    expect(at(error, 'headers', 'get')).toBeTypeOf('function')
  })

  it.each([false, true])('learns how long a rate limit lasts (stream: %s)', async (stream) => {
    upstream.reply({
      status: 429,
      headers: { ...json, 'retry-after': '7' },
      body: errorBody('rate_limit_error', 'Slow down', 'rate_limit_exceeded'),
    })
    const error = await failureOf(ask(stream))
    if (!(error instanceof OpenAI.RateLimitError)) throw error
    expect(error.status).toBe(429)
    expect(error.type).toBe('rate_limit_error')
    expect(error.code).toBe('rate_limit_exceeded')
    expect(error.message).toContain('Slow down')
    expect(error.headers?.get('retry-after')).toBe('7')
    expect(error.requestID).toMatch(/^[0-9a-f]{32}$/)
  })

  it('retries by itself after a rate limit, as it does without a gateway', async () => {
    const before = upstream.requests.length
    const limited = {
      status: 429,
      headers: { ...json, 'retry-after-ms': '1' },
      body: errorBody('rate_limit_error', 'Slow down'),
    }
    const good = { headers: json, body: fixture(`${recorded[provider]}/text.response.json`) }
    let turn = 0
    upstream.reply(() => (turn++ === 0 ? limited : good))
    const client = openai(gateway, `/${provider}`, { maxRetries: 1 })
    const start = performance.now()
    const answer = await client.chat.completions.create({ model: model[provider], messages: hello })
    expect(answer.choices[0]?.message.content).toBe(says[provider])
    expect(upstream.requests.length - before).toBe(2)
    // Rounded up to a whole second the wait would be a thousand times what the provider asked for.
    expect(performance.now() - start).toBeLessThan(900)
  })

  it('gets a 500 of the provider as an error of the server', async () => {
    upstream.reply({ status: 500, headers: json, body: errorBody('api_error', 'Boom') })
    const error = await failureOf(ask())
    if (!(error instanceof OpenAI.InternalServerError)) throw error
    expect(error.status).toBeGreaterThanOrEqual(500)
    expect(error.message).toContain('Boom')
    expect(error.requestID).toMatch(/^[0-9a-f]{32}$/)
  })

  it.each(['{"id": "chatcmpl-1", "choices": [', '<html>Bad gateway</html>', '[1]'])('gets 502 for %j', async (body) => {
    upstream.reply({ headers: json, body })
    const error = await failureOf(ask())
    if (!(error instanceof OpenAI.InternalServerError)) throw error
    expect(error.status).toBe(502)
    expect(error.message).toContain('cannot be read')
    expect(error.headers?.get('x-kong-request-id')).toMatch(/^[0-9a-f]{32}$/)
  })

  it('gets half an answer and then the error, where one stands in the middle of a stream', async () => {
    replySuite('error.stream.sse')
    let text = ''
    const error = await failureOf(
      (async () => {
        const stream = await openai(gateway, `/${provider}`).chat.completions.create({
          model: model[provider],
          messages: hello,
          stream: true,
        })
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
      })(),
    )
    expect(text).toBe('Half an ans')
    expect(error).toBeInstanceOf(OpenAI.APIError)
    expect(String(error)).toContain(provider === 'openai' ? 'The server had an error' : 'Overloaded')
  })

  it.each<Chunking>(['byte', 'utf8', { random: 7 }])(
    'reads a stream whose chunks are cut anywhere (%j)',
    async (chunking) => {
      for (const [file, words] of [
        ['text', says[provider]],
        [toolFile[provider], '"Oslo"'],
      ]) {
        upstream.reply({ headers: sse, body: fixture(`${recorded[provider]}/${file}.stream.sse`), chunking })
        const asked = { model: model[provider], messages: hello }
        const answer = await openai(gateway, `/${provider}`).chat.completions.stream(asked).finalChatCompletion()
        const [call] = answer.choices[0]?.message.tool_calls ?? []
        const seen = call?.type === 'function' ? call.function.arguments : answer.choices[0]?.message.content
        expect(seen).toContain(words)
      }
    },
  )

  it('is told of a stream that was cut off', async () => {
    const stream = fixture(`${recorded[provider]}/text.stream.sse`)
    const [first, second, third, fourth, fifth] = eventsOf(stream).map(({ event }) => Buffer.byteLength(event))
    const closeAfter = (first ?? 0) + (second ?? 0) + (third ?? 0) + (fourth ?? 0) + (fifth ?? 0)
    upstream.reply({ headers: sse, body: stream, chunking: 'event', closeAfter })
    let text = ''
    const error = await failureOf(
      (async () => {
        const answer = await openai(gateway, `/${provider}`).chat.completions.create({
          model: model[provider],
          messages: hello,
          stream: true,
        })
        for await (const chunk of answer) text += chunk.choices[0]?.delta.content ?? ''
      })(),
    )
    expect(text.length).toBeGreaterThan(0)
    expect(says[provider]).toContain(text)
    expect(error).toBeInstanceOf(OpenAI.APIError)
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
    const stream = await openai(gateway, `/${provider}`).chat.completions.create({
      model: model[provider],
      messages: hello,
      stream: true,
    })
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
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
      const asked = failureOf(
        openai(gateway, `/${provider}`).chat.completions.create(
          { model: model[provider], messages: hello, stream },
          { signal: controller.signal },
        ),
      )
      const { aborted } = await upstream.request(index)
      const left = performance.now()
      controller.abort()
      expect((await aborted) - left).toBeLessThan(100)
      expect(await asked).toBeInstanceOf(OpenAI.APIUserAbortError)
    },
  )
})

describe('the OpenAI client', () => {
  it('is refused by the gateway itself in OpenAI’s words, and let in with its key as bearer', async () => {
    const client = (apiKey: string) => openai(gateway, '/guarded', { apiKey })
    const before = upstream.requests.length
    const error = await failureOf(client('wrong').chat.completions.create({ model: 'gpt-4.1-mini', messages: hello }))
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError)
    expect(error).toMatchObject({ status: 401, type: 'authentication_error', code: 'invalid_api_key' })
    expect(String(error)).toContain('Unauthorized')
    expect(upstream.requests.length).toBe(before)

    upstream.reply({ headers: json, body: fixture('openai-chat/text.response.json') })
    const answer = await client('client-key-1').chat.completions.create({ model: 'gpt-4.1-mini', messages: hello })
    expect(answer.choices[0]?.message.content).toBe(says.openai)
    expect(upstream.requests.at(-1)?.headers.authorization).toBe(`Bearer ${providerKey}`)
  })

  it('is told by the gateway’s own rate limit what it must know to wait', async () => {
    const client = openai(gateway, '/limited')
    await client.chat.completions.create({ model: 'demo', messages: hello })
    const error = await failureOf(client.chat.completions.create({ model: 'demo', messages: hello }))
    if (!(error instanceof OpenAI.RateLimitError)) throw error
    expect(error).toMatchObject({ status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' })
    expect(error.message).toContain('API rate limit exceeded')
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(0)
    expect(error.requestID).toMatch(/^[0-9a-f]{32}$/)
  })

  it('gets 502 with the reason where no provider listens', async () => {
    const silent = await startRawServer({ bytes: '' })
    await silent.close()
    const other = await startBuilt({
      routes: [llmRoute({ at: '/gone', client: 'openai', provider: 'openai', url: silent.url })],
    })
    const error = await failureOf(openai(other, '/gone').chat.completions.create({ model: 'm', messages: hello }))
    await other.stop()
    if (!(error instanceof OpenAI.InternalServerError)) throw error
    expect(error.status).toBe(502)
    expect(error.message).toContain('connection refused')
    expect(error.message).not.toContain('127.0.0.1')
  })

  describe('asks for embeddings', () => {
    const vector = [0.5, -0.25, 0.125]
    const asked = { model: 'text-embedding-3-small', input: 'Hello' }
    const embedding = (value: unknown) => ({
      headers: json,
      body: JSON.stringify({
        object: 'list',
        model: 'text-embedding-3-small',
        data: [{ object: 'embedding', index: 0, embedding: value }],
        usage: { prompt_tokens: 1, total_tokens: 1 },
      }),
    })
    const base64 = Buffer.from(new Float32Array(vector).buffer).toString('base64')

    it.each([
      ['base64', base64],
      ['floats, which it did not ask for', vector],
    ])('and gets numbers where the provider answers %s', async (_, value) => {
      upstream.reply(embedding(value))
      const { data, usage } = await openai(gateway, '/embed').embeddings.create(asked)
      expect(data[0]?.embedding).toEqual(vector)
      expect(usage.total_tokens).toBe(1)
      expect(upstream.requests.at(-1)?.url).toBe('/v1/embeddings')
    })

    it('as floats, and gets them where the provider answers base64', async () => {
      upstream.reply(embedding(base64))
      const { data } = await openai(gateway, '/embed').embeddings.create({ ...asked, encoding_format: 'float' })
      expect(data[0]?.embedding).toEqual(vector)
    })

    it('of the demo', async () => {
      const { data } = await openai(gateway, '/demo-embed').embeddings.create({
        model: 'demo',
        input: ['a', 'b'],
        dimensions: 4,
      })
      expect(data.map(({ embedding: values }) => values.length)).toEqual([4, 4])
      for (const { embedding: values } of data) expect(Math.hypot(...values)).toBeCloseTo(1, 5)
    })
  })

  it('lists the models of all providers', async () => {
    upstream.reply({
      headers: json,
      body: JSON.stringify({ object: 'list', data: [{ id: 'gpt-4.1-mini', object: 'model' }] }),
    })
    const models = await collect(openai(gateway, '/many').models.list())
    expect(models.map(({ id }) => id)).toEqual(['demo/demo', 'demo/demo-embedding', 'openai/gpt-4.1-mini'])
  })

  it('looks one model up by a name with a slash, which the client encodes', async () => {
    const client = openai(gateway, '/many')
    expect(await client.models.retrieve('demo/demo')).toMatchObject({ id: 'demo/demo', object: 'model' })
    const unknown = await failureOf(client.models.retrieve('demo/other'))
    expect(unknown).toBeInstanceOf(OpenAI.NotFoundError)
    expect(unknown).toMatchObject({ status: 404, code: 'model_not_found' })
  })

  it('talks to the demo, whole and streamed', async () => {
    const client = openai(gateway, '/demo')
    const whole = await client.chat.completions.create({ model: 'demo', messages: hello })
    const text = whole.choices[0]?.message.content ?? ''
    expect(text).toContain('You said: Hello')
    expect(whole.usage?.total_tokens).toBeGreaterThan(0)
    const stream = await client.chat.completions.create({
      model: 'demo',
      messages: hello,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await collect(stream)
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(text)
    expect(chunks.length).toBeGreaterThan(3)
    expect(chunks.at(-1)?.usage).toEqual(whole.usage)
  })

  it('gets tool calls of the demo, and its words about their results', async () => {
    const tools: OpenAI.ChatCompletionTool[] = ['get_weather', 'get_time'].map((name) => ({
      type: 'function',
      function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
    }))
    const client = openai(gateway, '/demo')
    const runner = client.chat.completions.stream({ model: 'demo', messages: hello, tools })
    const message = (await runner.finalChatCompletion()).choices[0]?.message
    expect(message?.tool_calls).toHaveLength(2)
    if (message === undefined) throw new Error('there is no message')
    const results = (message.tool_calls ?? []).map(({ id }) => ({
      role: 'tool' as const,
      tool_call_id: id,
      content: 'Sunny',
    }))
    const after = await client.chat.completions.create({
      model: 'demo',
      messages: [...hello, message, ...results],
      tools,
    })
    expect(after.choices[0]?.message.content).toContain('get_weather said: Sunny')
  })
})
