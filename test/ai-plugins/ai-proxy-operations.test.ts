/** Route types beside chat: completions, embeddings, and what is passed on as it is. */

import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { withEncoding } from '../../providers/formats/openai-embeddings.ts'
import { events, field, fixture, hello, json, key, sse, startAi } from './support.ts'

const claude = { provider: 'anthropic', model: { name: 'claude-sonnet-4-5' } }

describe('completions', () => {
  const config = { route_type: 'llm/v1/completions' }
  const body =
    '{"id":"cmpl-1","object":"text_completion","choices":[{"text":"Hi","index":0}],"usage":{"prompt_tokens":2,"completion_tokens":1}}'

  it('go to a provider that has them as they are', async () => {
    const ai = await startAi({ config, reply: { headers: json, body } })
    const answer = await ai.ask({ model: 'm', prompt: 'Hello', best_of: 1 })
    expect(answer.text).toBe(body)
    expect(ai.provider.requests[0]?.url).toBe('/v1/completions')
    expect(ai.sent()).toEqual({ model: 'm', prompt: 'Hello', best_of: 1 })
    expect(await ai.logged()).toMatchObject({ usage: { prompt_tokens: 2, completion_tokens: 1 } })
  })

  it('become a chat where the provider has none', async () => {
    const ai = await startAi({ ...claude, config })
    const answer = await ai.ask({ prompt: 'Hello', max_tokens: 9 })
    expect(ai.provider.requests[0]?.url).toBe('/v1/messages')
    expect(ai.sent()).toMatchObject({ max_tokens: 9, messages: [{ role: 'user' }] })
    expect(answer.json()).toMatchObject({ object: 'text_completion', choices: [{ text: 'Grüße from 東京 🗼' }] })
  })

  it('stream as chats do', async () => {
    const reply = { headers: sse, body: fixture('anthropic-messages/text.stream.sse') }
    const ai = await startAi({ ...claude, config, reply })
    const answer = await ai.ask({ prompt: 'Hello', max_tokens: 9, stream: true })
    const text = events(answer.text).map((event) => field(event, 'choices', 0, 'text') ?? '')
    expect(text.join('')).toBe('Grüße from 東京 🗼')
  })
})

describe('embeddings', () => {
  const config = { route_type: 'llm/v1/embeddings' }
  const floats = { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.5, -1] }], model: 'e-1' }
  const usage = { prompt_tokens: 3, total_tokens: 3 }

  it('go on as they are, with what the config wants of them', async () => {
    const ai = await startAi({
      config,
      model: { name: 'e' },
      options: { embeddings_dimensions: 2 },
      reply: { headers: json, body: JSON.stringify({ ...floats, usage }) },
    })
    const answer = await ai.ask({ input: ['a'], user: 'u' })
    expect(answer.json()).toEqual({ ...floats, usage })
    expect(ai.provider.requests[0]?.url).toBe('/v1/embeddings')
    expect(ai.sent()).toEqual({ model: 'e', input: ['a'], user: 'u', dimensions: 2 })
    expect(await ai.logged()).toMatchObject({
      meta: { request_model: 'e', response_model: 'e-1' },
      usage: { prompt_tokens: 3, completion_tokens: 0 },
    })
    await ai.ask({ input: ['a'], dimensions: 9 })
    expect(ai.sent(1)).toMatchObject({ dimensions: 9 })
  })

  it('come in the encoding that the client asked for, whatever the provider sends', async () => {
    const base64 = withEncoding(structuredClone(floats), 'base64')
    expect(field(base64, 'data', 0, 'embedding')).toBe(Buffer.from(Float32Array.of(0.5, -1).buffer).toString('base64'))
    const ai = await startAi({ config, reply: { headers: json, body: JSON.stringify(floats) } })
    expect((await ai.ask({ model: 'e', input: 'a', encoding_format: 'base64' })).json()).toEqual(base64)
    ai.provider.reply({ headers: json, body: JSON.stringify(base64) })
    expect((await ai.ask({ model: 'e', input: 'a' })).json()).toEqual(floats)
    expect((await ai.ask({ model: 'e', input: 'a', encoding_format: 'base64' })).json()).toEqual(base64)
  })

  it('are no stream, whatever the client says', async () => {
    const ai = await startAi({ config, reply: { headers: json, body: JSON.stringify(floats) } })
    expect((await ai.ask({ model: 'e', input: 'a', stream: true })).json()).toEqual(floats)
  })

  it('are refused where the provider has none, or nothing is to be embedded', async () => {
    const none = await startAi({ ...claude, config })
    const answer = await none.ask({ input: 'a' })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ error: { message: 'the provider anthropic cannot serve embeddings' } })
    const ai = await startAi({ config })
    expect((await ai.ask({ model: 'e' })).status).toBe(400)
  })

  it('are made by the demo itself', async () => {
    const ai = await startAi({ provider: 'demo', config })
    const answer = await ai.ask({ model: 'd', input: ['one two', 'three'], dimensions: 4 })
    expect(field(answer.json(), 'data')).toMatchObject([{ index: 0 }, { index: 1 }])
    expect(field(answer.json(), 'data', 1, 'embedding')).toHaveLength(4)
    expect(await ai.logged()).toMatchObject({ usage: { prompt_tokens: 3 } })
    expect((await ai.ask({ model: 'd', input: [1, 2, 3] })).status).toBe(200)
  })

  it.each([400, 401])('tell an error of the provider (%i) in OpenAI’s words', async (status) => {
    const ai = await startAi({ config, reply: { status, headers: json, body: `{"detail":"no ${key}"}` } })
    const answer = await ai.ask({ model: 'e', input: 'a' })
    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject({ error: { type: expect.any(String), message: expect.any(String) } })
    expect(answer.text).not.toContain(key)
  })

  it('are guessed at where the client left', async () => {
    const ai = await startAi({ config, reply: { headers: json, body: '{}', closeAfter: 0 } })
    expect((await ai.ask({ model: 'e', input: 'a' })).status).toBe(502)
    expect(await ai.logged()).toMatchObject({ usage: { total_tokens: 0 } })
  })
})

