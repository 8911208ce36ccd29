import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../providers/canonical/events.ts'
import { format } from '../../../providers/formats/index.ts'
import { UsageTap } from '../../../providers/formats/usage-tap.ts'
import { context, cutAt, decodeStream, encodeStream, fixtureBytes, fold } from '../support.ts'

const streams = [
  ['openai-chat', 'text'],
  ['openai-chat', 'comments'],
  ['openai-chat', 'parallel-tools'],
  ['openai-chat', 'refusal'],
  ['openai-chat', 'reasoning'],
  ['openai-chat', 'error'],
  ['anthropic-messages', 'text'],
  ['anthropic-messages', 'thinking-tools'],
  ['anthropic-messages', 'refusal'],
  ['anthropic-messages', 'server-tool'],
  ['anthropic-messages', 'error'],
] as const

const cuts = fc.array(fc.nat(6000), { maxLength: 30 })

/** What was said; the usage of a broken stream is for the gateway alone. */
function said(events: readonly ChatEvent[]) {
  const { answers, usage, error } = fold(events)
  return error === undefined ? { answers, usage } : { answers, kind: error.kind, message: error.message }
}

describe.each(streams)('%s %s', (name, file) => {
  const codec = format(name)
  const bytes = fixtureBytes(`${name}/${file}.stream.sse`)
  const whole = decodeStream(codec, [bytes])

  it('gives the same events however it is cut', () => {
    expect(decodeStream(codec, cutAt(bytes, [...bytes.keys()]))).toEqual(whole)
    fc.assert(
      fc.property(cuts, (offsets) => {
        expect(decodeStream(codec, cutAt(bytes, offsets))).toEqual(whole)
      }),
      { numRuns: 50 },
    )
  })

  it('says the same once more when its events are encoded again', () => {
    const again = decodeStream(codec, [Buffer.from(encodeStream(codec, whole))])
    expect(said(again)).toEqual(said(whole))
  })

  it('says the same whether its events come in one batch or one by one', () => {
    const encoder = codec.encodeEvents(context)
    const single = whole.map((event) => encoder.encode([event])).join('') + encoder.end()
    const again = decodeStream(codec, [Buffer.from(single)])
    expect(said(again)).toEqual(said(whole))
  })

  it('has the same usage, model, end and error for the tap, however it is cut', () => {
    const completion = fold(whole)
    const ended = whole.some((event) => event.type === 'end')
    fc.assert(
      fc.property(cuts, (offsets) => {
        const tap = new UsageTap(name)
        const forwarded = [...cutAt(bytes, offsets).map((chunk) => tap.push(chunk)), tap.end()]
        expect(Buffer.concat(forwarded).equals(bytes)).toBe(true)
        expect(tap.usage).toEqual(completion.usage)
        expect(tap.model).toBe(completion.model)
        expect(tap.finished).toBe(ended)
        expect(tap.error).toEqual(completion.error)
      }),
      { numRuns: 50 },
    )
  })

  it('becomes an upstream error, not an end, when it is cut short', () => {
    const events = decodeStream(codec, [bytes.subarray(0, Math.floor(bytes.length * 0.6))])
    expect(events.filter((event) => event.type === 'end')).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { kind: 'upstream', status: 502 } })
  })
})

describe('any text', () => {
  it('comes whole out of any delta, in any of the formats', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('openai-chat', 'anthropic-messages', 'openai-completions'),
        fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 5 }),
        cuts,
        (name, texts, offsets) => {
          const codec = format(name)
          const events: ChatEvent[] = [
            { type: 'start', id: 'x', model: 'm' },
            { type: 'open', slot: 0, part: 'text' },
            ...texts.map((text): ChatEvent => ({ type: 'delta', slot: 0, text })),
            { type: 'close', slot: 0 },
            { type: 'finish', reason: 'stop' },
            { type: 'usage', usage: { input: 1, output: 2 } },
            { type: 'end' },
          ]
          const decoded = decodeStream(codec, cutAt(Buffer.from(encodeStream(codec, events)), offsets))
          expect(fold(decoded).answers[0]?.parts).toEqual([{ type: 'text', text: texts.join('') }])
          expect(decoded.at(-1)).toEqual({ type: 'end' })
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('parts that grow at the same time', () => {
  const slots = fc.integer({ min: 1, max: 4 })
  it('come whole out of either format, whatever order their deltas come in', () => {
    fc.assert(
      fc.property(slots, fc.array(fc.tuple(fc.nat(3), fc.string())), fc.boolean(), (count, deltas, closing) => {
        const events: ChatEvent[] = [{ type: 'start', id: 'x' }]
        const expected = Array.from({ length: count }, () => '')
        for (let slot = 0; slot < count; slot += 1) {
          events.push({ type: 'open', slot, part: 'toolCall', id: `call_${slot}`, name: `tool_${slot}` })
        }
        for (const [wanted, text] of deltas) {
          const slot = wanted % count
          events.push({ type: 'delta', slot, text })
          expected[slot] += text
        }
        if (closing) for (let slot = count - 1; slot >= 0; slot -= 1) events.push({ type: 'close', slot })
        events.push({ type: 'finish', reason: 'toolCalls' }, { type: 'end' })
        for (const name of ['openai-chat', 'anthropic-messages']) {
          const codec = format(name)
          const { answers } = fold(decodeStream(codec, [Buffer.from(encodeStream(codec, events))]))
          expect(answers[0]?.parts).toEqual(
            expected.map((text, slot) => ({
              type: 'toolCall',
              id: `call_${slot}`,
              name: `tool_${slot}`,
              arguments: text === '' ? '{}' : text,
            })),
          )
        }
      }),
      { numRuns: 200 },
    )
  })
})
