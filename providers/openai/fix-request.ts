/** What OpenAI's model families refuse, as far as their names tell. */

import type { JsonObject } from '../canonical/json.ts'
import { type Fix, inTurn, renamed, without } from '../fixes.ts'

const reasoningModel = /^(?:o\d|gpt-[5-9])(?!.*-chat)/
/** Reasoning models that sample while they do not reason. */
const optionalReasoning = /^gpt-5\.[1-6](?!\d)/
const modernTokens = renamed('max_tokens', 'max_completion_tokens')
const noPenalties = without('frequency_penalty', 'presence_penalty', 'logit_bias', 'top_logprobs')
const noSampling = without('temperature', 'top_p', 'logprobs')
const noEffort = without('reasoning_effort')
const notOpenai = without('top_k')

function fixReasoning(body: JsonObject, model: string): JsonObject {
  let fixed = inTurn(modernTokens, noPenalties)(body, model)
  // These take tools on this API only while they do not reason.
  if (/^gpt-5\.6/.test(model) && Array.isArray(fixed.tools) && fixed.reasoning_effort !== 'none') {
    fixed = { ...fixed, reasoning_effort: 'none' }
  }
  return fixed.reasoning_effort === 'none' && optionalReasoning.test(model) ? fixed : noSampling(fixed, model)
}

/** Embeddings and completions keep their `max_tokens`. */
export const fixRequest: Fix = (body, model) => {
  const fixed = notOpenai(body, model)
  if (!Array.isArray(fixed.messages)) return fixed
  return reasoningModel.test(model) ? fixReasoning(fixed, model) : noEffort(fixed, model)
}
