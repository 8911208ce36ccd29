import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../providers/canonical/events.ts'
import { FormatError, type RequestTarget } from '../../../providers/canonical/format.ts'
import { asObject } from '../../../providers/canonical/json.ts'
import { format } from '../../../providers/formats/index.ts'
import { context, dataOf, decodeStream, encodeStream, fixtureBytes, fixtureJson, fold, objectOf } from '../support.ts'

const openai = format('openai-chat')
const anthropic = format('anthropic-messages')
const completions = format('openai-completions')
const claude: RequestTarget = { model: 'claude-sonnet-4-5' }

function toAnthropic(body: object, target: RequestTarget = claude) {
  return anthropic.encodeRequest(openai.decodeRequest(objectOf({ ...body })), target)
}

function toOpenai(body: object, target: RequestTarget = { model: 'gpt-4.1' }) {
  return openai.encodeRequest(anthropic.decodeRequest(objectOf({ ...body })), target)
}

const user = (content: unknown) => ({ role: 'user', content })
const call = (id: string, name = 'f', args = '{"a":1}') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})
const result = (id: string, content: unknown = 'ok') => ({ role: 'tool', tool_call_id: id, content })
const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }]

describe('a request of OpenAI for a model of Anthropic', () => {
  it('puts leading system messages into system and later ones into the next user message', () => {
    const body = toAnthropic({
      messages: [
        { role: 'system', content: 'One' },
        { role: 'developer', content: 'Two' },
        user('Hi'),
        { role: 'system', content: 'Three' },
        user('Go'),
      ],
    })
    expect(body.system).toBe('One\n\nTwo')
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'text', text: '<system-reminder>\nThree\n</system-reminder>' },
          { type: 'text', text: 'Go' },
        ],
      },
    ])
  })

  it('leaves a system message in its place where the model knows that', () => {
    const body = toAnthropic(
      { messages: [user('Hi'), { role: 'system', content: 'Three' }] },
      { model: 'claude-opus-5' },
    )
    expect(body.messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'Three' },
    ])
  })

  it('puts all results into one user message, before its text, whatever stands between', () => {
    const body = toAnthropic({
      messages: [
        user('Hi'),
        { role: 'assistant', content: 'Wait', tool_calls: [call('a'), call('b')] },
        { role: 'system', content: 'Note' },
        result('b', [{ type: 'text', text: 'B' }]),
        result('a', 'A'),
        user('And?'),
      ],
      tools,
    })
    expect(body.messages).toEqual([
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Wait' },
          { type: 'tool_use', id: 'a', name: 'f', input: { a: 1 } },
          { type: 'tool_use', id: 'b', name: 'f', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'b', content: 'B' },
          { type: 'tool_result', tool_use_id: 'a', content: 'A' },
          { type: 'text', text: '<system-reminder>\nNote\n</system-reminder>' },
          { type: 'text', text: 'And?' },
        ],
      },
    ])
  })

  it('answers calls that nobody answered, and makes text of results that nobody asked for', () => {
    const body = toAnthropic({
      messages: [
        user('Hi'),
        { role: 'assistant', content: null, tool_calls: [call('a')] },
        user('Stop'),
        { role: 'assistant', content: null, tool_calls: [call('b')] },
        { role: 'assistant', content: 'x' },
        result('zzz', 'late'),
      ],
      tools,
    })
    const missing = (id: string) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: 'No result provided',
      is_error: true,
    })
    const messages = body.messages
    expect(messages).toMatchObject([
      {},
      {},
      { role: 'user', content: [missing('a'), { type: 'text', text: 'Stop' }] },
      {},
      { role: 'user', content: [missing('b')] },
      { role: 'assistant' },
      { role: 'user', content: [{ type: 'text', text: 'Result of the tool call zzz: late' }] },
    ])
  })

  it('tells calls apart whose ids come again', () => {
    const round = [{ role: 'assistant', tool_calls: [call('0')] }, result('0')]
    const body = toAnthropic({ messages: [user('Hi'), ...round, ...round], tools })
    expect(body.messages).toMatchObject([
      {},
      { content: [{ id: '0' }] },
      { content: [{ tool_use_id: '0' }] },
      { content: [{ id: '0_1' }] },
      { content: [{ tool_use_id: '0_1', content: 'ok' }] },
    ])
  })

  it('makes objects of arguments, whatever the model wrote', () => {
    const written = ['', 'null', '{"b":[2]}', '[1]', '{"a":']
    const calls = written.map((text, index) => call(`c${index}`, 'f', text))
    const body = toAnthropic({
      messages: [
        user('Hi'),
        { role: 'assistant', tool_calls: calls },
        ...written.map((_, index) => result(`c${index}`)),
      ],
      tools,
    })
    expect(body.messages).toMatchObject([
      {},
      {
        content: [
          { input: {} },
          { input: {} },
          { input: { b: [2] } },
          { input: { rawInvalidInput: '[1]' } },
          { input: { rawInvalidInput: '{"a":' } },
        ],
      },
      {},
    ])
  })

  it('gives call and result the same id where Anthropic would refuse it', () => {
    const long = `call|${'x'.repeat(400)}`
    const body = toAnthropic({
      messages: [user('Hi'), { role: 'assistant', tool_calls: [call(long)] }, result(long)],
      tools,
    })
    const messages = body.messages
    if (!Array.isArray(messages)) throw new TypeError('no messages')
    const content = messages.map((message) => asObject(message)?.content)
    expect(content[1]).toMatchObject([{ id: expect.stringMatching(/^call_[0-9a-f]{24}$/) }])
    expect(Array.isArray(content[2]) && asObject(content[2][0])?.tool_use_id).toBe(
      Array.isArray(content[1]) && asObject(content[1][0])?.id,
    )
  })

  it('says media in its own words, and refuses those it does not know', () => {
    const body = toAnthropic({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: ' ' },
            {
              type: 'image_url',
              image_url: { url: 'data:image/png;base64,AAAA' },
              cache_control: { type: 'ephemeral' },
            },
            { type: 'image_url', image_url: { url: 'https://example.com/a.jpg' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' } },
            { type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,aGk=' } },
            { type: 'file', file: { file_id: 'file-1' } },
          ],
        },
      ],
    })
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          {
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data: 'AAAA' },
            cache_control: { type: 'ephemeral' },
          },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.jpg' } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'BBBB' }, title: 'a.pdf' },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hi' }, title: 'a.txt' },
          { type: 'document', source: { type: 'file', file_id: 'file-1' } },
        ],
      },
    ])
    for (const part of [{ type: 'input_audio', input_audio: { data: 'A', format: 'wav' } }, { type: 'future' }]) {
      expect(() => toAnthropic({ messages: [user([part])] })).toThrow(FormatError)
    }
  })

  it('translates tools, choices, limits and the user', () => {
    const body = toAnthropic({
      messages: [user('Hi')],
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', strict: true } },
        { type: 'custom', custom: { name: 'c' } },
      ],
      tool_choice: 'required',
      parallel_tool_calls: false,
      max_tokens: 7,
      temperature: 1.7,
      top_p: 0.5,
      stop: ['END', ' '],
      user: 'u',
      frequency_penalty: 1,
      seed: 1,
      logit_bias: {},
      stream: true,
    })
    expect(body).toEqual({
      model: 'claude-sonnet-4-5',
      max_tokens: 7,
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      tools: [{ name: 'f', description: 'd', input_schema: { type: 'object', properties: {} }, strict: true }],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      temperature: 1,
      stop_sequences: ['END'],
      metadata: { user_id: 'u' },
    })
    expect(toAnthropic({ messages: [user('Hi')], tool_choice: 'auto' }).tool_choice).toBeUndefined()
    const named = { messages: [user('Hi')], tools, tool_choice: { type: 'function', function: { name: 'f' } } }
    expect(toAnthropic(named).tool_choice).toEqual({ type: 'tool', name: 'f' })
    expect(toAnthropic({ ...named, tool_choice: 'none', parallel_tool_calls: false }).tool_choice).toEqual({
      type: 'none',
    })
    expect(toAnthropic({ ...named, tool_choice: undefined, parallel_tool_calls: false }).tool_choice).toEqual({
      type: 'auto',
      disable_parallel_tool_use: true,
    })
  })

  it('gives limits where the client gave none', () => {
    expect(toAnthropic({ messages: [user('Hi')] }).max_tokens).toBe(64_000)
    expect(toAnthropic({ messages: [user('Hi')] }, { model: 'claude-3-haiku-20240307' }).max_tokens).toBe(4096)
    expect(toAnthropic({ messages: [user('Hi')] }, { ...claude, maxTokens: 99 }).max_tokens).toBe(99)
  })

  it.each([
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
  ])('refuses %j, which the client depends on', (fields, param) => {
    expect(() => toAnthropic({ messages: [user('Hi')], ...fields })).toThrow(expect.objectContaining({ param }))
  })

  it.each([
    ['claude-opus-4-6', 'high', { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
    ['claude-opus-4-6', 'xhigh', { output_config: { effort: 'max' } }],
    ['claude-opus-5', 'xhigh', { output_config: { effort: 'xhigh' } }],
    ['claude-opus-5', 'minimal', { output_config: { effort: 'low' } }],
    ['claude-opus-5', 'none', { thinking: { type: 'disabled' } }],
    ['claude-opus-5-5', 'none', { output_config: { effort: 'low' } }],
    ['claude-sonnet-4-5', 'low', { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 2024 }],
    ['claude-sonnet-4-5', 'high', { thinking: { type: 'enabled', budget_tokens: 1024 } }],
  ])('tells %s the effort %s', (model, effort, expected) => {
    expect(
      toAnthropic({ messages: [user('Hi')], reasoning_effort: effort, max_tokens: 1000 }, { model }),
    ).toMatchObject(expected)
  })

  it('says nothing of reasoning to models that have none or lost it', () => {
    const body = { messages: [user('Hi')], reasoning_effort: 'high', max_tokens: 1000 }
    expect(toAnthropic(body, { model: 'claude-3-haiku-20240307' }).thinking).toBeUndefined()
    expect(toAnthropic({ ...body, reasoning_effort: 'none' }).thinking).toBeUndefined()
    expect(toAnthropic({ ...body, tools, tool_choice: 'required' }).thinking).toBeUndefined()
    const loop = [user('Hi'), { role: 'assistant', tool_calls: [call('a')] }, result('a')]
    expect(toAnthropic({ ...body, messages: loop, tools }).thinking).toBeUndefined()
  })

  it('replays signed reasoning of Anthropic, and no other', () => {
    const assistant = (details: object[]) => ({ role: 'assistant', content: 'x', reasoning_details: details })
    const own = [
      { type: 'reasoning.text', text: 't', signature: 's', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'd', format: 'anthropic-claude-v1', index: 1 },
    ]
    expect(toAnthropic({ messages: [user('Hi'), assistant(own)] }).messages).toMatchObject([
      {},
      {
        content: [
          { type: 'thinking', thinking: 't', signature: 's' },
          { type: 'redacted_thinking', data: 'd' },
          { type: 'text', text: 'x' },
        ],
      },
    ])
    const foreign = [
      { type: 'reasoning.encrypted', data: 'd', format: 'openai-responses-v1' },
      { type: 'reasoning.text', text: 't' },
    ]
    expect(toAnthropic({ messages: [user('Hi'), assistant(foreign)] }).messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'x' },
    ])
  })

  it('asks for a shape, or for JSON in words where there is no other way', () => {
    const shape = {
      type: 'json_schema',
      json_schema: {
        name: 'n',
        schema: {
          type: 'object',
          properties: { a: { type: 'string', maxLength: 3, description: 'An a.' }, b: { oneOf: [{ type: 'null' }] } },
          $defs: { x: { type: 'object', properties: {}, allOf: [{ type: 'object' }] } },
          items: { format: 'uuid', type: 'string' },
        },
      },
    }
    expect(toAnthropic({ messages: [user('Hi')], response_format: shape }).output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          additionalProperties: false,
          properties: {
            a: { type: 'string', description: 'An a. {maxLength: 3}' },
            b: { anyOf: [{ type: 'null' }] },
          },
          $defs: {
            x: {
              type: 'object',
              properties: {},
              additionalProperties: false,
              allOf: [{ type: 'object', additionalProperties: false }],
            },
          },
          items: { format: 'uuid', type: 'string' },
        },
      },
    })
    const old = toAnthropic({ messages: [user('Hi')], response_format: shape }, { model: 'claude-3-haiku' })
    expect(old.system).toContain('valid under this JSON Schema: {')
    expect(old.output_config).toBeUndefined()
    const words = toAnthropic({ messages: [user('Hi')], response_format: { type: 'json_object' } })
    expect(words.system).toContain('one JSON object')
  })

  it('asks as the user where there is nothing but a system message', () => {
    expect(toAnthropic({ messages: [{ role: 'system', content: 'Speak' }] })).toMatchObject({
      messages: [{ role: 'user', content: 'Speak' }],
    })
  })
})

