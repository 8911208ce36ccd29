import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageTap } from '../../../providers/formats/usage-tap.ts'
import { cutAt, fixtureBytes } from '../support.ts'

const text = fixtureBytes('openai-chat/text.stream.sse')
const usage = { input: 56, cacheRead: 64, audioIn: 0, output: 30, reasoning: 10, audioOut: 0 }

function forward(tap: UsageTap, chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([...chunks.map((chunk) => tap.push(chunk)), tap.end()])
}

describe('UsageTap', () => {
  it('hands the very same buffers on', () => {
    const tap = new UsageTap('openai-chat')
    for (const chunk of cutAt(text, [100, 700])) expect(tap.push(chunk)).toBe(chunk)
    expect(tap.end()).toHaveLength(0)
    expect(tap).toMatchObject({ usage, model: 'gpt-4.1-mini-2025-04-14', finished: true, error: undefined })
    const dropping = new UsageTap('openai-chat', { dropUsageChunk: true })
    const event = Buffer.from('data: {"model":"m","choices":[{}],"usage": null}\n\n')
    expect(dropping.push(event)).toBe(event)
    expect(dropping.push(event)).toBe(event)
  })

  it('leaves the usage chunk out, and nothing else, however the bytes are cut', () => {
    for (const file of ['text', 'comments', 'parallel-tools']) {
      const bytes = fixtureBytes(`openai-chat/${file}.stream.sse`)
      const end = file === 'comments' ? '\r\n\r\n' : '\n\n'
      const events = bytes.toString('utf8').split(end)
      const expected = events.filter((event) => !event.includes('"choices":[]')).join(end)
      expect(expected.length).toBeLessThan(bytes.length - 100)
      fc.assert(
        fc.property(fc.array(fc.nat(6000), { maxLength: 40 }), (cuts) => {
          const tap = new UsageTap('openai-chat', { dropUsageChunk: true })
          expect(forward(tap, cutAt(bytes, cuts)).toString('utf8')).toBe(expected)
          expect(tap.usage).toEqual(usage)
          expect(tap.finished).toBe(true)
        }),
        { numRuns: 100 },
      )
    }
  })

  it('keeps usage that comes with choices, and usage that is only spoken of', () => {
    const stream = [
      { model: 'm', choices: [{ delta: { content: 'say "usage": 5 [DONE]' } }] },
      {
        model: 'm',
        choices: [{ delta: {}, finish_reason: 'stop' }],
        usage: { prompt_tokens: 3, completion_tokens: 4 },
      },
    ]
    const bytes = Buffer.from(stream.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))
    const tap = new UsageTap('openai-chat', { dropUsageChunk: true })
    expect(forward(tap, [bytes]).equals(bytes)).toBe(true)
    expect(tap).toMatchObject({ usage: { input: 3, output: 4 }, finished: false })
  })

  it('forwards the tail of a stream that broke off, less a usage chunk without its blank line', () => {
    const usageChunk = 'data: {"model":"m","choices":[],"usage":{"prompt_tokens":1}}'
    const tap = new UsageTap('openai-chat', { dropUsageChunk: true })
    expect(forward(tap, [Buffer.from(usageChunk)]).toString()).toBe('')
    expect(tap.usage).toEqual({ input: 1 })
    const cut = new UsageTap('openai-chat', { dropUsageChunk: true })
    expect(forward(cut, [Buffer.from('data: {"mod')]).toString()).toBe('data: {"mod')
    expect(cut.finished).toBe(false)
  })

  it('keeps the first error, whichever way it is told', () => {
    const tell = (format: string, stream: string) => {
      const tap = new UsageTap(format)
      forward(tap, [Buffer.from(stream)])
      return tap.error?.message
    }
    expect(tell('openai-chat', 'data: {"model":"m"}\n\nevent: error\ndata: words\n\n')).toBe('words')
    expect(tell('openai-chat', 'data: {"choices":[{"error":{"message":"a"}}]}\n\ndata: {"error":"b"}\n\n')).toBe('a')
    expect(tell('openai-chat', 'data: {"object":"error","message":"c"}\n\n')).toBe('c')
    expect(tell('anthropic-messages', 'data: {"type":"error","error":{"type":"api_error","message":"d"}}\n\n')).toBe(
      'd',
    )
  })

  it('gives up on an event that never ends', () => {
    const tap = new UsageTap('openai-chat', { dropUsageChunk: true })
    const chunk = Buffer.alloc(16 * 1024 * 1024, 'x')
    expect(() => {
      for (let count = 0; count < 3; count += 1) tap.push(chunk)
    }).toThrow('over the limit')
  })
})
