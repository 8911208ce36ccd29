import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../providers/canonical/events.ts'
import { format } from '../../../providers/formats/index.ts'
import { decodeStream, encodeStream, fold } from '../support.ts'

const openai = format('openai-chat')
const anthropic = format('anthropic-messages')

function chat(...deltas: unknown[]): ChatEvent[] {
  const chunks = deltas.map((delta) => ({ id: 'x', model: 'm', created: 1, choices: [{ index: 0, delta }] }))
  return raw(...chunks, '[DONE]')
}

function raw(...chunks: unknown[]): ChatEvent[] {
  const text = chunks.map((chunk) => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`).join('')
  return decodeStream(openai, [Buffer.from(text)])
}

function messages(...events: object[]): ChatEvent[] {
  const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
  return decodeStream(anthropic, [Buffer.from(text)])
}

function parts(events: readonly ChatEvent[]) {
  return fold(events).answers[0]?.parts
}

const tool = (call: object) => ({ tool_calls: [call] })

describe('tool-call deltas of OpenAI and its kin', () => {
  it('belong together by index, though names and ids are repeated or empty', () => {
    const events = chat(
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } }),
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: ':1' } }),
      tool({ index: 0, id: '', function: { arguments: '}' } }),
    )
    expect(parts(events)).toEqual([{ type: 'toolCall', id: 'a', name: 'f', arguments: '{"x":1}' }])
  })

  it('are a new call where a new id with a name comes at a used index', () => {
    const events = chat(
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
      tool({ index: 0, id: 'b', function: { name: 'g', arguments: '[]' } }),
    )
    expect(parts(events)).toMatchObject([{ id: 'a' }, { id: 'b', name: 'g', arguments: '[]' }])
  })

  it('may have no index, no id, or an index that begins at 1', () => {
    expect(
      parts(chat(tool({ id: 'a', function: { name: 'f' } }), tool({ function: { arguments: '{"x":1}' } }))),
    ).toMatchObject([{ id: 'a', arguments: '{"x":1}' }])
    const byId = chat(
      tool({ id: 'a', function: { name: 'f' } }),
      tool({ id: 'b', function: { name: 'g' } }),
      tool({ id: 'a', function: { arguments: '1' } }),
    )
    expect(parts(byId)).toMatchObject([
      { id: 'a', arguments: '1' },
      { id: 'b', arguments: '{}' },
    ])
    const stream = encodeStream(openai, chat(tool({ index: 1, function: { name: 'f', arguments: {} } })))
    expect(stream).toContain('"tool_calls":[{"index":0,"id":"call_0","type":"function","function":{"name":"f"')
    expect(
      parts(
        chat(
          tool({ index: 0, id: 'a', function: { arguments: '{"early"' } }),
          tool({ index: 0, function: { name: 'f', arguments: ':1}' } }),
        ),
      ),
    ).toMatchObject([{ name: 'f', arguments: '{"early":1}' }])
  })

  it('are an error where it cannot be told whose they are', () => {
    const events = chat(tool({ function: { arguments: '{}' } }))
    expect(events).toContainEqual(expect.objectContaining({ type: 'error' }))
  })

  it('may be the older function_call, and a stop with calls is a call', () => {
    const events = raw(
      { choices: [{ index: 0, delta: { function_call: { name: 'f', arguments: '{"x"' } } }] },
      { choices: [{ index: 0, delta: { function_call: { arguments: ':1}' } }, finish_reason: 'stop' }] },
      '[DONE]',
    )
    expect(fold(events).answers[0]).toMatchObject({
      parts: [{ name: 'f', arguments: '{"x":1}' }],
      finish: { reason: 'toolCalls', raw: 'stop' },
    })
  })
})

describe('text deltas', () => {
  it('keep a surrogate pair together that was cut in two', () => {
    const events = chat({ content: 'a\ud83d' }, { content: '\ude00b' }, { content: '\ud83d' })
    const deltas = events.flatMap((event) => (event.type === 'delta' ? [event.text] : []))
    expect(deltas).toEqual(['a', '😀b', '\ud83d'])
    const text = (value: string) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: value },
    })
    const again = messages(
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'x' } },
      text('\ud83d'),
      text('\ude00'),
      { type: 'content_block_stop', index: 0 },
      { type: 'message_stop' },
    )
    expect(parts(again)).toEqual([{ type: 'text', text: 'x😀' }])
  })

  it('may come as arrays of parts, with thinking among them', () => {
    const events = chat(
      { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] },
      { content: [{ type: 'text', text: 'yes' }, { type: 'reference', reference_ids: [1] }, 'x'] },
    )
    expect(parts(events)).toMatchObject([
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'yes' },
      { type: 'opaque' },
    ])
  })

  it('keep the order of reasoning and text, and its logprobs', () => {
    const events = raw(
      { choices: [{ index: 0, delta: { reasoning: 'a' } }] },
      { choices: [{ index: 0, delta: { content: 'b' }, logprobs: { content: [1] } }] },
      { choices: [{ index: 0, delta: { reasoning_content: 'c' } }] },
      '[DONE]',
    )
    expect(parts(events)?.map((part) => part.type)).toEqual(['reasoning', 'text', 'reasoning'])
    expect(encodeStream(openai, events)).toContain('"logprobs":{"content":[1]}')
  })

  it('sign reasoning by details or blocks, whole or in pieces', () => {
    const detail = (entry: object) => ({
      reasoning_details: [{ type: 'reasoning.text', format: 'anthropic-claude-v1', ...entry }],
    })
    const signed = [{ type: 'reasoning', text: 'ab', signature: 's', origin: 'anthropic-claude-v1' }]
    expect(
      parts(chat({ reasoning: 'a', ...detail({ text: 'a' }) }, detail({ text: 'b' }), detail({ signature: 's' }))),
    ).toEqual(signed)
    expect(
      parts(chat({ reasoning_content: 'a' }, { reasoning_content: 'b' }, detail({ text: 'ab', signature: 's' }))),
    ).toEqual(signed)
    const block = (entry: object) => ({ thinking_blocks: [{ type: 'thinking', ...entry }] })
    expect(
      parts(
        chat(
          { reasoning_content: 'a', ...block({ thinking: 'a' }) },
          block({ thinking: 'b' }),
          block({ thinking: '', signature: 's' }),
        ),
      ),
    ).toEqual(signed)
    expect(parts(chat(block({ data: 'd' }), detail({ data: 'e' })))).toMatchObject([{ data: 'd' }, { data: 'e' }])
    expect(parts(chat({ content: 'x' }, detail({ signature: 's' })))).toMatchObject([
      { type: 'text' },
      { signature: 's' },
    ])
  })
})

describe('chunks that are not like others', () => {
  it('may come without choices, with usage beside choices, or late', () => {
    const events = raw(
      { id: '', model: '', choices: [], prompt_filter_results: [] },
      {
        id: '',
        model: '',
        created: 0,
        choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }],
        usage: null,
      },
      {
        choices: [{ index: 0, delta: {}, finish_reason: 'length' }],
        usage: { prompt_tokens: 1, completion_tokens: 2 },
      },
      { choices: [{ index: 0, delta: { content: 'late' }, finish_reason: 'stop', content_filter_offsets: {} }] },
      { choices: [], x_groq: { usage: { prompt_tokens: 1, completion_tokens: 3 } } },
      '[DONE]',
      { choices: [{ index: 0, delta: { content: 'after' } }] },
    )
    expect(events[0]).toEqual({ type: 'start' })
    const completion = fold(events)
    expect(completion.answers).toEqual([
      { parts: [{ type: 'text', text: 'a' }], finish: { reason: 'length', raw: 'length' } },
    ])
    expect(completion.usage).toEqual({ input: 1, output: 3 })
  })

  it('may be broken, wild or empty without breaking the stream', () => {
    const events = raw('{"cut', '[1]', { choices: [null, { index: 1e9 }, { index: -1, delta: {} }] }, '[DONE]')
    expect(events).toEqual([{ type: 'start' }, { type: 'end' }])
  })

  it.each([
    [{ error: { message: 'm', code: 429 } }, 'rateLimit'],
    [{ error: 'plain words' }, 'upstream'],
    [{ object: 'error', message: 'm', code: 400 }, 'invalidRequest'],
    [{ choices: [{ index: 0, delta: {}, error: { code: 502, message: 'm' } }] }, 'upstream'],
    [{ choices: [{ index: 0, delta: {}, finish_reason: 'insufficient_system_resource' }] }, 'upstream'],
    [{ error: { message: 'm', type: 'insufficient_quota', code: 'insufficient_quota' } }, 'quota'],
  ])('are an error where they say so: %j', (chunk, kind) => {
    const events = raw({ choices: [{ index: 0, delta: { content: 'a' } }] }, chunk, '[DONE]')
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { kind } })
  })

  it('are an error by the name of their event', () => {
    const bytes = Buffer.from('event: error\ndata: it broke\n\n')
    for (const codec of [openai, anthropic]) {
      expect(decodeStream(codec, [bytes])).toEqual([
        { type: 'error', error: { kind: 'upstream', status: 502, message: 'it broke' } },
      ])
    }
  })
})

describe('events of Anthropic that are not like others', () => {
  const start = (id: string, content: unknown[] = []) => ({
    type: 'message_start',
    message: { id, model: 'm', content },
  })

  it('may begin the same message twice, but not two messages', () => {
    expect(messages(start('a'), start('a'), { type: 'message_stop' }).map((event) => event.type)).toEqual([
      'start',
      'finish',
      'end',
    ])
    expect(messages(start('a'), start('b')).at(-1)).toMatchObject({ type: 'error', error: { kind: 'upstream' } })
  })

  it('may begin with content, and have calls whose input came whole', () => {
    const events = messages(
      start('a', [{ type: 'tool_use', id: 't', name: 'f', input: { x: 1 } }]),
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'tool_use', id: 'u', name: 'g', input: { y: 2 } },
      },
      { type: 'content_block_start', index: 1, content_block: { type: 'thinking', thinking: 'hm', signature: 'sig' } },
      { type: 'content_block_delta', index: 7, delta: { type: 'text_delta', text: 'lost' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'unheard_of' } },
      { type: 'future_event' },
      { type: 'message_stop' },
    )
    expect(fold(events).answers[0]).toMatchObject({
      parts: [
        { id: 't', arguments: '{"x":1}' },
        { id: 'u', arguments: '{"y":2}' },
        { type: 'reasoning', text: 'hm', signature: 'sig' },
      ],
      finish: { reason: 'toolCalls' },
    })
  })

  it('correct usage field by field', () => {
    const events = messages(
      {
        type: 'message_start',
        message: {
          id: 'a',
          usage: {
            input_tokens: 5,
            output_tokens: 1,
            cache_creation_input_tokens: 30,
            cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
          },
        },
      },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { input_tokens: 7, output_tokens: 9, cache_read_input_tokens: null, cache_creation_input_tokens: 30 },
      },
      { type: 'message_stop' },
    )
    expect(fold(events).usage).toEqual({ input: 7, output: 9, cacheWrite5m: 10, cacheWrite1h: 20 })
  })

  it('sum the rounds of a compacted context', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 100, output_tokens: 10 },
      { type: 'message', input_tokens: 20, output_tokens: 5 },
      { type: 'advisor_message', input_tokens: 1000, output_tokens: 1000 },
    ]
    expect(anthropic.decodeUsage({ input_tokens: 20, output_tokens: 5, iterations })).toEqual({
      input: 120,
      output: 15,
    })
    const fallback = [...iterations, { type: 'fallback_message', input_tokens: 1 }]
    expect(anthropic.decodeUsage({ input_tokens: 20, output_tokens: 5, iterations: fallback })).toEqual({
      input: 20,
      output: 5,
    })
  })
})

describe('events for an Anthropic client', () => {
  it('begin at once on a ping, and say a whole part at once', () => {
    const events: ChatEvent[] = [
      { type: 'ping' },
      { type: 'start', id: 'late' },
      { type: 'whole', slot: 0, value: { type: 'reasoning', text: 'hm', signature: 's', id: 'i' } },
      { type: 'whole', slot: 1, value: { type: 'text', text: 'a' } },
      { type: 'whole', slot: 2, value: { type: 'toolCall', id: 't', name: 'f', arguments: '{}' } },
      { type: 'whole', slot: 3, value: { type: 'image', source: { type: 'url', url: 'https://example.com/' } } },
      { type: 'finish', reason: 'stop', stopSequence: 'END' },
      { type: 'end' },
    ]
    const stream = encodeStream(anthropic, events)
    expect(
      stream.startsWith('event: message_start\ndata: {"type":"message_start","message":{"id":"msg_given-id"'),
    ).toBe(true)
    expect(parts(decodeStream(anthropic, [Buffer.from(stream)]))).toMatchObject([
      { type: 'reasoning', text: 'hm', signature: 's' },
      { type: 'text', text: 'a' },
      { type: 'toolCall', arguments: '{}' },
    ])
    expect(parts(decodeStream(openai, [Buffer.from(encodeStream(openai, events))]))).toMatchObject([
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'a' },
      { type: 'toolCall', arguments: '{}' },
    ])
    const cut: ChatEvent[] = [...events.slice(0, 3), { type: 'finish', reason: 'stop', stopSequence: 'END' }]
    expect(encodeStream(anthropic, cut)).toContain('"stop_reason":"stop_sequence","stop_sequence":"END"')
    expect(encodeStream(anthropic, [{ type: 'finish', reason: 'length' }])).toContain('"stop_reason":"max_tokens"')
  })
})

describe('whole answers that are not like others', () => {
  it.each([
    [{ choices: [] }, 'upstream'],
    [{ error: { message: 'm', code: 'rate_limit_exceeded' } }, 'rateLimit'],
    [{ code: 'x', error: 'words' }, 'upstream'],
    [{ choices: [{ error: { code: 503, message: 'm' } }] }, 'overloaded'],
    [{ code: 'invalid_api_key', message: 'm' }, 'authentication'],
  ])('of OpenAI are an error: %j', (body, kind) => {
    expect(openai.decodeResponse(body)).toMatchObject([{ type: 'error', error: { kind } }])
  })

  it('are an error in part where a message cannot be read', () => {
    const broken = openai.decodeResponse({
      choices: [{ message: { content: [{ type: 'text' }] } }, { index: 1, finish_reason: 'error' }],
    })
    expect(broken.filter((event) => event.type === 'error')).toHaveLength(2)
    expect(anthropic.decodeResponse({ content: 5 })).toMatchObject([{ type: 'error' }])
    expect(
      anthropic.decodeResponse({ type: 'error', error: { type: 'overloaded_error', message: 'm' } }),
    ).toMatchObject([{ error: { kind: 'overloaded' } }])
    const completions = format('openai-completions')
    expect(completions.decodeResponse({ choices: [] })).toMatchObject([{ type: 'error' }])
    expect(completions.decodeResponse({ error: { message: 'm' } })).toMatchObject([{ type: 'error' }])
  })
})