describe('a request of Anthropic for a model of OpenAI', () => {
  it('translates turns, results, tools and controls', () => {
    const body = toOpenai({
      model: 'claude-sonnet-4-5',
      max_tokens: 100,
      system: [
        { type: 'text', text: 'One' },
        { type: 'text', text: 'Two', cache_control: { type: 'ephemeral' } },
      ],
      messages: [
        user([
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ]),
        { role: 'system', content: 'Mid' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 't', signature: 's' },
            { type: 'text', text: 'Wait' },
            { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} },
            { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } },
          ],
        },
        user([
          { type: 'text', text: 'see' },
          {
            type: 'tool_result',
            tool_use_id: 'toolu_1',
            is_error: true,
            content: [
              { type: 'text', text: 'bad' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A' } },
            ],
          },
        ]),
      ],
      tools: [
        { name: 'f', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' } },
        { type: 'web_search_20250305', name: 'web_search' },
      ],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      stop_sequences: ['1', '2', '3', '4', '5'],
      thinking: { type: 'enabled', budget_tokens: 10_000 },
      metadata: { user_id: 'x'.repeat(100) },
      stream: true,
    })
    expect(body).toEqual({
      model: 'gpt-4.1',
      max_completion_tokens: 100,
      messages: [
        { role: 'system', content: 'One\n\nTwo' },
        { role: 'user', content: 'a\n\nb' },
        { role: 'system', content: 'Mid' },
        { role: 'assistant', content: 'Wait', tool_calls: [call('toolu_1')] },
        { role: 'tool', tool_call_id: 'toolu_1', content: 'Error: bad\n[image in the next message]' },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'data:image/png;base64,A' } },
            { type: 'text', text: 'see' },
          ],
        },
      ],
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
      tool_choice: 'required',
      parallel_tool_calls: false,
      stop: ['1', '2', '3', '4'],
      reasoning_effort: 'medium',
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it.each([
    ['reasoning_content', { reasoning_content: 't' }],
    ['reasoning', { reasoning: 't' }],
    [
      'reasoning_details',
      {
        reasoning_details: [
          { type: 'reasoning.text', text: 't', signature: 's', format: 'anthropic-claude-v1', index: 0 },
        ],
      },
    ],
  ] as const)('brings reasoning back in %s where the provider wants it', (reasoningField, expected) => {
    const messages = [
      user('Hi'),
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 't', signature: 's' },
          { type: 'text', text: 'x' },
        ],
      },
    ]
    expect(toOpenai({ max_tokens: 5, messages }, { model: 'm', reasoningField }).messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'x', ...expected },
    ])
  })

  it('makes text of search results and of documents that are text', () => {
    const messages = [
      user([
        {
          type: 'search_result',
          source: 'https://example.com/',
          title: 'Tolls',
          content: [{ type: 'text', text: 'A toll.' }],
        },
        { type: 'document', title: 'n', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
        { type: 'document', source: { type: 'content', content: 'block' } },
      ]),
    ]
    expect(toOpenai({ max_tokens: 5, messages }).messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Tolls\nhttps://example.com/\nA toll.' },
          { type: 'text', text: 'n\n\nwords' },
          { type: 'text', text: 'block' },
        ],
      },
    ])
  })

  it('refuses what only Anthropic can read', () => {
    for (const block of [
      { type: 'container_upload', file_id: 'f' },
      { type: 'image', source: { type: 'file', file_id: 'f' } },
      { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
    ]) {
      expect(() => toOpenai({ max_tokens: 5, messages: [user([block])] })).toThrow(FormatError)
    }
  })

  it.each([
    [{ thinking: { type: 'disabled' } }, 'none'],
    [{ thinking: { type: 'adaptive' } }, 'medium'],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }, 'max'],
    [{ thinking: { type: 'enabled', budget_tokens: 1024 } }, 'minimal'],
    [{ thinking: { type: 'enabled', budget_tokens: 4096 } }, 'low'],
    [{ thinking: { type: 'enabled', budget_tokens: 30_000 } }, 'high'],
    [{ thinking: { type: 'enabled', budget_tokens: 60_000 } }, 'xhigh'],
    [{}, undefined],
  ])('reads %j as an effort', (fields, effort) => {
    expect(toOpenai({ max_tokens: 5, messages: [user('Hi')], ...fields }).reasoning_effort).toBe(effort)
  })

  it('keeps the shape that was asked for', () => {
    const schema = { type: 'object', properties: {} }
    const body = toOpenai({
      max_tokens: 5,
      messages: [user('Hi')],
      output_config: { format: { type: 'json_schema', schema } },
    })
    expect(body.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'response', schema, strict: true },
    })
  })
})

