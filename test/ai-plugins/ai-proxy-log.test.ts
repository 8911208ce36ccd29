/** What is logged of a call: `ai.proxy.*`, under Kong's names. */

import { describe, expect, it } from 'vitest'
import { field, fixture, hello, json, key, sse, startAi } from './support.ts'

const ask = { model: 'gpt-4.1-mini', messages: hello }
const prices = { input_cost: 2, output_cost: 10, cache_read_cost: 0.5 }

describe('statistics', () => {
  it('of a call with prices', async () => {
    const ai = await startAi({ options: prices })
    await ai.ask(ask)
    expect(await ai.logged()).toEqual({
      meta: {
        request_model: 'gpt-4.1-mini',
        response_model: 'gpt-4.1-mini-2025-04-14',
        provider_name: 'openai',
        request_mode: 'oneshot',
        llm_latency: expect.any(Number),
      },
      usage: {
        prompt_tokens: 120,
        completion_tokens: 40,
        total_tokens: 160,
        prompt_tokens_details: { cached_tokens: 64, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 10, audio_tokens: 0 },
        // 56 tokens at 2, 64 from the cache at 0.5, 40 at 10 dollars a million.
        cost: 0.000544,
        estimated: false,
        time_to_first_token: expect.any(Number),
        time_per_token: expect.any(Number),
      },
    })
  })

  it.each([{}, { input_cost: 1 }, { output_cost: 1 }])('have no cost with the prices %j', async (options) => {
    const ai = await startAi({ options })
    await ai.ask(ask)
    expect(await ai.logged()).toMatchObject({ usage: { cost: null } })
  })

  it('charge the cache at its own prices, else as the prompt', async () => {
    const options = { input_cost: 1, output_cost: 1 }
    const cheap = await startAi({
      provider: 'anthropic',
      model: { name: 'claude-sonnet-4-5' },
      options: { ...options, cache_read_cost: 0, cache_write_cost: 10 },
    })
    await cheap.ask({ messages: hello })
    expect(field(await cheap.logged(), 'usage', 'cost')).toBeCloseTo((20 + 130 * 10 + 12) / 1e6, 12)
    const plain = await startAi({ provider: 'anthropic', model: { name: 'claude-sonnet-4-5' }, options })
    await plain.ask({ messages: hello })
    expect(field(await plain.logged(), 'usage', 'cost')).toBeCloseTo((20 + 130 + 50 + 12) / 1e6, 12)
  })

  it('are estimated where the provider counts nothing', async () => {
    const { usage, ...body } = JSON.parse(fixture('openai-chat/text.response.json'))
    expect(usage).toBeDefined()
    const ai = await startAi({ reply: { headers: json, body: JSON.stringify(body) } })
    await ai.ask(ask)
    expect(await ai.logged()).toMatchObject({
      usage: { estimated: true, prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) },
    })
  })

  it('of a failed call count nothing', async () => {
    const ai = await startAi({ options: prices, reply: { status: 500, headers: json, body: '{"error":{}}' } })
    await ai.ask(ask)
    expect(await ai.logged()).toMatchObject({
      meta: { response_model: 'gpt-4.1-mini' },
      usage: { total_tokens: 0, cost: 0, time_to_first_token: null, time_per_token: null },
    })
  })

  it('are not there unless they are asked for', async () => {
    const ai = await startAi({ config: { logging: {} } })
    await ai.ask(ask)
    expect(await ai.logged()).toBeUndefined()
    await ai.ask('{')
    expect(await ai.logged()).toBeUndefined()
  })
})

describe('payloads', () => {
  const logging = { log_payloads: true }

  it('are those that the provider saw and sent, without secrets', async () => {
    const auth = { param_name: 'api_key', param_value: key, param_location: 'body' }
    const ai = await startAi({ config: { logging, auth } })
    await ai.ask(ask)
    const payload = field(await ai.logged(), 'payload')
    expect(field(payload, 'response')).toBe(fixture('openai-chat/text.response.json'))
    expect(field(payload, 'request')).toContain('"content":"Hello"')
    expect(field(payload, 'request')).not.toContain(key)
  })

  it('of streams are whole too, translated or not', async () => {
    const own = await startAi({
      config: { logging },
      reply: { headers: sse, body: fixture('openai-chat/text.stream.sse') },
    })
    await own.ask({ ...ask, stream: true })
    expect(field(await own.logged(), 'payload', 'response')).toBe(fixture('openai-chat/text.stream.sse'))
    const body = fixture('anthropic-messages/text.stream.sse')
    const other = await startAi({
      provider: 'anthropic',
      model: { name: 'claude-sonnet-4-5' },
      config: { logging },
      reply: { headers: sse, body, chunking: 'event' },
    })
    await other.ask({ messages: hello, stream: true })
    expect(field(await other.logged(), 'payload', 'response')).toBe(body)
  })

  it('of a stream that broke off hold what came', async () => {
    const body = fixture('openai-chat/text.stream.sse')
    const ai = await startAi({
      config: { logging },
      reply: { headers: sse, body, chunking: 'event', closeAfter: 620 },
    })
    await ai.ask({ ...ask, stream: true })
    const response = field(await ai.logged(), 'payload', 'response')
    expect(response).toMatch(/^data: /)
    expect(body.startsWith(String(response))).toBe(true)
  })

  it.each([true, false])('of the demo are logged as well (stream: %s)', async (stream) => {
    const ai = await startAi({ provider: 'demo', config: { logging } })
    const answer = await ai.ask({ ...ask, stream })
    expect(await ai.logged()).toEqual({
      payload: { request: JSON.stringify({ ...ask, stream }), response: answer.text },
    })
  })

  it('of embeddings are logged as well', async () => {
    const reply = '{"object":"list","data":[],"usage":{"prompt_tokens":1}}'
    const ai = await startAi({
      config: { logging, route_type: 'llm/v1/embeddings' },
      reply: { headers: json, body: reply },
    })
    await ai.ask({ model: 'e', input: 'a' })
    expect(await ai.logged()).toEqual({ payload: { request: '{"model":"e","input":"a"}', response: reply } })
  })
})
