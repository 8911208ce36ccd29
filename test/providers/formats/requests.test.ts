import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../providers/canonical/format.ts'
import { format } from '../../../providers/formats/index.ts'
import { fixtureJson, objectOf, recordings } from '../support.ts'

const openai = format('openai-chat')
const anthropic = format('anthropic-messages')

/** What the gateway adds to every stream of this kind. */
function withUsage(name: string, body: Record<string, unknown>): Record<string, unknown> {
  if (body.stream !== true || name === 'anthropic-messages') return body
  return { ...body, stream_options: { ...objectOf(body.stream_options ?? {}), include_usage: true } }
}

function again(name: string, body: unknown): Record<string, unknown> {
  const codec = format(name)
  const request = objectOf(body)
  return codec.encodeRequest(codec.decodeRequest(request), { model: String(request.model) })
}

describe('a request of the same format', () => {
  it.each(['openai-chat', 'anthropic-messages'])('keeps every field of %s', (name) => {
    const body = fixtureJson(`${name}/request.json`)
    expect(again(name, structuredClone(body))).toEqual(withUsage(name, body))
  })

  it('keeps every field of older completions', () => {
    for (const prompt of ['Say', ['Say'], ['a', 'b'], [1, 2]]) {
      const body = { model: 'm', prompt, stop: ['x'], echo: true, best_of: 2, max_tokens: 5, suffix: null }
      expect(again('openai-completions', body)).toEqual(body)
    }
  })

  it('keeps the spelling of functions, the older tools', () => {
    const body = {
      model: 'm',
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: 'done' },
      ],
      functions: [{ name: 'f', parameters: { type: 'object' } }],
      function_call: { name: 'f' },
      max_tokens: 5,
    }
    expect(again('openai-chat', body)).toEqual(body)
  })

  it('keeps content parts in every spelling that is about', () => {
    const content = [
      { type: 'image_url', image_url: 'https://example.com/a.png' },
      { type: 'image_url', image_url: { url: 'data:image/svg+xml,<svg/>', extra: 1 } },
      { type: 'image_url', image_url: { url: 'data:image/png;charset=x;base64,AA' } },
      { type: 'image_url', image_url: { url: 'data:nothing' } },
      { type: 'input_audio', input_audio: { data: 'A', format: 'mp3', extra: 1 } },
      { type: 'file', file: { file_data: 'JVBERi0=' } },
      { type: 'file', file: { file_data: 'https://example.com/a.pdf', filename: 'a.pdf', extra: 1 } },
      { type: 'file', file: { file_data: 'data:text/plain;base64,aGk=' }, cache_control: { type: 'ephemeral' } },
    ]
    const body = {
      model: 'm',
      messages: [
        { role: 'user', content },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'a' },
            { type: 'refusal', refusal: 'b' },
          ],
          refusal: 'c',
        },
        { role: 'assistant', content: '', tool_calls: [] },
        { role: 'assistant', tool_calls: [{ id: 'a', index: 0, function: { name: 'f', arguments: '', extra: 1 } }] },
        { role: 'tool', tool_call_id: 'a', content: null },
        { role: 'assistant', content: null },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'f', description: null, extra: 1 },
          cache_control: { type: 'ephemeral' },
        },
      ],
      max_tokens: 5,
      max_completion_tokens: 6,
      top_k: 4,
      reasoning: { effort: 'low', exclude: true },
      tool_choice: 'any',
      response_format: { type: 'text' },
    }
    const expected = structuredClone(body)
    expect(again('openai-chat', body)).toMatchObject({ ...expected, messages: expect.anything() })
    const messages = again('openai-chat', body).messages
    expect(Array.isArray(messages) && [...messages.slice(0, 4), messages[5]]).toEqual([
      ...expected.messages.slice(0, 4),
      expected.messages[5],
    ])
  })

  it('writes controls anew where a plugin changed them', () => {
    const conversation = openai.decodeRequest(
      objectOf({
        model: 'm',
        messages: [{ role: 'user', content: 'a' }],
        max_tokens: 1,
        max_completion_tokens: 2,
        reasoning: { effort: 'low' },
        response_format: { type: 'json_object' },
        tool_choice: 'auto',
      }),
    )
    conversation.maxTokens = 9
    conversation.reasoning = { budget: 5, enabled: true, effort: 'high' }
    conversation.output = { type: 'jsonSchema', name: 'n', schema: {}, strict: true, description: 'd' }
    conversation.toolChoice = { type: 'tool', name: 'f' }
    conversation.tools = [{ name: 'f' }]
    expect(openai.encodeRequest(conversation, { model: 'm' })).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'a' }],
      max_tokens: 1,
      max_completion_tokens: 9,
      reasoning: { effort: 'high', max_tokens: 5, enabled: true },
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {}, strict: true, description: 'd' } },
      tool_choice: { type: 'function', function: { name: 'f' } },
      tools: [{ type: 'function', function: { name: 'f' } }],
    })
    conversation.output = { type: 'json' }
    expect(openai.encodeRequest(conversation, { model: 'm' }).response_format).toEqual({ type: 'json_object' })
    const own = anthropic.decodeRequest(fixtureJson('anthropic-messages/request.json'))
    own.reasoning = { effort: 'medium' }
    expect(anthropic.encodeRequest(own, { model: 'claude-opus-4-6' })).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'medium' },
    })
  })

  it('is for the path of its format', () => {
    expect(openai.path('m', true)).toBe('/v1/chat/completions')
    expect(anthropic.path('m', true)).toBe('/v1/messages')
    expect(format('openai-completions').path('m', false)).toBe('/v1/completions')
  })

  it('keeps reasoning in the field that it came in', () => {
    const details = [{ type: 'reasoning.text', text: 'a', signature: 's', index: 0, format: 'anthropic-claude-v1' }]
    const blocks = [
      { type: 'thinking', thinking: 'a', signature: 's' },
      { type: 'redacted_thinking', data: 'd' },
    ]
    for (const fields of [
      { reasoning_content: 'a' },
      { reasoning: 'a' },
      { reasoning_details: details },
      { reasoning: 'a', reasoning_details: details },
      { thinking_blocks: blocks, reasoning_content: 'a' },
    ]) {
      const message = { role: 'assistant', content: 'x', ...fields }
      const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }, message] }
      expect(again('openai-chat', body)).toEqual(body)
    }
  })

  it('keeps any content of messages, however it is spelled', () => {
    const text = fc.record({ type: fc.constant('text'), text: fc.string() })
    const unknown = fc.record({ type: fc.constant('future'), deep: fc.jsonValue({ maxDepth: 2 }) })
    const content = fc.oneof(fc.string(), fc.array(fc.oneof(text, unknown), { maxLength: 3 }))
    const message = fc.record({ role: fc.constantFrom('system', 'user', 'assistant'), content })
    fc.assert(
      fc.property(
        fc.constantFrom('openai-chat', 'anthropic-messages'),
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.dictionary(fc.constantFrom('x_one', 'x_two'), fc.jsonValue({ maxDepth: 1 })),
        (name, messages, more) => {
          const body = objectOf(JSON.parse(JSON.stringify({ model: 'm', max_tokens: 5, messages, ...more })))
          expect(again(name, structuredClone(body))).toEqual(body)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('says what a plugin made of it', () => {
    const conversation = openai.decodeRequest(
      objectOf({
        model: 'm',
        messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }] }],
        stop: 'x',
        max_tokens: 9,
      }),
    )
    conversation.stop = ['y']
    conversation.maxTokens = 3
    conversation.turns = [{ role: 'system', parts: [{ type: 'text', text: 's' }] }, ...conversation.turns]
    expect(openai.encodeRequest(conversation, { model: 'n' })).toEqual({
      model: 'n',
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: [{ type: 'text', text: 'a' }] },
      ],
      stop: ['y'],
      max_tokens: 3,
    })
    const messages = anthropic.decodeRequest(
      objectOf({ model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'a' }] }),
    )
    messages.turns.unshift({ role: 'system', parts: [{ type: 'text', text: 's' }] })
    expect(anthropic.encodeRequest(messages, { model: 'm' })).toMatchObject({
      system: 's',
      messages: [{ content: 'a' }],
    })
  })
})

