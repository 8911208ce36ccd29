/** Counts LLM calls: requests, tokens, cost, latency. */

import { completionTokens, promptTokens } from '../../../providers/canonical/usage.ts'
import type { LlmRecord } from '../../llm/record.ts'
import type { Families } from './families.ts'

/** Models told apart; clients may choose the model, so further ones are counted together. */
const maxModels = 500
const maxModelLength = 128
const otherModels = 'other'

export class LlmMeter {
  readonly #families: Families
  readonly #models = new Set<string>()

  constructor(families: Families) {
    this.#families = families
  }

  count(record: LlmRecord, consumer: string): void {
    const { llmRequests, llmTokens, llmCost, llmLatency } = this.#families
    const labels = [record.provider, this.#model(record.requestModel), '', '', '', '', 'default', consumer]
    const byMode = [...labels, record.mode]
    llmRequests.cell(byMode).add(1)
    if (record.cost !== null && record.cost > 0) llmCost.cell(byMode).add(record.cost)
    if (record.latency !== undefined) llmLatency.cell(byMode).observe(record.latency)
    const prompt = promptTokens(record.usage)
    const completion = completionTokens(record.usage)
    const tokens = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
    for (const [type, count] of Object.entries(tokens)) if (count > 0) llmTokens.cell([...labels, type]).add(count)
  }

  #model(name: string): string {
    if (this.#models.has(name)) return name
    if (this.#models.size >= maxModels || name.length > maxModelLength) return otherModels
    this.#models.add(name)
    return name
  }
}
