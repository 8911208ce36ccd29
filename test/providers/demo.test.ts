import { describe, expect, it } from 'vitest'
import type { Conversation } from '../../providers/canonical/conversation.ts'
import { demo } from '../../providers/demo/index.ts'
import { sample } from '../../providers/demo/sample.ts'
import { format } from '../../providers/formats/index.ts'
import { fold, objectOf } from './support.ts'

const chatFormat = format('openai-chat')

function ask(body: object) {
  const conversation: Conversation = chatFormat.decodeRequest(objectOf({ model: 'demo', ...body }))
  return [...(demo.local?.chat(conversation) ?? [])]
}

function answer(body: object) {
  return fold(ask(body)).answers[0]
}

const user = (content: unknown) => ({ role: 'user', content })
const place = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 2 } },
  required: ['city', 'days'],
}
const tools = [
  { type: 'function', function: { name: 'weather', parameters: place } },
  { type: 'function', function: { name: 'now' } },
]

describe('the demo model', () => {
  it('says what it is and what it heard, in several deltas, with its usage', () => {
    const events = ask({ messages: [{ role: 'system', content: 'Be kind.' }, user('How much is the toll?')] })
    expect(events.filter((event) => event.type === 'delta').length).toBeGreaterThan(3)
    const completion = fold(events)
    const part = completion.answers[0]?.parts[0]
    expect(part).toMatchObject({ type: 'text', text: expect.stringContaining('demo model of Tollgate') })
    expect(part).toMatchObject({ text: expect.stringContaining('How much is the toll?') })
    expect(completion.usage).toEqual({ input: 7, output: expect.any(Number) })
    expect(completion.usage.output).toBeGreaterThan(10)
    expect(events.at(-1)).toEqual({ type: 'end' })
  })

  it('says the same again, and something else to something else', () => {
    const body = { messages: [user('Hi')] }
    expect(ask(body)).toEqual(ask(body))
    expect(ask(body)).not.toEqual(ask({ messages: [user('Ho')] }))
  })

  it('calls every tool side by side, with arguments that their schemas allow', () => {
    const events = ask({ messages: [user('Hi')], tools })
    expect(events.slice(1, 3).map((event) => event.type)).toEqual(['open', 'open'])
    expect(fold(events).answers[0]).toMatchObject({
      parts: [
        { type: 'toolCall', name: 'weather', arguments: '{"city":"Berlin","days":2}' },
        { type: 'toolCall', name: 'now', arguments: '{}' },
      ],
      finish: { reason: 'toolCalls' },
    })
  })

  it('minds the choice of tools', () => {
    const names = (more: object) =>
      answer({ messages: [user('Hi')], tools, ...more })?.parts.map((part) =>
        part.type === 'toolCall' ? part.name : part.type,
      )
    expect(names({ tool_choice: 'none' })).toEqual(['text'])
    expect(names({ tool_choice: { type: 'function', function: { name: 'now' } } })).toEqual(['now'])
    expect(names({ parallel_tool_calls: false })).toEqual(['weather'])
  })

  it('tells what the tools said', () => {
    const messages = [
      user('Hi'),
      {
        role: 'assistant',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'weather', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: '4 degrees' },
      { role: 'tool', tool_call_id: 'b', content: 'noon' },
    ]
    const text = expect.stringContaining('weather said: 4 degrees b said: noon')
    expect(answer({ messages, tools })).toMatchObject({ parts: [{ type: 'text', text }], finish: { reason: 'stop' } })
    expect(answer({ messages, response_format: { type: 'json_object' } })?.parts).toEqual([
      { type: 'text', text: '{"results":["weather said: 4 degrees","b said: noon"]}' },
    ])
  })

  it('answers in the shape that was asked for', () => {
    const shape = { type: 'json_schema', json_schema: { name: 'n', schema: place } }
    expect(answer({ messages: [user('Hi')], response_format: shape })?.parts).toEqual([
      { type: 'text', text: '{"city":"Berlin","days":2}' },
    ])
    expect(answer({ messages: [user('Hi')], response_format: { type: 'json_object' } })?.parts).toEqual([
      { type: 'text', text: '{"model":"demo","echo":"Hi"}' },
    ])
  })

  it('minds limits, stop words and the number of answers', () => {
    const messages = [user('Hi')]
    expect(answer({ messages, max_tokens: 3 })).toMatchObject({
      parts: [{ text: 'This is the' }],
      finish: { reason: 'length' },
    })
    expect(answer({ messages, stop: ['Tollgate', 'demo'] })).toMatchObject({
      parts: [{ text: 'This is the ' }],
      finish: { reason: 'stop', stopSequence: 'demo' },
    })
    expect(fold(ask({ messages, n: 3 })).answers).toHaveLength(3)
    expect(fold(ask({ messages, tools, n: 2 })).answers[1]?.parts).toHaveLength(2)
  })

  it('names what it cannot read, and echoes a bounded part of long words', () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.jpg' } }
    expect(answer({ messages: [user([image])] })?.parts[0]).toMatchObject({
      text: expect.stringContaining('You said: [image]'),
    })
    expect(
      answer({ messages: [{ role: 'assistant', content: 'a', reasoning_content: 'b', refusal: 'c' }] })?.parts[0],
    ).toMatchObject({
      text: expect.stringContaining('You sent no text.'),
    })
    const text = JSON.stringify(answer({ messages: [user('long '.repeat(1000))] }))
    expect(text.length).toBeLessThan(1000)
  })

  it('has models and vectors', () => {
    expect(demo.local?.models()).toEqual(['demo', 'demo-embedding'])
    const embed = (inputs: string[], dimensions?: number) => demo.local?.embed(inputs, dimensions) ?? []
    const [toll, same, other] = embed(['a toll gate', 'A TOLL gate!', 'wholly other words'])
    expect(toll).toHaveLength(8)
    expect(toll).toEqual(same)
    expect(toll).not.toEqual(other)
    for (const vector of [...embed(['x', '', '…'], 1536), ...embed(['x'], 1)]) {
      expect(Math.hypot(...vector)).toBeCloseTo(1, 9)
    }
    expect(embed(['x'], 1536)[0]).toHaveLength(1536)
  })
})

