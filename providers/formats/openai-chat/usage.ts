/** OpenAI's `usage` object, whose totals include their parts, and the variants of those who copied it. */

import { asNumber, asObject, type JsonObject } from '../../canonical/json.ts'
import { completionTokens, promptTokens, type Usage } from '../../canonical/usage.ts'

/** Totals are cut into disjoint classes; what the provider does not report stays absent. */
export function decodeUsage(usage: JsonObject): Usage {
  const prompt = asNumber(usage.prompt_tokens) ?? asNumber(usage.input_tokens)
  const completion = asNumber(usage.completion_tokens) ?? asNumber(usage.output_tokens)
  // Mistral spells it both ways.
  const details = asObject(usage.prompt_tokens_details) ?? asObject(usage.prompt_token_details) ?? {}
  const outputDetails = asObject(usage.completion_tokens_details) ?? {}

  const cacheRead =
    asNumber(details.cached_tokens) ?? asNumber(usage.prompt_cache_hit_tokens) ?? asNumber(usage.num_cached_tokens)
  const cacheWrite = asNumber(details.cache_write_tokens) ?? asNumber(details.cache_creation_input_tokens)
  const audioIn = asNumber(details.audio_tokens)
  const imageIn = asNumber(details.image_tokens)
  const reasoning = asNumber(outputDetails.reasoning_tokens) ?? asNumber(usage.reasoning_tokens)
  const audioOut = asNumber(outputDetails.audio_tokens)
  const imageOut = asNumber(outputDetails.image_tokens)

  const result: Usage = {}
  if (prompt !== undefined) {
    const cached = cachedInside(prompt, cacheRead ?? 0, cacheWrite ?? 0)
    result.input = Math.max(0, prompt - cached - (audioIn ?? 0) - (imageIn ?? 0))
  }
  if (cacheRead !== undefined) result.cacheRead = cacheRead
  if (cacheWrite !== undefined) result.cacheWrite5m = cacheWrite
  if (audioIn !== undefined) result.audioIn = audioIn
  if (imageIn !== undefined) result.imageIn = imageIn
  if (completion !== undefined) {
    const inside = reasoningIsInside(usage, prompt ?? 0, completion, reasoning ?? 0) ? (reasoning ?? 0) : 0
    result.output = Math.max(0, completion - inside - (audioOut ?? 0) - (imageOut ?? 0))
  }
  if (reasoning !== undefined) result.reasoning = reasoning
  if (audioOut !== undefined) result.audioOut = audioOut
  if (imageOut !== undefined) result.imageOut = imageOut
  return result
}

/**
 * Cached tokens among those of the prompt. xAI sometimes counts them beside the prompt, which shows when they are more than it;
 * OpenRouter counts tokens that were written and read at once in both classes, and is paid for both.
 */
function cachedInside(prompt: number, read: number, write: number): number {
  if (read > prompt) return write
  return read + write <= prompt ? read + write : Math.max(read, write)
}

/** False at xAI, whose completion tokens leave reasoning out: only its total tells. */
function reasoningIsInside(usage: JsonObject, prompt: number, completion: number, reasoning: number): boolean {
  if (reasoning > completion) return false
  const total = asNumber(usage.total_tokens)
  return reasoning === 0 || total === undefined || total !== prompt + completion + reasoning
}

export function encodeUsage(usage: Usage): JsonObject {
  const prompt = promptTokens(usage)
  const completion = completionTokens(usage)
  const cacheWrite =
    usage.cacheWrite5m === undefined && usage.cacheWrite1h === undefined
      ? undefined
      : (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0)
  const details = present({
    cached_tokens: usage.cacheRead,
    cache_write_tokens: cacheWrite,
    audio_tokens: usage.audioIn,
    image_tokens: usage.imageIn,
  })
  const outputDetails = present({
    reasoning_tokens: usage.reasoning,
    audio_tokens: usage.audioOut,
    image_tokens: usage.imageOut,
  })
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(details !== undefined && { prompt_tokens_details: details }),
    ...(outputDetails !== undefined && { completion_tokens_details: outputDetails }),
  }
}

function present(counts: Readonly<Record<string, number | undefined>>): JsonObject | undefined {
  const entries = Object.entries(counts).filter(([, count]) => count !== undefined)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
