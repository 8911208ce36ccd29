/** Why an answer ended, in OpenAI's words and those of its kin. */

import type { FinishReason } from '../../canonical/events.ts'

const reasons = new Map<string, FinishReason>([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['stop_sequence', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_calls', 'toolCalls'],
  ['function_call', 'toolCalls'],
  ['content_filter', 'contentFilter'],
  ['sensitive', 'contentFilter'],
])

/** Words that say the provider failed, not the model. */
const failures = new Set(['error', 'network_error', 'insufficient_system_resource', 'abort'])

/** Some providers say `stop` where the answer calls tools. */
export function decodeFinish(raw: string | undefined, calledTools: boolean): FinishReason {
  const reason = (raw === undefined ? undefined : reasons.get(raw)) ?? 'stop'
  return reason === 'stop' && calledTools ? 'toolCalls' : reason
}

export function isFailure(raw: string | undefined): boolean {
  return raw !== undefined && failures.has(raw)
}

export const finishNames: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  toolCalls: 'tool_calls',
  contentFilter: 'content_filter',
}
