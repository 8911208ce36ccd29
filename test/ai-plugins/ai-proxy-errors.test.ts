/** Errors of the provider on their way to the client. */

import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { startRawServer } from '../support/raw-server.ts'
import { field, fixture, hello, json, key, startAi } from './support.ts'

const ask = { model: 'm', messages: hello }
const claude = { provider: 'anthropic', model: { name: 'claude-sonnet-4-5' } }

describe('an error of the provider', () => {
  it('in the client’s format goes on as it is, without what is secret', async () => {
    const body = `{"error":{"message":"The key ${key} may not do this","type":"invalid_request_error","new_field":1}}`
    const ai = await startAi({ reply: { status: 422, headers: { ...json, 'x-should-retry': 'false' }, body } })
    const answer = await ai.ask(ask)
    expect(answer.status).toBe(422)
    expect(answer.headers['x-should-retry']).toBe('false')
    expect(answer.headers['x-kong-llm-model']).toBeUndefined()
    expect(answer.text).toContain('"new_field":1')
    expect(answer.text).not.toContain(key)
    expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.text))
  })

  it.each([401, 403])('about the credential (%i) is told without the words of the provider', async (status) => {
    const body = `{"error":{"message":"Incorrect API key provided: sk-pro***","type":"invalid_request_error"}}`
    for (const options of [{}, claude]) {
      const ai = await startAi({ ...options, reply: { status, headers: json, body } })
      const answer = await ai.ask({ messages: hello, ...(options === claude ? {} : { model: 'm' }) })
      expect(answer.status).toBe(status)
      expect(field(answer.json(), 'error', 'message')).toContain('refused the credential that the gateway')
      expect(field(answer.json(), 'error', 'code')).toBe('upstream_authentication_error')
      expect(answer.text).not.toContain('sk-pro')
    }
  })

  it('is translated, with the time to wait', async () => {
    const ai = await startAi({
      ...claude,
      reply: {
        status: 429,
        headers: { ...json, 'retry-after': '7' },
        body: fixture('anthropic-messages/error.json'),
      },
    })
    const answer = await ai.ask({ messages: hello })
    expect(answer.status).toBe(429)
    expect(answer.headers['retry-after']).toBe('7')
    expect(answer.json()).toMatchObject({
      error: { message: 'This request would exceed your rate limit.', type: 'rate_limit_error' },
    })
  })

  it('with milliseconds to wait keeps them', async () => {
    const ai = await startAi({
      ...claude,
      reply: { status: 429, headers: { ...json, 'retry-after-ms': '250' }, body: '{"type":"error","error":{}}' },
    })
    const answer = await ai.ask({ messages: hello })
    expect(answer.headers).toMatchObject({ 'retry-after': '1', 'retry-after-ms': '250' })
  })

  it('reaches an Anthropic client with the status and shape that it knows', async () => {
    const ai = await startAi({
      config: { llm_format: 'anthropic' },
      reply: { status: 503, headers: json, body: '{"error":{"message":"busy"}}' },
    })
    const answer = await ai.ask({ ...ask, max_tokens: 1 }, { path: '/v1/messages' })
    expect(answer.status).toBe(529)
    expect(answer.json()).toMatchObject({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } })
    expect(answer.headers['request-id']).toBe(answer.headers['x-kong-request-id'])
  })

  it.each([
    ['an empty body', ''],
    ['a page', '<html><body>Bad gateway of a proxy</body></html>'],
    ['null', 'null'],
    ['a list', '[1]'],
  ])('with %s becomes one in the client’s format', async (_, body) => {
    const ai = await startAi({ reply: { status: 502, headers: { 'content-type': 'text/html' }, body } })
    const answer = await ai.ask(ask)
    expect(answer.status).toBe(502)
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(field(answer.json(), 'error', 'message')).toMatch(/\S/)
    expect(answer.text).not.toContain('<html>')
  })

  it('that is compressed tells its status alone', async () => {
    const headers = { ...json, 'content-encoding': 'gzip' }
    const ai = await startAi({ reply: { status: 500, headers, body: gzipSync('{"error":{"message":"no"}}') } })
    const answer = await ai.ask(ask)
    expect(answer.status).toBe(502)
    expect(field(answer.json(), 'error', 'message')).toMatch(/^[ -~]+$/)
  })

  it('of plain words keeps them', async () => {
    const ai = await startAi({ reply: { status: 500, body: 'out of memory' } })
    const answer = await ai.ask(ask)
    expect(field(answer.json(), 'error', 'message')).toBe('out of memory')
  })

  it.each([301, 307, 204, 202])('a status of %i is no good answer', async (status) => {
    const ai = await startAi({ reply: { status, headers: { location: 'http://127.0.0.1:1/' } } })
    const answer = await ai.ask(ask)
    expect(answer.status).toBe(502)
    expect(answer.headers.location).toBeUndefined()
    expect(field(answer.json(), 'error', 'message')).toMatch(/\S/)
  })

  it('that is a redirect with JSON in it is no good answer either', async () => {
    const ai = await startAi({ reply: { status: 307, headers: json, body: '{"error":{"message":"moved"}}' } })
    expect((await ai.ask(ask)).status).toBe(502)
  })

  it('whose body breaks off is a bad gateway', async () => {
    const ai = await startAi({ reply: { status: 500, headers: json, body: 'x'.repeat(50), contentLength: 100 } })
    expect((await ai.ask(ask)).status).toBe(502)
  })

  it('that has no end is cut at a limit', async () => {
    const ai = await startAi({ reply: { status: 500, headers: json, body: 'x'.repeat(1_200_000) } })
    const answer = await ai.ask(ask)
    expect(answer.status).toBe(502)
    expect(field(answer.json(), 'error', 'message')).toContain('over the limit')
  })
})