describe('route type preserve', () => {
  const config = { route_type: 'preserve' }

  it('changes nothing but the credential', async () => {
    const ai = await startAi({
      config,
      reply: { status: 201, headers: { ...json, 'set-cookie': 'a=b', 'x-vendor': '1' }, body: '{"ok":true}' },
    })
    const body = gzipSync('{"weird": 12345678901234567890}')
    const answer = await ai.gateway.request({
      method: 'PUT',
      path: '/v1/files/7?purpose=x',
      headers: { ...json, 'content-encoding': 'gzip', authorization: 'Bearer client', accept: 'a/b', 'x-mine': '1' },
      body,
    })
    expect(answer.status).toBe(201)
    expect(answer.text).toBe('{"ok":true}')
    expect(answer.headers['x-vendor']).toBe('1')
    expect(answer.headers['set-cookie']).toBeUndefined()
    const [request] = ai.provider.requests
    expect([request?.method, request?.url]).toEqual(['PUT', '/v1/files/7?purpose=x'])
    expect(request?.body.equals(body)).toBe(true)
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      accept: 'a/b',
    })
    expect(request?.headers).not.toHaveProperty('x-mine')
  })

  it('may have a path of its own, with templates', async () => {
    const ai = await startAi({
      config: { ...config, auth: { param_name: 'key', param_value: 'k', param_location: 'query' } },
      route: { paths: ['~/t/(?<team>\\w+)'] },
      options: { upstream_path: '/v2/$(uri_captures.team)' },
    })
    const answer = await ai.gateway.request({ path: '/t/red?a=1' })
    expect(answer.status).toBe(200)
    expect(ai.provider.requests[0]?.url).toBe('/v2/red?a=1&key=k')
    expect(ai.provider.requests[0]?.method).toBe('GET')
  })

  it('is tried again where a connection is refused, and waits as long as the service says', async () => {
    const ai = await startAi({
      config,
      upstreamUrl: () => 'http://models.test',
      service: { read_timeout: 100 },
      entities: ({ port }) => ({
        upstreams: [
          {
            name: 'models.test',
            targets: [
              { target: '127.0.0.1:1', weight: 1000 },
              { target: `127.0.0.1:${port}`, weight: 1 },
            ],
          },
        ],
      }),
    })
    expect((await ai.ask({ messages: hello })).status).toBe(200)
    ai.provider.reply(() => new Promise(() => {}))
    expect((await ai.ask({ messages: hello })).status).toBe(504)
  })

  it('is refused by a provider without an address', async () => {
    const ai = await startAi({ provider: 'demo', config })
    const answer = await ai.ask({ messages: hello })
    expect(answer.status).toBe(400)
    expect(field(answer.json(), 'error', 'message')).toContain('route type preserve')
  })

  it('has a limit for bodies too', async () => {
    const ai = await startAi({ config: { ...config, max_request_body_size: 5 } })
    expect((await ai.ask('123456')).status).toBe(413)
  })
})
