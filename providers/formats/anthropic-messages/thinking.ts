/** Effort levels of other formats as Anthropic's `thinking` and `output_config.effort`. */

import type { Reasoning } from '../../canonical/conversation.ts'
import type { JsonObject } from '../../canonical/json.ts'
import type { ClaudeTraits } from './models.ts'

export interface Thinking {
  readonly thinking?: JsonObject
  readonly effort?: string
  /** Tokens that reasoning takes from `max_tokens`, which must leave room for the answer. */
  readonly budget: number
}

/** Share of the answer's tokens that a level stands for. */
const shares: Readonly<Record<string, number>> = {
  minimal: 0.02,
  low: 0.1,
  medium: 0.3,
  high: 0.6,
  xhigh: 0.9,
  max: 0.95,
}
const leastBudget = 1024
const none: Thinking = { budget: 0 }

export function encodeThinking(reasoning: Reasoning | undefined, traits: ClaudeTraits, maxTokens: number): Thinking {
  if (reasoning === undefined || traits.thinking === 'none') return none
  const off = reasoning.effort === 'none' || (reasoning.enabled === false && reasoning.effort === undefined)
  if (traits.thinking === 'adaptive') {
    if (off) return traits.alwaysThinks ? { effort: 'low', budget: 0 } : { thinking: { type: 'disabled' }, budget: 0 }
    return { thinking: { type: 'adaptive' }, effort: effortOf(reasoning, traits), budget: 0 }
  }
  if (off) return none
  const share = shares[reasoning.effort ?? 'medium'] ?? 0.3
  const budget = Math.max(leastBudget, Math.floor(reasoning.budget ?? share * maxTokens))
  return { thinking: { type: 'enabled', budget_tokens: budget }, budget }
}

function effortOf(reasoning: Reasoning, traits: ClaudeTraits): string {
  const { effort, budget } = reasoning
  if (effort === undefined) {
    if (budget === undefined) return 'high'
    return budget < 8192 ? 'low' : budget < 24_576 ? 'medium' : 'high'
  }
  if (effort === 'minimal') return 'low'
  if (effort === 'xhigh') return traits.xhigh ? 'xhigh' : 'max'
  return ['low', 'medium', 'high', 'max'].includes(effort) ? effort : 'medium'
}
