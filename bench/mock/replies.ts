/** Pre-built answers of the mock upstream: the bytes are made once, so that a request costs the mock one write. */

import type { Ask } from '../load/bodies.ts'

/** The two wire formats that the mock speaks. */
export type MockFormat = 'openai' | 'anthropic'

/** A streamed answer: the head, then what is written at each step. */
export interface StreamReply {
  readonly head: Buffer
  readonly steps: readonly Buffer[]
}

/** The text that a stream of `chunks` chunks adds up to; it tells by which of its formats the mock was asked. */
export function streamText(format: MockFormat, chunks: number): string {
  return Array.from({ length: chunks }, (_, index) => word(format, index)).join('')
}

/** The text of a JSON answer of about `bytes` bytes; it begins with the name of the format. */
export function answerText(format: MockFormat, bytes: number): string {
  const text = 'All happy teapots are alike; each unhappy teapot is unhappy in its own way. '.repeat(
    Math.ceil(bytes / 76),
  )
  return `${format}: ${text.slice(0, Math.max(1, bytes - 430))}`
}

/** A whole JSON answer, head included. */
export function jsonReply(format: MockFormat, ask: Ask): Buffer {
  const body = Buffer.from(JSON.stringify(format === 'openai' ? openaiAnswer(ask) : anthropicAnswer(ask)))
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_bench\r\nContent-Length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

/** A streamed answer; `withUsage` adds OpenAI's usage chunk, as `stream_options.include_usage` asks for. */
export function streamReply(format: MockFormat, ask: Ask, withUsage: boolean): StreamReply {
  const head = Buffer.from(
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\nx-request-id: req_bench\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  const groups = format === 'openai' ? openaiEvents(ask.chunks, withUsage) : anthropicEvents(ask.chunks)
  // Every event is an HTTP chunk of its own, as vendors send them; a group is what belongs to one content chunk.
  const steps = groups.map((events) => Buffer.concat(events.map((event) => httpChunk(event))))
  const last = steps.at(-1) ?? Buffer.alloc(0)
  return { head, steps: [...steps.slice(0, -1), Buffer.concat([last, Buffer.from('0\r\n\r\n')])] }
}

function word(format: MockFormat, index: number): string {
  return ` ${format === 'openai' ? 'word' : 'term'}${index % 10}`
}

function httpChunk(event: string): Buffer {
  const bytes = Buffer.from(event)
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

const COMPLETION = { id: 'chatcmpl-bench0123456789', created: 1_700_000_000, model: 'gpt-4o-mini-2024-07-18' }
const USAGE = { prompt_tokens: 180, completion_tokens: 100, total_tokens: 280 }

function openaiAnswer(ask: Ask): object {
  const message = { role: 'assistant', content: answerText('openai', ask.answerBytes), refusal: null }
  return {
    ...COMPLETION,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: {
      ...USAGE,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
    service_tier: 'default',
    system_fingerprint: 'fp_bench',
  }
}

function openaiEvents(chunks: number, withUsage: boolean): string[][] {
  const event = (choices: readonly object[], rest: object = {}): string =>
    `data: ${JSON.stringify({ ...COMPLETION, object: 'chat.completion.chunk', system_fingerprint: 'fp_bench', choices, ...rest })}\n\n`
  const choice = (delta: object, finish: string | null): string =>
    event([{ index: 0, delta, logprobs: null, finish_reason: finish }])
  const groups = Array.from({ length: chunks }, (_, index) => [choice({ content: word('openai', index) }, null)])
  groups[0]?.unshift(choice({ role: 'assistant', content: '', refusal: null }, null))
  groups.at(-1)?.push(choice({}, 'stop'), ...(withUsage ? [event([], { usage: USAGE })] : []), 'data: [DONE]\n\n')
  return groups
}

const MESSAGE = { id: 'msg_bench0123456789', type: 'message', role: 'assistant', model: 'claude-bench' }

function anthropicAnswer(ask: Ask): object {
  return {
    ...MESSAGE,
    content: [{ type: 'text', text: answerText('anthropic', ask.answerBytes) }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 180, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 100 },
  }
}

function anthropicEvents(chunks: number): string[][] {
  const event = (type: string, rest: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`
  const groups = Array.from({ length: chunks }, (_, index) => [
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: word('anthropic', index) } }),
  ])
  const message = { ...MESSAGE, content: [], stop_reason: null, stop_sequence: null }
  groups[0]?.unshift(
    event('message_start', { message: { ...message, usage: { input_tokens: 180, output_tokens: 1 } } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  )
  groups.at(-1)?.push(
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 100 },
    }),
    event('message_stop', {}),
  )
  return groups
}
