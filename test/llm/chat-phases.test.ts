/** Plugins that mind the text: what they see of a conversation and its answer, and what becomes of what they change. */

import { describe, expect, it } from 'vitest'
import type { Conversation } from '../../providers/canonical/conversation.ts'
import type { ChatEvent } from '../../providers/canonical/events.ts'
import { type AnyPlugin, type ChatExchange, definePlugin, z } from '../../src/pdk/index.ts'
import { type AiOptions, events, field, fixture, hello, json, sse, startAi, textOf } from '../ai-plugins/support.ts'
import { waitFor } from '../support/wait-for.ts'

const config = z.object({})

/** Each way from a client in OpenAI's format to a model. */
const ways: readonly (readonly [string, AiOptions, string])[] = [
  ['in its own format', {}, 'openai-chat/text'],
  ['translated', { provider: 'anthropic', model: { name: 'claude-sonnet-4-5' } }, 'anthropic-messages/text'],
  ['of the demo', { provider: 'demo' }, ''],
]
const both = ways.flatMap(([name, options, path]) =>
  [true, false].map((stream) => {
    const file = stream ? `${path}.stream.sse` : `${path}.response.json`
    const reply = path === '' ? {} : { reply: { headers: stream ? sse : json, body: fixture(file) } }
    return { name: `${name}, stream ${stream}`, stream, options: { ...options, ...reply } }
  }),
)

function said(answer: { text: string; json(): unknown }, stream: boolean): unknown {
  return stream ? textOf(answer.text) : field(answer.json(), 'choices', 0, 'message', 'content')
}

describe.each(both)('a chat $name', ({ options, stream }) => {
  const question = { ...(options.model === undefined && { model: 'm' }), messages: hello, stream }

  it('shows its conversation to chatRequest, and goes on as that left it', async () => {
    let seen: Conversation | undefined
    const plugin = definePlugin({
      name: 'editor',
      priority: 5,
      config,
      chatRequest(kong, _, conversation) {
        expect(kong.llm.getRecord()?.requestModel).toBeDefined()
        seen = structuredClone(conversation)
        const system = { role: 'system' as const, parts: [{ type: 'text' as const, text: 'Be kind.' }] }
        return { ...conversation, turns: [system, ...conversation.turns] }
      },
    })
    const ai = await startAi({ ...options, plugins: [plugin] })
    const answer = await ai.ask(question)
    expect(answer.status).toBe(200)
    expect(seen).toMatchObject({ stream, turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }] })
    if (options.provider === 'demo') expect(said(answer, stream)).toContain('I have read your instructions')
    else expect(ai.provider.requests[0]?.body.toString()).toContain('Be kind.')
  })

  it('shows its events to chatEvents, once a last time, and goes on as that left them', async () => {
    const lasts: boolean[] = []
    const plugin = definePlugin({
      name: 'shouter',
      priority: 5,
      config,
      chatEvents(_, __, given, last) {
        lasts.push(last)
        return given.map((event): ChatEvent => {
          return event.type === 'delta' ? { ...event, text: event.text.toUpperCase() } : event
        })
      },
    })
    const ai = await startAi({ ...options, plugins: [plugin] })
    const answer = await ai.ask(question)
    expect(answer.status).toBe(200)
    expect(said(answer, stream)).toMatch(/GRÜSSE FROM 東京|THIS IS THE DEMO MODEL/)
    expect(lasts.filter((last) => last)).toHaveLength(1)
    expect(lasts.at(-1)).toBe(true)
    if (stream) expect(events(answer.text).at(-1)).toBe('[DONE]')
  })

  it('shows the whole to chatDone, off the client’s path', async () => {
    const seen: ChatExchange[] = []
    const plugin = definePlugin({
      name: 'keeper',
      priority: 5,
      config,
      async chatDone(kong, _, exchange) {
        expect(kong.request.getId()).toHaveLength(32)
        seen.push(exchange)
      },
    })
    const ai = await startAi({ ...options, plugins: [plugin] })
    const answer = await ai.ask(question)
    const exchange = await waitFor(() => seen[0])
    expect(exchange.conversation.turns.at(-1)).toMatchObject({ role: 'user' })
    expect(exchange.completion.answers[0]?.parts).toEqual([
      expect.objectContaining({ type: 'text', text: said(answer, stream) }),
    ])
    expect(exchange.completion.usage.output).toBeGreaterThan(0)
    expect(seen).toHaveLength(1)
  })

  it('can be ended by chatRequest before any model is asked', async () => {
    let later = 0
    const guard = definePlugin({
      name: 'guard',
      priority: 6,
      config,
      chatRequest: (kong) => {
        kong.response.error(403, 'not about this')
        return undefined
      },
    })
    const after = definePlugin({
      name: 'after',
      priority: 5,
      config,
      chatRequest() {
        later += 1
        return undefined
      },
    })
    const ai = await startAi({ ...options, plugins: [guard, after] })
    const answer = await ai.ask(question)
    expect(answer.status).toBe(403)
    expect(answer.json()).toMatchObject({ error: { message: 'not about this' } })
    expect(ai.provider.requests).toEqual([])
    expect(later).toBe(0)
    expect(await ai.logged()).toMatchObject({ usage: { total_tokens: 0 } })
  })
})

