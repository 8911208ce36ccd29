import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { format } from '../../providers/formats/index.ts'
import { encodeEmbeddingsResponse } from '../../providers/formats/openai-embeddings.ts'
import { context, decodeStream, encodeStream, fixtureBytes, fold } from './support.ts'

const openai = format('openai-chat')
const anthropic = format('anthropic-messages')
const thinking = decodeStream(anthropic, [fixtureBytes('anthropic-messages/thinking-tools.stream.sse')])
const parallel = decodeStream(openai, [fixtureBytes('openai-chat/parallel-tools.stream.sse')])

function answering(body: string, type: string, status = 200) {
  return () => Promise.resolve(new Response(body, { status, headers: { 'content-type': type } }))
}

function openaiClient(body: string, type = 'text/event-stream', status = 200): OpenAI {
  return new OpenAI({ apiKey: 'k', maxRetries: 0, fetch: answering(body, type, status) })
}

function anthropicClient(body: string, type = 'text/event-stream', status = 200): Anthropic {
  return new Anthropic({ apiKey: 'k', maxRetries: 0, fetch: answering(body, type, status) })
}

describe('OpenAI’s own client', () => {
  it('puts together a stream that came from Anthropic', async () => {
    const stream = openaiClient(encodeStream(openai, thinking)).chat.completions.stream({ model: 'm', messages: [] })
    const completion = await stream.finalChatCompletion()
    expect(completion.usage?.prompt_tokens).toBe(200)
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'Let me look.',
        tool_calls: [
          { id: 'toolu_a', function: { name: 'get_weather', arguments: '{"city": "Oslo"}' } },
          { id: 'toolu_b', function: { name: 'get_time', arguments: '{}' } },
        ],
      },
    })
  })

  it('throws on an error inside a stream and on one instead of it', async () => {
    const failed = decodeStream(anthropic, [fixtureBytes('anthropic-messages/error.stream.sse')])
    const stream = openaiClient(encodeStream(openai, failed)).chat.completions.stream({ model: 'm', messages: [] })
    await expect(stream.finalChatCompletion()).rejects.toThrow('Overloaded')
    const error = openai.decodeError(429, {}, { type: 'error', error: { type: 'rate_limit_error', message: 'Slow' } })
    const client = openaiClient(JSON.stringify(openai.encodeError(error, 'r')), 'application/json', error.status)
    await expect(client.chat.completions.create({ model: 'm', messages: [] })).rejects.toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
    })
  })

  it('decodes vectors that it asked for in base64', async () => {
    const body = encodeEmbeddingsResponse([[0.5, -1]], { model: 'm', promptTokens: 1, encoding: 'base64' })
    const client = openaiClient(JSON.stringify(body), 'application/json')
    const answer = await client.embeddings.create({ model: 'm', input: 'x' })
    expect(answer.data[0]?.embedding).toEqual([0.5, -1])
  })
})

describe('Anthropic’s own client', () => {
  it('puts together a stream that came from OpenAI', async () => {
    const stream = anthropicClient(encodeStream(anthropic, parallel)).messages.stream({
      model: 'm',
      max_tokens: 5,
      messages: [],
    })
    const message = await stream.finalMessage()
    expect(message).toMatchObject({
      model: 'alias',
      stop_reason: 'tool_use',
      content: [
        { type: 'tool_use', id: 'call_a', name: 'get_weather', input: { city: 'Oslo' } },
        { type: 'tool_use', id: 'call_b', name: 'get_time', input: { zone: 'CET' } },
      ],
      usage: { input_tokens: 56, cache_read_input_tokens: 64, output_tokens: 40 },
    })
  })

  it('reads a whole answer that came from OpenAI, and its errors', async () => {
    const body = JSON.stringify(anthropic.encodeResponse(fold(parallel), context))
    const request = { model: 'm', max_tokens: 5, messages: [] }
    const message = await anthropicClient(body, 'application/json').messages.create(request)
    expect(message.content).toHaveLength(2)
    const error = anthropic.decodeError(503, {}, { error: { message: 'Busy' } })
    const failing = anthropicClient(
      JSON.stringify(anthropic.encodeError(error, 'r')),
      'application/json',
      anthropic.errorStatus(error),
    )
    await expect(failing.messages.create(request)).rejects.toMatchObject({ status: 529, type: 'overloaded_error' })
    const broken = decodeStream(openai, [fixtureBytes('openai-chat/error.stream.sse')])
    const stream = anthropicClient(encodeStream(anthropic, broken)).messages.stream(request)
    await expect(stream.finalMessage()).rejects.toThrow('had an error')
  })
})
