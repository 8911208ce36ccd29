/** Streams that go wrong: before the first event as a status, later in the words of the client's format. */

import { describe, expect, it } from 'vitest'
import { Gate } from '../support/gate.ts'
import { waitFor } from '../support/wait-for.ts'
import { events, field, fixture, hello, json, key, sse, startAi, textOf } from './support.ts'

const openaiStream = fixture('openai-chat/text.stream.sse')
const anthropicStream = fixture('anthropic-messages/text.stream.sse')
const ask = { model: 'm', messages: hello, stream: true }
const claude = { provider: 'anthropic', model: { name: 'claude-sonnet-4-5' } }
const askClaude = { messages: hello, stream: true }
const overloaded = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n'

describe('an error in place of the first event', () => {
  it('is a status where the formats are the same', async () => {
    const body = `data: {"error":{"message":"Slow down, ${key}","type":"rate_limit_error","code":"rate_limit_exceeded"}}\n\n`
    const ai = await startAi({ reply: { headers: sse, body } })
    const answer = await ai.ask(ask)
    expect(answer.status).toBe(429)
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(answer.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
    expect(answer.text).not.toContain(key)
  })

  it('is a status where they are not', async () => {
    const ai = await startAi({ ...claude, reply: { headers: sse, body: overloaded } })
    const answer = await ai.ask(askClaude)
    expect(answer.status).toBe(503)
    expect(field(answer.json(), 'error', 'message')).toBe('Overloaded')
    expect(await ai.logged()).toMatchObject({ usage: { total_tokens: 0, estimated: false } })
  })

  it('is a status for a client that wants no stream', async () => {
    const ai = await startAi({ ...claude, reply: { headers: sse, body: overloaded } })
    expect((await ai.ask({ messages: hello })).status).toBe(503)
  })
})

describe('an error in mid-stream', () => {
  it('goes on as it is, and nothing that looks like a good end follows', async () => {
    const body = fixture('openai-chat/error.stream.sse')
    const ai = await startAi({ reply: { headers: sse, body, chunking: 'event' } })
    const answer = await ai.ask(ask)
    expect(answer.status).toBe(200)
    expect(answer.text).toBe(body)
    expect(await ai.logged()).toMatchObject({ usage: { estimated: true } })
  })

  it('is translated, without what is secret', async () => {
    const start = anthropicStream.slice(0, anthropicStream.indexOf('event: content_block_stop'))
    const quoting = overloaded.replace('Overloaded', `Overloaded for ${key}`)
    const ai = await startAi({ ...claude, reply: { headers: sse, body: start + quoting, chunking: 'event' } })
    const answer = await ai.ask(askClaude)
    expect(textOf(answer.text)).toBe('Grüße from 東京 🗼')
    expect(events(answer.text).at(-1)).toMatchObject({ error: { message: expect.stringContaining('Overloaded') } })
    expect(answer.text).not.toContain('[DONE]')
    expect(answer.text).not.toContain(key)
  })
})

describe('a stream that ends too early', () => {
  const half = openaiStream.slice(0, 620)

  it('is told in the format of the client, as it is', async () => {
    const ai = await startAi({ reply: { headers: sse, body: half, chunking: 'event' } })
    const answer = await ai.ask(ask)
    expect(answer.text).toContain('the stream of the provider was cut short')
    expect(answer.text).not.toContain('[DONE]')
    expect(await ai.logged()).toMatchObject({ usage: { estimated: true } })
  })

  it('is told when the connection broke', async () => {
    const ai = await startAi({ reply: { headers: sse, body: openaiStream, chunking: 'event', closeAfter: 620 } })
    const answer = await ai.ask(ask)
    expect(answer.text).toContain('the provider failed while it answered')
    expect(answer.text).not.toContain('[DONE]')
  })

  it('is told in a translation, whether it ended or broke', async () => {
    const cut = { headers: sse, body: anthropicStream, chunking: 'event', closeAfter: 900 } as const
    const broken = await startAi({ ...claude, reply: cut })
    const answer = await broken.ask(askClaude)
    expect(answer.text).toContain('the provider failed while it answered')
    expect(answer.text).not.toContain('[DONE]')
    const ended = await startAi({ ...claude, reply: { headers: sse, body: anthropicStream.slice(0, 900) } })
    const text = (await ended.ask(askClaude)).text
    expect(events(text).some((event) => field(event, 'error') !== undefined)).toBe(true)
    expect(text).not.toContain('[DONE]')
  })

  it('without a single event is a bad gateway', async () => {
    const own = await startAi({ reply: { headers: sse, body: '' } })
    expect((await own.ask(ask)).status).toBe(502)
    const translated = await startAi({ ...claude, reply: { headers: sse, body: '' } })
    expect((await translated.ask(askClaude)).status).toBe(502)
  })
})

describe('a client that leaves in mid-stream', () => {
  it.each([
    ['in its own format', {}, openaiStream, ask],
    ['in a translation', claude, anthropicStream, askClaude],
    [
      'in its own format that tells the prompt first',
      { ...claude, config: { llm_format: 'anthropic' } },
      anthropicStream,
      { ...askClaude, max_tokens: 5 },
    ],
  ])('aborts the provider, and the usage is estimated, %s', async (_, options, body, question) => {
    const chunkGate = new Gate()
    const ai = await startAi({
      ...options,
      options: { input_cost: 1, output_cost: 10 },
      reply: { headers: sse, body, chunking: 'event', chunkGate },
    })
    const opening = ai.open(question)
    const request = await ai.provider.request(0)
    chunkGate.release(5)
    const answer = await opening
    let text = ''
    while (!text.includes('東京')) {
      text += await answer.next()
      chunkGate.release()
    }
    answer.leave()
    expect((await request.outcome).how).toBe('aborted')
    const record = await waitFor(() => ai.records.shift())
    expect(field(record, 'response', 'status')).toBe(499)
    const usage = field(record, 'ai', 'proxy', 'usage')
    expect(usage).toMatchObject({ estimated: true })
    expect(field(usage, 'prompt_tokens')).toBeGreaterThan(0)
    expect(field(usage, 'completion_tokens')).toBeGreaterThan(2)
    expect(field(usage, 'cost')).toBeGreaterThan(0)
  })

  it('before the answer began is estimated too', async () => {
    const headGate = new Gate()
    const ai = await startAi({ reply: { headers: sse, body: openaiStream, headGate } })
    const left = new AbortController()
    const body = JSON.stringify(ask)
    const asking = fetch(`${ai.gateway.url}/`, { method: 'POST', headers: json, body, signal: left.signal })
    const request = await ai.provider.request(0)
    left.abort()
    await expect(asking).rejects.toThrow()
    expect((await request.outcome).how).toBe('aborted')
    expect(await ai.logged()).toMatchObject({ usage: { estimated: true, completion_tokens: 0 } })
  })
})
