/** Puts the facts of an LLM call into the serialized log, under Kong's names. */

import { completionTokens, promptTokens } from '../../providers/canonical/usage.ts'
import type { LogPdk } from '../pdk/define-plugin.ts'

export function logCall(kong: LogPdk): void {
  const record = kong.llm.getRecord()
  if (record === null) return
  if (record.logStatistics) {
    const { usage } = record
    const prompt = promptTokens(usage)
    const completion = completionTokens(usage)
    kong.log.setSerializeValue('ai.proxy.meta', {
      request_model: record.requestModel,
      response_model: record.responseModel ?? record.requestModel,
      provider_name: record.provider,
      request_mode: record.mode,
      llm_latency: rounded(record.latency),
    })
    kong.log.setSerializeValue('ai.proxy.usage', {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: usage.cacheRead ?? 0, audio_tokens: usage.audioIn ?? 0 },
      completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0, audio_tokens: usage.audioOut ?? 0 },
      cost: record.cost,
      estimated: usage.estimated === true,
      time_to_first_token: rounded(record.timeToFirstToken),
      time_per_token: completion > 0 && record.latency !== undefined ? record.latency / completion : null,
    })
  }
  if (record.logPayloads) {
    kong.log.setSerializeValue('ai.proxy.payload', { request: record.requestBody, response: record.responseBody })
  }
}

function rounded(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : Math.round(milliseconds)
}