describe('recorded requests', () => {
  it.each([
    ['openai-chat', 'pydantic-ai/openai', 'chat.completions'],
    ['openai-chat', 'otel-py/openai', 'chat.completions'],
    ['openai-chat', 'pydantic-ai/openrouter', 'chat.completions'],
    ['openai-chat', 'pydantic-ai/groq', 'chat.completions'],
    ['openai-chat', 'pydantic-ai/deepseek', 'chat.completions'],
    ['anthropic-messages', 'pydantic-ai/anthropic', 'messages'],
  ])('%s keeps those of %s', (name, folder, prefix) => {
    const found = recordings(folder, prefix)
    if (found === undefined) return
    let count = 0
    for (const { name: file, request, status } of found) {
      if (request === undefined || !Array.isArray(request.messages) || request.messages.length === 0) continue
      if (status >= 400) continue
      expect(again(name, structuredClone(request)), file).toEqual(withUsage(name, request))
      count += 1
    }
    expect(count).toBeGreaterThan(0)
  })
})

describe('a bad request', () => {
  it.each([
    ['openai-chat', {}, 'messages'],
    ['openai-chat', { messages: [] }, 'messages'],
    ['openai-chat', { messages: ['x'] }, 'messages[0]'],
    ['openai-chat', { messages: [{ role: 'king', content: '' }] }, 'messages[0].role'],
    ['openai-chat', { messages: [{ role: 'user', content: 1 }] }, 'messages[0].content'],
    ['openai-chat', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
    [
      'openai-chat',
      { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
      'messages[0].content[0].image_url',
    ],
    ['openai-chat', { messages: [{ role: 'tool', content: '' }] }, 'messages[0].tool_call_id'],
    ['openai-chat', { messages: [{ role: 'user', content: '' }], temperature: 'hot' }, 'temperature'],
    ['openai-chat', { messages: [{ role: 'user', content: '' }], tools: [{ type: 'function' }] }, 'tools[0].function'],
    ['openai-chat', { messages: [{ role: 'user', content: '' }], stream: 'yes' }, 'stream'],
    ['openai-chat', { messages: [{ role: 'user', content: '' }], model: 5 }, 'model'],
    ['openai-chat', { messages: {} }, 'messages'],
    ['anthropic-messages', {}, 'messages'],
    ['anthropic-messages', { messages: [{ role: 'tool', content: '' }] }, 'messages[0].role'],
    ['anthropic-messages', { messages: [{ role: 'user' }] }, 'messages[0].content'],
    [
      'anthropic-messages',
      { messages: [{ role: 'user', content: [{ type: 'tool_use' }] }] },
      'messages[0].content[0].id',
    ],
    ['anthropic-messages', { messages: [{ role: 'user', content: '' }], system: 5 }, 'system'],
    ['anthropic-messages', { messages: [{ role: 'user', content: '' }], tools: [{}] }, 'tools[0].name'],
    ['openai-completions', {}, 'prompt'],
    ['openai-completions', { prompt: [] }, 'prompt'],
  ])('of %s names the field at fault: %j', (name, body, param) => {
    const decode = () => format(name).decodeRequest(objectOf(structuredClone(body)))
    expect(decode).toThrow(FormatError)
    expect(decode).toThrow(expect.objectContaining({ param }))
  })

  it('for a format that nobody wrote is a fault of the configuration', () => {
    expect(() => format('morse')).toThrow('no format is called morse')
  })
})
