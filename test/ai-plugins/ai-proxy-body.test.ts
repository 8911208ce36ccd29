/** The request on its way to the provider: what is read of it, what is refused, and what is changed in it. */

import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { field, hello, json, startAi } from './support.ts'

describe('a request body', () => {
  it.each([[undefined], ['application/json; charset=utf-8'], ['application/vnd.api+json']])(
    'of content type %s is read as JSON',
    async (type) => {
      const ai = await startAi({ model: { name: 'm' } })
      const answer = await ai.gateway.request({
        method: 'POST',
        headers: type === undefined ? {} : { 'content-type': type },
        body: Buffer.from(JSON.stringify({ messages: hello })),
      })
      expect(answer.status).toBe(200)
      expect(ai.sent()).toEqual({ model: 'm', messages: hello })
      expect(ai.provider.requests[0]?.headers['content-type']).toBe('application/json')
    },
  )

  it.each([
    ['text/plain', 400, 'content-type header does not match request body, or bad JSON formatting'],
    ['application/x-www-form-urlencoded', 400, 'content-type header does not match'],
    ['application/jsonp', 400, 'content-type header does not match'],
  ])('of content type %s is refused', async (type, status, message) => {
    const ai = await startAi()
    const answer = await ai.ask({ model: 'm', messages: hello }, { headers: { 'content-type': type } })
    expect(answer.status).toBe(status)
    expect(field(answer.json(), 'error', 'message')).toContain(message)
    expect(ai.provider.requests).toEqual([])
  })

  it.each([
    ['{"model":', 'The request body is not valid JSON: '],
    ['', 'The request body is not valid JSON: '],
    ['[]', 'The request body is not valid JSON: it is not an object'],
    ['null', 'The request body is not valid JSON: it is not an object'],
  ])('%j is refused', async (body, message) => {
    const ai = await startAi()
    const answer = await ai.ask(body)
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
    expect(field(answer.json(), 'error', 'message')).toContain(message)
  })

  it('that is compressed is refused, and one that says identity is not', async () => {
    const ai = await startAi({ model: { name: 'm' } })
    const body = Buffer.from(JSON.stringify({ messages: hello }))
    const post = (encoding: string, bytes: Buffer) =>
      ai.gateway.request({ method: 'POST', headers: { ...json, 'content-encoding': encoding }, body: bytes })
    const refused = await post('gzip', gzipSync(body))
    expect(refused.status).toBe(415)
    expect(field(refused.json(), 'error', 'message')).toContain('encoded as gzip')
    expect((await post('identity', body)).status).toBe(200)
  })

  it('is refused over the limit of the config, and under it goes on', async () => {
    const ai = await startAi({ model: { name: 'm' }, config: { max_request_body_size: 100 } })
    const answer = await ai.ask({ messages: [{ role: 'user', content: 'x'.repeat(200) }] })
    expect(answer.status).toBe(413)
    expect(field(answer.json(), 'error', 'message')).toContain('100 bytes')
    expect((await ai.ask({ messages: hello })).status).toBe(200)
  })

  it('has no limit of its own where that is 0', async () => {
    const ai = await startAi({ model: { name: 'm' }, config: { max_request_body_size: 0 } })
    const long = 'x'.repeat(3_000_000)
    expect((await ai.ask({ messages: [{ role: 'user', content: long }] })).status).toBe(200)
    expect(field(ai.sent(), 'messages', 0, 'content')).toHaveLength(3_000_000)
  })

  it('that its own format does not allow is refused before it is translated', async () => {
    const ai = await startAi({ provider: 'anthropic', model: { name: 'claude-sonnet-4-5' } })
    const answer = await ai.ask({ messages: 'Hello' })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ error: { type: 'invalid_request_error', param: 'messages' } })
  })
})

describe('bytes of the client’s', () => {
  it('go on as they are where nothing must differ', async () => {
    const ai = await startAi()
    const body = '{ "model":"m",\n "seed": 12345678901234567890, "messages":[{"role":"user","content":"\\u0047r\\/"}] }'
    expect((await ai.ask(body)).status).toBe(200)
    expect(ai.provider.requests[0]?.body.toString()).toBe(body)
  })

  it('keep all but the fields that are spliced in', async () => {
    const ai = await startAi({ model: { name: 'big', options: {} }, options: { temperature: 0.5, max_tokens: 7 } })
    const body =
      '{ "seed": 12345678901234567890, "temperature" : 1.0, "messages":[{"role":"user","content":"\\u0047"}] }'
    expect((await ai.ask(body)).status).toBe(200)
    const sent = ai.provider.requests[0]?.body.toString() ?? ''
    expect(sent).toContain('"seed": 12345678901234567890,')
    expect(sent).toContain('"temperature" : 0.5')
    expect(sent).toContain('"content":"\\u0047"')
    expect(JSON.parse(sent)).toMatchObject({ model: 'big', max_tokens: 7, temperature: 0.5 })
  })
})

describe('sampling options of the config', () => {
  const options = { max_tokens: 11, temperature: 0.3, top_p: 0.8, top_k: 5 }

  it('replace the client’s in its own format', async () => {
    const ai = await startAi({ provider: 'groq', model: { name: 'llama-3.3-70b-versatile' }, options })
    await ai.ask({ messages: hello, temperature: 2, max_completion_tokens: 9 })
    // Where the client uses the newer name, that one is replaced; OpenAI's format has no top_k.
    expect(ai.sent()).toEqual({
      model: 'llama-3.3-70b-versatile',
      messages: hello,
      temperature: 0.3,
      top_p: 0.8,
      max_completion_tokens: 11,
    })
  })

  it('replace the client’s in a translated request', async () => {
    const ai = await startAi({ provider: 'anthropic', model: { name: 'claude-3-haiku-20240307' }, options })
    await ai.ask({ messages: hello, temperature: 1, max_tokens: 9 })
    expect(ai.sent()).toMatchObject({ max_tokens: 11, temperature: 0.3, top_k: 5 })
    expect(ai.provider.requests[0]?.url).toBe('/v1/messages')
    expect(ai.provider.requests[0]?.headers['anthropic-version']).toBe('2023-06-01')
  })

  it('count with an Anthropic client too', async () => {
    const ai = await startAi({
      provider: 'anthropic',
      model: { name: 'claude-3-haiku-20240307' },
      options: { ...options, anthropic_version: '2025-01-01' },
      config: { llm_format: 'anthropic' },
    })
    const answer = await ai.ask(
      { max_tokens: 9, messages: hello },
      { path: '/v1/messages', headers: { 'anthropic-beta': 'context-1m', 'openai-beta': 'x' } },
    )
    expect(answer.status).toBe(200)
    expect(ai.sent()).toMatchObject({ max_tokens: 11, top_k: 5 })
    expect(ai.provider.requests[0]?.headers).toMatchObject({
      'anthropic-version': '2025-01-01',
      'anthropic-beta': 'context-1m',
    })
  })

  it('are renamed for models that know them by another name', async () => {
    const ai = await startAi({ model: { name: 'gpt-5' }, options: { max_tokens: 50 } })
    await ai.ask({ messages: hello, temperature: 1 })
    expect(ai.sent()).toEqual({ model: 'gpt-5', messages: hello, max_completion_tokens: 50 })
  })
})