describe('a conversation for a model that only completes', () => {
  it('becomes one prompt', () => {
    const conversation = openai.decodeRequest(
      objectOf({ messages: [{ role: 'system', content: 'S' }, user('U')], stop: 'x' }),
    )
    expect(completions.encodeRequest(conversation, { model: 'm' })).toEqual({
      model: 'm',
      prompt: 'system: S\n\nuser: U\n\nassistant:',
      stop: ['x'],
    })
  })

  it('may not have tools or images', () => {
    const image = [{ type: 'image_url', image_url: { url: 'https://example.com/a.jpg' } }]
    for (const body of [{ messages: [user('U')], tools }, { messages: [user(image)] }]) {
      const conversation = openai.decodeRequest(objectOf(body))
      expect(() => completions.encodeRequest(conversation, { model: 'm' })).toThrow(FormatError)
    }
  })

  it('and prompts of many or of tokens go to no chat model', () => {
    const conversation = completions.decodeRequest(objectOf({ prompt: [1, 2] }))
    expect(() => openai.encodeRequest(conversation, { model: 'm' })).toThrow(FormatError)
    const single = completions.decodeRequest(objectOf({ prompt: 'Hi', max_tokens: 4 }))
    expect(openai.encodeRequest(single, { model: 'm' })).toEqual({
      model: 'm',
      messages: [user('Hi')],
      max_completion_tokens: 4,
    })
  })
})