describe('a sample of a schema', () => {
  it.each([
    [{ const: 5 }, 5],
    [{ default: null }, null],
    [{ enum: ['b', 'a'] }, 'b'],
    [{ examples: [7] }, 7],
    [{ type: 'string', format: 'uuid' }, '00000000-0000-4000-8000-000000000000'],
    [{ type: 'string', minLength: 8 }, 'words...'],
    [{ type: 'string', maxLength: 2 }, 'wo'],
    [{ type: ['null', 'integer'], exclusiveMinimum: 3 }, 4],
    [{ type: 'number', maximum: -1 }, -1],
    [{ type: 'number', minimum: 3, multipleOf: 5 }, 5],
    [{ type: 'boolean' }, true],
    [{ type: 'null' }, null],
    [{ type: 'array', minItems: 2, items: { type: 'boolean' } }, [true, true]],
    [{ items: { type: 'integer' } }, [1]],
    [
      { properties: { a: {} }, required: ['a', 'b'] },
      { a: 'words', b: 'words' },
    ],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 1],
    [
      {
        allOf: [
          { properties: { a: { const: 1 } }, required: ['a'] },
          { properties: { b: { const: 2 } }, required: ['b'] },
        ],
      },
      { a: 1, b: 2 },
    ],
    [{ allOf: [{ type: 'integer' }] }, 1],
    [{ $ref: '#/$defs/x~1y', $defs: { 'x/y': { const: 'found' } } }, 'found'],
  ])('%j is %j', (schema, expected) => {
    expect(sample(objectOf(schema), { words: 'words' })).toEqual(expected)
  })

  it('of a schema that refers to itself comes to an end', () => {
    const schema = { properties: { next: { $ref: '#' } }, required: ['next'] }
    expect(JSON.stringify(sample(schema, { words: '' }))).toMatch(/null\}+$/)
  })
})
