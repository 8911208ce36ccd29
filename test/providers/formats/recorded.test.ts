import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Part } from '../../../providers/canonical/conversation.ts'
import { isObject } from '../../../providers/canonical/json.ts'
import { completionTokens, promptTokens } from '../../../providers/canonical/usage.ts'
import { format, formats } from '../../../providers/formats/index.ts'
import { UsageTap } from '../../../providers/formats/usage-tap.ts'
import { context, decodeStream, encodeStream, fold, objectOf, recordings } from '../support.ts'

const folders = [
  ['openai-chat', 'pydantic-ai/openai', 'chat.completions'],
  ['openai-chat', 'otel-py/openai', 'chat.completions'],
  ['openai-chat', 'pydantic-ai/openrouter', 'chat.completions'],
  ['openai-chat', 'pydantic-ai/groq', 'chat.completions'],
  ['openai-chat', 'pydantic-ai/deepseek', 'chat.completions'],
  ['openai-chat', 'pydantic-ai/mistral', 'chat.completions'],
  ['openai-chat', 'pydantic-ai/cerebras', 'chat.completions'],
  ['openai-chat', 'pydantic-ai/azure-openai', 'chat.completions'],
  ['openai-chat', 'pydantic-ai/huggingface', 'chat.completions'],
  ['openai-chat', 'pydantic-ai/crusoe-vllm', 'chat.completions'],
  ['openai-chat', 'pydantic-ai/ollama', 'chat.completions'],
  ['openai-chat', 'pydantic-ai/zai', 'chat.completions'],
  ['openai-chat', 'pydantic-ai/snowflake', 'chat.completions'],
  ['anthropic-messages', 'pydantic-ai/anthropic', 'messages'],
] as const

/** Arguments without the white space that a model may write. */
function compact(part: Part): Part {
  return part.type === 'toolCall' ? { ...part, arguments: JSON.stringify(JSON.parse(part.arguments)) } : part
}

describe.each(folders)('recorded %s of %s', (name, folder, prefix) => {
  const codec = format(name)
  const found = recordings(folder, prefix) ?? []

  it('is read to its end, and its usage adds up', () => {
    for (const { name: file, status, body, text } of found) {
      if (status !== 200) continue
      const streamed = text?.startsWith('event:') || text?.startsWith('data:') || text?.startsWith(':')
      if (!streamed && !isObject(body)) continue
      const events = streamed ? decodeStream(codec, [Buffer.from(text ?? '')]) : codec.decodeResponse(objectOf(body))
      const failure = events.find((event) => event.type === 'error')
      if (failure !== undefined) {
        // Only what says so itself may fail.
        expect(text ?? JSON.stringify(body), file).toMatch(/"error"|event: error/)
        continue
      }
      expect(events.at(-1)?.type, file).toBe('end')
      const completion = fold(events)
      expect(completion.answers.length, file).toBeGreaterThan(0)
      for (const answer of completion.answers) expect(answer.finish, file).toBeDefined()
      const usage = isObject(body) ? objectOf(body.usage ?? {}) : {}
      // Read and written at once, the same tokens are in two classes.
      const twice = (completion.usage.cacheRead ?? 0) > 0 && (completion.usage.cacheWrite5m ?? 0) > 0
      if (name === 'openai-chat' && typeof usage.total_tokens === 'number' && !twice) {
        const total = promptTokens(completion.usage) + completionTokens(completion.usage)
        expect(total, file).toBe(usage.total_tokens)
      }
      for (const target of formats.values()) {
        const whole = target.encodeResponse(completion, context)
        const streamAgain = encodeStream(target, events)
        if (target.name !== name) continue
        const parts = completion.answers[0]?.parts.filter((part) => part.type !== 'text' || part.text !== '')
        if (name === 'anthropic-messages') {
          const again = fold(target.decodeResponse(objectOf(JSON.parse(JSON.stringify(whole)))))
          expect(again.answers[0]?.parts.map(compact), file).toEqual(parts?.map(compact))
          expect(fold(decodeStream(target, [Buffer.from(streamAgain)])).answers[0]?.parts, file).toEqual(parts)
        }
      }
    }
  })

  it('is read alike by the tap', () => {
    for (const { name: file, status, text } of found) {
      if (status !== 200 || text === undefined || !/^(?:event|data):/.test(text)) continue
      const completion = fold(decodeStream(codec, [Buffer.from(text)]))
      const tap = new UsageTap(name)
      tap.push(Buffer.from(text))
      tap.end()
      expect(tap.usage, file).toEqual(completion.usage)
      expect(tap.error, file).toEqual(completion.error)
    }
  })

  it('gives every error a kind and a message', () => {
    for (const { name: file, status, body, text } of found) {
      if (status < 400) continue
      const error = codec.decodeError(status, {}, body ?? text)
      expect(error.message, file).not.toBe('')
      expect(error.status, file).toBeGreaterThanOrEqual(400)
      expect(JSON.stringify(codec.encodeError(error, 'req_1')), file).toContain('"message"')
    }
  })
})

describe('streams recorded by the SDK of Anthropic', () => {
  const at = new URL('../../../../shared/data/provider-fixtures/anthropic-sdk-typescript/', import.meta.url)
  it.each([
    'stream-a-refusal.sse',
    'stream-a-toolrefusal.sse',
    'stream-b-fallback.sse',
    'basic_response.txt',
    'tool_use_response.txt',
  ])('%s is whole', (file) => {
    let bytes: Buffer
    try {
      bytes = readFileSync(new URL(file, at))
    } catch {
      console.log(`skipped: ${file} is not there`)
      return
    }
    const events = decodeStream(format('anthropic-messages'), [bytes])
    expect(events.at(-1)).toEqual({ type: 'end' })
    expect(fold(events).answers[0]?.finish).toBeDefined()
  })
})
