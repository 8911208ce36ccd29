/** Anthropic's `usage` object: what was cached is counted beside the input, thinking within the output. */

import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '../../canonical/json.ts'
import type { Usage } from '../../canonical/usage.ts'

export function decodeUsage(usage: JsonObject): Usage {
  const counted = withIterations(usage)
  const result: Usage = {}
  const input = asNumber(counted.input_tokens)
  if (input !== undefined) result.input = input
  const cacheRead = asNumber(counted.cache_read_input_tokens)
  if (cacheRead !== undefined) result.cacheRead = cacheRead
  const written = asNumber(counted.cache_creation_input_tokens)
  const creation = asObject(counted.cache_creation)
  const hour = asNumber(creation?.ephemeral_1h_input_tokens)
  const minutes = asNumber(creation?.ephemeral_5m_input_tokens)
  if (written !== undefined || minutes !== undefined) {
    // The total is the newer number where a later event repeats it without the parts.
    result.cacheWrite5m = written === undefined ? (minutes ?? 0) : Math.max(minutes ?? 0, written - (hour ?? 0))
  }
  if (hour !== undefined) result.cacheWrite1h = hour
  const thinking = asNumber(asObject(counted.output_tokens_details)?.thinking_tokens)
  const output = asNumber(counted.output_tokens)
  if (output !== undefined) result.output = Math.max(0, output - (thinking ?? 0))
  if (thinking !== undefined) result.reasoning = thinking
  return result
}

/** Where the context was compacted on the way, the totals leave those rounds out. */
function withIterations(usage: JsonObject): JsonObject {
  const rounds = asArray(usage.iterations).filter(isObject)
  const types = rounds.map((round) => asString(round.type) ?? '')
  if (!types.includes('compaction') || types.includes('fallback_message')) return usage
  const sum: JsonObject = { ...usage }
  for (const name of ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']) {
    let total: number | undefined
    for (const [index, round] of rounds.entries()) {
      const count = asNumber(round[name])
      if (count !== undefined && (types[index] === 'message' || types[index] === 'compaction')) {
        total = (total ?? 0) + count
      }
    }
    if (total !== undefined) sum[name] = total
  }
  return sum
}

/** Numbers that an event leaves out, or sends as null, keep the value of the event before. */
export function mergeRaw(earlier: JsonObject, later: JsonObject): JsonObject {
  const merged: JsonObject = { ...earlier }
  for (const [name, value] of Object.entries(later)) if (value !== null && value !== undefined) merged[name] = value
  return merged
}

export function encodeUsage(usage: Usage): JsonObject {
  const { cacheWrite5m, cacheWrite1h } = usage
  const written =
    cacheWrite5m === undefined && cacheWrite1h === undefined ? undefined : (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0)
  return {
    input_tokens: (usage.input ?? 0) + (usage.audioIn ?? 0) + (usage.imageIn ?? 0),
    ...(written !== undefined && { cache_creation_input_tokens: written }),
    ...(usage.cacheRead !== undefined && { cache_read_input_tokens: usage.cacheRead }),
    ...(cacheWrite1h !== undefined && {
      cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m ?? 0, ephemeral_1h_input_tokens: cacheWrite1h },
    }),
    output_tokens: (usage.output ?? 0) + (usage.reasoning ?? 0) + (usage.audioOut ?? 0) + (usage.imageOut ?? 0),
    ...(usage.reasoning !== undefined && { output_tokens_details: { thinking_tokens: usage.reasoning } }),
  }
}