describe('answers across formats', () => {
  it('tell an OpenAI client of thinking, tools and cached tokens', () => {
    const events = decodeStream(anthropic, [fixtureBytes('anthropic-messages/thinking-tools.stream.sse')])
    const chunks = dataOf(encodeStream(openai, events)).map((chunk) => (chunk === '[DONE]' ? chunk : objectOf(chunk)))
    expect(chunks.at(-1)).toBe('[DONE]')
    expect(chunks.at(-2)).toMatchObject({
      id: 'msg_fx1',
      model: 'alias',
      choices: [],
      usage: {
        prompt_tokens: 200,
        completion_tokens: 80,
        total_tokens: 280,
        prompt_tokens_details: { cached_tokens: 50, cache_write_tokens: 130 },
        completion_tokens_details: { reasoning_tokens: 30 },
      },
    })
    const again = fold(decodeStream(openai, [Buffer.from(encodeStream(openai, events))]))
    expect(again.answers[0]?.parts).toEqual(
      fold(events).answers[0]?.parts.map((part) => ({
        ...part,
        ...(part.type === 'reasoning' && part.data !== undefined && { extras: expect.anything() }),
      })),
    )
    const whole = openai.encodeResponse(fold(events), context)
    expect(whole).toMatchObject({
      object: 'chat.completion',
      created: context.created,
      choices: [
        {
          finish_reason: 'tool_calls',
          message: {
            content: 'Let me look.',
            reasoning_content: 'Two tools are needed.',
            reasoning_details: [{ signature: 'c2lnbmF0dXJl' }, { type: 'reasoning.encrypted', data: 'b3BhcXVl' }],
            tool_calls: [{ id: 'toolu_a' }, { id: 'toolu_b', function: { arguments: '{}' } }],
          },
        },
      ],
    })
    const history = {
      role: 'assistant',
      ...asObject(asObject(Array.isArray(whole.choices) ? whole.choices[0] : null)?.message),
    }
    expect(
      toAnthropic({ messages: [user('Hi'), history, result('toolu_a'), result('toolu_b')], tools }).messages,
    ).toMatchObject([
      {},
      { content: [{ type: 'thinking', signature: 'c2lnbmF0dXJl' }, { type: 'redacted_thinking' }, {}, {}, {}] },
      {},
    ])
  })

  it('tell an Anthropic client of parallel tools one after the other', () => {
    const events = decodeStream(openai, [fixtureBytes('openai-chat/parallel-tools.stream.sse')])
    const stream = encodeStream(anthropic, events)
    expect(stream).toMatch(/^event: message_start\n/)
    const said = dataOf(stream).map((data) => objectOf(data))
    expect(said.map((event) => `${event.type} ${event.index ?? ''}`.trim())).toEqual([
      'message_start',
      'content_block_start 0',
      'content_block_delta 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_delta 1',
      'content_block_delta 1',
      'content_block_stop 1',
      'message_delta',
      'message_stop',
    ])
    expect(said.at(-2)).toMatchObject({
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: { input_tokens: 56, cache_read_input_tokens: 64, output_tokens: 40 },
    })
    expect(said[0]).toMatchObject({ message: { id: 'msg_chatcmpl-fx1', model: 'alias' } })
  })

  it('tell of refusals in the client’s way', () => {
    const refused = decodeStream(openai, [fixtureBytes('openai-chat/refusal.stream.sse')])
    expect(anthropic.encodeResponse(fold(refused), context)).toMatchObject({
      stop_reason: 'refusal',
      content: [{ type: 'text', text: 'I cannot do that.' }],
    })
    expect(encodeStream(anthropic, refused)).toContain('"stop_reason":"refusal"')
    const filtered = decodeStream(anthropic, [fixtureBytes('anthropic-messages/refusal.stream.sse')])
    expect(openai.encodeResponse(fold(filtered), context)).toMatchObject({
      choices: [{ finish_reason: 'content_filter', native_finish_reason: 'refusal' }],
    })
    expect(anthropic.encodeResponse(fold(filtered), context)).toMatchObject({ stop_details: { category: 'cyber' } })
  })

  it('tell of errors inside a stream in the client’s way, and end there', () => {
    const overloaded = decodeStream(anthropic, [fixtureBytes('anthropic-messages/error.stream.sse')])
    const chat = encodeStream(openai, overloaded)
    expect(dataOf(chat).at(-1)).toEqual({
      error: { message: 'Overloaded', type: 'server_error', param: null, code: 'overloaded' },
    })
    const failed = decodeStream(openai, [fixtureBytes('openai-chat/error.stream.sse')])
    const messages = encodeStream(anthropic, failed)
    expect(messages.trim().split('\n\n').at(-1)).toMatch(/^event: error\n/)
    expect(messages).not.toContain('message_stop')
    expect(encodeStream(completions, failed)).not.toContain('[DONE]')
  })

  it('tell of a cited page where the client knows citations', () => {
    const events = decodeStream(anthropic, [fixtureBytes('anthropic-messages/server-tool.stream.sse')])
    expect(openai.encodeResponse(fold(events), context)).toMatchObject({
      choices: [{ message: { content: 'A toll.', annotations: [{ url_citation: { url: 'https://example.com/' } }] } }],
    })
    expect(encodeStream(openai, events)).toContain('"annotations":[{"type":"url_citation"')
  })

  it('leave the usage chunk out where the client did not ask for it', () => {
    const events = decodeStream(openai, [fixtureBytes('openai-chat/text.stream.sse')])
    const stream = encodeStream(openai, events, { ...context, includeUsage: false })
    expect(stream).not.toContain('usage')
    expect(stream).toMatch(/data: \[DONE\]\n\n$/)
  })

  it('come whole in every format, as golden', () => {
    for (const [name, files] of [
      ['openai-chat', ['text', 'parallel-tools', 'refusal']],
      ['anthropic-messages', ['text', 'thinking-tools']],
    ] as const) {
      const codec = format(name)
      for (const file of files) {
        const body = fixtureJson(`${name}/${file}.response.json`)
        const folded = fold(codec.decodeResponse(structuredClone(body)))
        expect(codec.encodeResponse(folded, { ...context, model: String(body.model) }), file).toMatchObject(body)
        const streamed = fold(decodeStream(codec, [fixtureBytes(`${name}/${file}.stream.sse`)]))
        expect(streamed.answers[0]?.parts, file).toHaveLength(folded.answers[0]?.parts.length ?? -1)
      }
    }
  })

  it('count several answers, each with its own parts', () => {
    const events: ChatEvent[] = [
      { type: 'start' },
      { type: 'open', choice: 1, slot: 0, part: 'text' },
      { type: 'delta', choice: 1, slot: 0, text: 'b' },
      { type: 'open', slot: 0, part: 'text' },
      { type: 'delta', slot: 0, text: 'a' },
      { type: 'finish', reason: 'length' },
      { type: 'finish', choice: 1, reason: 'stop', raw: 'eos' },
      { type: 'ping' },
      { type: 'end' },
    ]
    for (const codec of [openai, completions]) {
      const again = fold(decodeStream(codec, [Buffer.from(encodeStream(codec, events))]))
      expect(again.answers.map((answer) => answer.parts)).toEqual([
        [{ type: 'text', text: 'a' }],
        [{ type: 'text', text: 'b' }],
      ])
      expect(again.answers.map((answer) => answer.finish?.reason)).toEqual(['length', 'stop'])
      const whole = codec.decodeResponse(
        objectOf(JSON.parse(JSON.stringify(codec.encodeResponse(fold(events), context)))),
      )
      expect(fold(whole).answers.map((answer) => answer.parts)).toEqual(again.answers.map((answer) => answer.parts))
    }
    const alone = fold(decodeStream(anthropic, [Buffer.from(encodeStream(anthropic, events))]))
    expect(alone.answers).toHaveLength(1)
    expect(alone.answers[0]?.parts).toEqual([{ type: 'text', text: 'a' }])
  })
})