describe('a good status with an answer that is none', () => {
  it.each([
    ['<html>Sign in</html>', 'it is not JSON'],
    ['', 'it is not JSON'],
    ['[]', 'it is not a JSON object'],
  ])('%j is a bad gateway', async (body, reason) => {
    for (const options of [{}, claude]) {
      const ai = await startAi({ ...options, reply: { headers: json, body } })
      const answer = await ai.ask({ messages: hello, ...(options === claude ? {} : { model: 'm' }) })
      expect(answer.status).toBe(502)
      expect(field(answer.json(), 'error', 'message')).toContain(reason)
    }
  })

  it.each([true, false])('compressed, though none was asked for (stream: %s)', async (stream) => {
    const body = gzipSync(fixture('openai-chat/text.response.json'))
    const type = stream ? 'text/event-stream' : 'application/json'
    const ai = await startAi({ reply: { headers: { 'content-type': type, 'content-encoding': 'gzip' }, body } })
    const answer = await ai.ask({ ...ask, stream })
    expect(answer.status).toBe(502)
    expect(answer.headers['content-encoding']).toBeUndefined()
    expect(field(answer.json(), 'error', 'message')).toContain('gzip')
  })

  it('longer than may be held', async () => {
    const ai = await startAi({
      settings: { max_buffered_response: '2k' },
      reply: { headers: json, body: JSON.stringify({ id: 'x'.repeat(4000) }) },
    })
    expect((await ai.ask(ask)).status).toBe(502)
  })

  it('and that breaks off', async () => {
    const ai = await startAi({ reply: { headers: json, body: '{"id":', contentLength: 100 } })
    const answer = await ai.ask(ask)
    expect(answer.status).toBe(502)
    expect(answer.json()).toMatchObject({ error: { type: expect.any(String) } })
  })
})

describe('a connection that fails', () => {
  it('is tried at another address, once for each that refuses', async () => {
    const ai = await startAi({
      model: { name: 'm' },
      upstreamUrl: () => 'http://models.test',
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
    const answer = await ai.ask({ messages: hello })
    expect(answer.status).toBe(200)
    expect(ai.provider.requests).toHaveLength(1)
    expect(ai.provider.requests[0]?.headers.host).toBe('models.test')
  })

  it('is a bad gateway where there is no other', async () => {
    const ai = await startAi({ upstreamUrl: () => 'http://127.0.0.1:1' })
    const answer = await ai.ask(ask)
    expect(answer.status).toBe(502)
    expect(field(answer.json(), 'error', 'message')).toContain('could not be reached')
  })

  it('is not tried again once the provider may have seen the request', async () => {
    const raw = await startRawServer({ bytes: '', after: 'reset' })
    const ai = await startAi({ upstreamUrl: () => raw.url })
    const answer = await ai.ask(ask)
    expect(answer.status).toBe(502)
    expect(raw.received).toHaveLength(1)
    await raw.close()
  })

  it('is told as a timeout where the provider is silent', async () => {
    const raw = await startRawServer({ bytes: '', after: 'keep' })
    const ai = await startAi({ upstreamUrl: () => raw.url, service: { read_timeout: 100 } })
    const answer = await ai.ask(ask)
    expect(answer.status).toBe(504)
    await raw.close()
  })
})
