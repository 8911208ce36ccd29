/** Answers of a provider that needs no upstream, as the built-in demo. */

import { setImmediate as turn } from 'node:timers/promises'
import type { Conversation } from '../../providers/canonical/conversation.ts'
import { type ChatEvent, CompletionFold } from '../../providers/canonical/events.ts'
import type { AnswerContext, ChatFormat } from '../../providers/canonical/format.ts'
import type { LocalProvider } from '../../providers/provider.ts'
import type { CallContext, LocalAnswer } from '../upstream/call.ts'
import { countParts, estimateRest } from './estimate.ts'
import type { LlmRecord } from './record.ts'

export interface LocalOptions {
  readonly format: ChatFormat
  readonly answer: AnswerContext
  readonly record: LlmRecord
  readonly context: CallContext
}

export function answerLocally(provider: LocalProvider, conversation: Conversation, options: LocalOptions): LocalAnswer {
  const { format, answer, context, record } = options
  if (conversation.stream) {
    return {
      status: 200,
      headers: { 'Content-Type': format.streamType, 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' },
      body: { pieces: stream(provider.chat(conversation), conversation, options) },
    }
  }
  const fold = new CompletionFold()
  for (const event of context.chat.events([...provider.chat(conversation)], true)) fold.push(event)
  settle(fold, conversation, options)
  const body = JSON.stringify(format.encodeResponse(fold.completion, answer))
  if (record.logPayloads) record.responseBody = body
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body }
}

/** Each event goes out by itself, so that a client sees a stream at work. */
async function* stream(
  events: Iterable<ChatEvent>,
  conversation: Conversation,
  options: LocalOptions,
): AsyncGenerator<string> {
  const { format, answer, context, record } = options
  const encoder = format.encodeEvents(answer)
  const fold = new CompletionFold()
  const start = performance.now()
  const told = (text: string) => {
    if (record.logPayloads) record.responseBody = (record.responseBody ?? '') + text
    return text
  }
  try {
    for (const event of events) {
      const seen = context.chat.events([event], event.type === 'end')
      for (const one of seen) fold.push(one)
      const text = encoder.encode(seen)
      record.timeToFirstToken ??= performance.now() - start
      if (text !== '') yield told(text)
      await turn()
    }
    const rest = encoder.end()
    if (rest !== '') yield told(rest)
  } finally {
    // A client that leaves ends the loop from outside; what it was told counts all the same.
    settle(fold, conversation, options)
  }
}

function settle(fold: CompletionFold, conversation: Conversation, { record, context }: LocalOptions): void {
  const { usage } = fold.completion
  record.usage = fold.ended
    ? usage
    : estimateRest(usage, JSON.stringify(conversation.turns).length, countParts(fold.completion))
  record.responseModel = fold.completion.model
  context.chat.done(conversation, fold.completion)
}
