/** The facts of an LLM call as the serialized log has them, under Kong's names. */

import { completionTokens, promptTokens } from '../../providers/canonical/usage.ts'
import type { LlmRecord } from './record.ts'

/** What stands at `ai.proxy`; `undefined` where nothing is to be logged. */
export function llmLogFacts(record: LlmRecord): Record<string, unknown> | undefined {
  if (!record.logStatistics && !record.logPayloads) return undefined
  return {
    ...(record.logStatistics && { meta: meta(record), usage: usage(record) }),
    ...(record.logPayloads && { payload: { request: record.requestBody, response: record.responseBody } }),
  }
}

function meta(record: LlmRecord): Record<string, unknown> {
  return {
    request_model: record.requestModel,
    response_model: record.responseModel ?? record.requestModel,
    provider_name: record.provider,
    request_mode: record.mode,
    llm_latency: rounded(record.latency),
  }
}

function usage({ usage, cost, latency, timeToFirstToken }: LlmRecord): Record<string, unknown> {
  const prompt = promptTokens(usage)
  const completion = completionTokens(usage)
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: usage.cacheRead ?? 0, audio_tokens: usage.audioIn ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0, audio_tokens: usage.audioOut ?? 0 },
    cost,
    estimated: usage.estimated === true,
    time_to_first_token: rounded(timeToFirstToken),
    time_per_token: completion > 0 && latency !== undefined ? latency / completion : null,
  }
}

function rounded(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : Math.round(milliseconds)
}