describe('a plugin that fails', () => {
  const failing = (handler: 'chatRequest' | 'chatEvents' | 'chatDone'): AnyPlugin =>
    definePlugin({
      name: 'failing',
      priority: 5,
      config,
      [handler]() {
        throw new Error('a bug of the plugin')
      },
    })

  it.each([
    ['chatRequest', false],
    ['chatEvents', false],
    ['chatEvents', true],
  ] as const)('in %s stops the answer (stream: %s), without its words', async (handler, stream) => {
    const [headers, body] = stream ? [sse, fixture('openai-chat/text.stream.sse')] : [json, '{"choices":[]}']
    const ai = await startAi({ plugins: [failing(handler)], reply: { headers, body, chunking: 'event' } })
    const answer = await ai.ask({ model: 'm', messages: hello, stream })
    expect(answer.status).toBe(500)
    expect(answer.json()).toMatchObject({ error: { message: 'An unexpected error occurred' } })
    await waitFor(() => ai.gateway.logs.some((line) => line.includes('a bug of the plugin')))
  })

  it('in chatDone is logged, whether it throws or rejects', async () => {
    const rejecting = definePlugin({
      name: 'rejecting',
      priority: 4,
      config,
      chatDone: () => Promise.reject(new Error('a late bug')),
    })
    const ai = await startAi({ plugins: [failing('chatDone'), rejecting] })
    expect((await ai.ask({ model: 'm', messages: hello })).status).toBe(200)
    await waitFor(() => ai.gateway.logs.some((line) => line.includes('a bug of the plugin')))
    await waitFor(() => ai.gateway.logs.some((line) => line.includes('a late bug')))
  })
})

describe('an error of the provider', () => {
  it('reaches the client when plugins read the events', async () => {
    const reader = definePlugin({ name: 'reader', priority: 5, config, chatEvents: (_, __, given) => given })
    const body = '{"error":{"message":"no such model","type":"invalid_request_error","code":"model_not_found"}}'
    const whole = await startAi({ plugins: [reader], reply: { status: 404, headers: json, body } })
    expect((await whole.ask({ model: 'm', messages: hello })).status).toBe(404)
    const inside = await startAi({ plugins: [reader], reply: { headers: json, body } })
    expect((await inside.ask({ model: 'm', messages: hello })).status).toBe(404)
  })
})

describe('the demo', () => {
  it('tells an Anthropic client in its own format', async () => {
    const ai = await startAi({ provider: 'demo', config: { llm_format: 'anthropic' } })
    const answer = await ai.ask({ model: 'd', max_tokens: 99, messages: hello }, { path: '/v1/messages' })
    expect(answer.json()).toMatchObject({ type: 'message', content: [{ type: 'text' }] })
  })

  it('notices a client that leaves, and settles what it was told', async () => {
    const ai = await startAi({ provider: 'demo' })
    const content = 'a long text '.repeat(25)
    const answer = await ai.open({ model: 'd', messages: [{ role: 'user', content }], n: 8, stream: true })
    await answer.next()
    answer.leave()
    const logged = await ai.logged()
    expect(field(logged, 'usage', 'total_tokens')).toBeGreaterThan(0)
  })
})
