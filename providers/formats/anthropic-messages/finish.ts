/** Why an answer ended, in Anthropic's words. */

import type { FinishReason } from '../../canonical/events.ts'

const reasons = new Map<string, FinishReason>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['compaction', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'toolCalls'],
  ['refusal', 'contentFilter'],
])

export function decodeStop(raw: string | undefined, calledTools: boolean): FinishReason {
  if (raw === undefined) return calledTools ? 'toolCalls' : 'stop'
  return reasons.get(raw) ?? 'stop'
}

/** The provider's own word wherever it was one of these. */
export function encodeStop(
  finish: { readonly reason: FinishReason; readonly raw?: string; readonly stopSequence?: string } | undefined,
  refused: boolean,
  calledTools: boolean,
): string {
  if (finish?.raw !== undefined && reasons.get(finish.raw) === finish.reason) return finish.raw
  if (refused) return 'refusal'
  switch (finish?.reason ?? 'stop') {
    case 'length':
      return 'max_tokens'
    case 'toolCalls':
      return 'tool_use'
    case 'contentFilter':
      return 'refusal'
    case 'stop':
      if (calledTools) return 'tool_use'
      return finish?.stopSequence === undefined ? 'end_turn' : 'stop_sequence'
  }
}
