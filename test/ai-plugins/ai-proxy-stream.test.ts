/** Streams through ai-proxy: as they are, translated, asked for by the config, and between kinds of answers. */

import { describe, expect, it } from 'vitest'
import { Gate } from '../support/gate.ts'
import { events, field, fixture, hello, json, sse, startAi, textOf } from './support.ts'

const openaiStream = fixture('openai-chat/text.stream.sse')
const anthropicStream = fixture('anthropic-messages/text.stream.sse')
const claude = { provider: 'anthropic', model: { name: 'claude-sonnet-4-5' } }

describe('a stream', () => {
  it('of the client’s own format goes on byte for byte, as it comes', async () => {
    const chunkGate = new Gate()
    const ai = await startAi({ reply: { headers: sse, body: openaiStream, chunking: 'event', chunkGate } })
    const opening = ai.open({ model: 'm', messages: hello, stream: true, stream_options: { include_usage: true } })
    chunkGate.release()
    const answer = await opening
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    const first = await answer.next()
    expect(openaiStream.startsWith(first)).toBe(true)
    expect(events(first)).toHaveLength(1)
    chunkGate.open()
    expect(first + (await answer.rest())).toBe(openaiStream)
    expect(ai.provider.requests[0]?.headers.accept).toBe('text/event-stream')
  })

  it.each(['whole', 'event', 'byte', { random: 5 }] as const)(
    'hides the usage that the client did not ask for, cut as %j',
    async (chunking) => {
      const ai = await startAi({ reply: { headers: sse, body: openaiStream, chunking } })
      const answer = await ai.ask({ model: 'm', messages: hello, stream: true })
      expect(ai.sent()).toEqual({
        model: 'm',
        messages: hello,
        stream: true,
        stream_options: { include_usage: true },
      })
      expect(textOf(answer.text)).toBe('Grüße from 東京 🗼.\n\nBye')
      expect(events(answer.text).at(-1)).toBe('[DONE]')
      expect(events(answer.text).some((event) => field(event, 'usage') !== undefined)).toBe(false)
      expect(await ai.logged()).toMatchObject({ usage: { prompt_tokens: 120, completion_tokens: 40 } })
    },
  )

  it('keeps other stream options of the client', async () => {
    const ai = await startAi({ reply: { headers: sse, body: openaiStream } })
    await ai.ask({ model: 'm', messages: hello, stream: true, stream_options: { include_obfuscation: false } })
    expect(ai.sent()).toMatchObject({ stream_options: { include_obfuscation: false, include_usage: true } })
  })

  it('is translated, with usage only for a client that asked', async () => {
    const ai = await startAi({ ...claude, reply: { headers: sse, body: anthropicStream, chunking: 'event' } })
    const plain = await ai.ask({ messages: hello, stream: true })
    expect(plain.headers['content-type']).toBe('text/event-stream')
    expect(textOf(plain.text)).toBe('Grüße from 東京 🗼')
    expect(plain.text.trimEnd().endsWith('data: [DONE]')).toBe(true)
    expect(events(plain.text).every((event) => (field(event, 'usage') ?? null) === null)).toBe(true)
    const asked = await ai.ask({ messages: hello, stream: true, stream_options: { include_usage: true } })
    expect(events(asked.text).find((event) => (field(event, 'usage') ?? null) !== null)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 200, completion_tokens: 12 },
    })
    expect(ai.sent()).toMatchObject({ stream: true, model: 'claude-sonnet-4-5' })
  })

  it('reaches an Anthropic client in its own events', async () => {
    const ai = await startAi({ config: { llm_format: 'anthropic' }, reply: { headers: sse, body: openaiStream } })
    const answer = await ai.ask({ model: 'm', max_tokens: 5, messages: hello, stream: true }, { path: '/v1/messages' })
    expect(answer.text).toContain('event: message_start')
    expect(answer.text.trimEnd().endsWith('data: {"type":"message_stop"}')).toBe(true)
    expect(ai.sent()).toMatchObject({ stream_options: { include_usage: true } })
  })
})

describe('response_streaming', () => {
  it('deny refuses a client that wants a stream', async () => {
    const ai = await startAi({ config: { response_streaming: 'deny' } })
    const answer = await ai.ask({ model: 'm', messages: hello, stream: true })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ error: { message: 'response streaming is not enabled for this LLM' } })
    expect((await ai.ask({ model: 'm', messages: hello })).status).toBe(200)
  })

  it('always streams to a client that did not ask', async () => {
    const ai = await startAi({
      config: { response_streaming: 'always' },
      reply: { headers: sse, body: openaiStream },
    })
    const answer = await ai.ask({ model: 'm', messages: hello })
    expect(ai.sent()).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(textOf(answer.text)).toContain('Grüße')
    expect(await ai.logged()).toMatchObject({ meta: { request_mode: 'stream' } })
  })
})

describe('a provider that answers in the other way', () => {
  it('with a stream to a plain request: the client gets the whole', async () => {
    const ai = await startAi({ reply: { headers: sse, body: openaiStream, chunking: { random: 3 } } })
    const answer = await ai.ask({ model: 'm', messages: hello })
    expect(answer.headers['content-type']).toBe('application/json')
    expect(answer.json()).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'Grüße from 東京 🗼.\n\nBye' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 120, completion_tokens: 40 },
    })
  })

  it('with a whole answer to a request for a stream: the client gets its events', async () => {
    const ai = await startAi({ reply: { headers: json, body: fixture('openai-chat/text.response.json') } })
    const answer = await ai.ask({ model: 'm', messages: hello, stream: true })
    expect(answer.headers['content-type']).toBe('text/event-stream')
    expect(textOf(answer.text)).toBe('Grüße from 東京 🗼.\n\nBye')
    expect(events(answer.text).at(-1)).toBe('[DONE]')
  })

  it('with a cut stream to a plain request: no half answer passes for a whole one', async () => {
    const ai = await startAi({ reply: { headers: sse, body: openaiStream, chunking: 'event', closeAfter: 700 } })
    const answer = await ai.ask({ model: 'm', messages: hello })
    expect(answer.status).toBe(502)
    const clean = await startAi({ reply: { headers: sse, body: openaiStream.slice(0, 700) } })
    expect((await clean.ask({ model: 'm', messages: hello })).status).toBe(502)
  })
})
