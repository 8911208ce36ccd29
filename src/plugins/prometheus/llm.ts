/** Counts LLM calls: requests, tokens, cost, latency. */

import { completionTokens, promptTokens } from '../../../providers/canonical/usage.ts'
import type { LlmRecord } from '../../llm/record.ts'
import type { CounterCell, HistogramCell } from '../../telemetry/metric-families.ts'
import type { Families } from './families.ts'

/** Models told apart; clients may choose the model, so further ones are counted together. */
const maxModels = 500
const maxModelLength = 128
const otherModels = 'other'
/** Sets of series that are found at once; beyond them they are looked up label by label. */
const maxKnown = 10_000

/** The series of one provider, model, mode and consumer; each is looked up when there is first something to count. */
interface Cells {
  readonly labels: readonly string[]
  readonly requests: CounterCell
  cost?: CounterCell
  latency?: HistogramCell
  prompt?: CounterCell
  completion?: CounterCell
  total?: CounterCell
}

export class LlmMeter {
  readonly #families: Families
  readonly #models = new Set<string>()
  readonly #known = new Map<string, Cells>()

  constructor(families: Families) {
    this.#families = families
  }

  count(record: LlmRecord, consumer: string): void {
    const { llmCost, llmLatency } = this.#families
    const cells = this.#cells(record, consumer)
    cells.requests.add(1)
    if (record.cost !== null && record.cost > 0) {
      cells.cost ??= llmCost.cell([...cells.labels, record.mode])
      cells.cost.add(record.cost)
    }
    if (record.latency !== undefined) {
      cells.latency ??= llmLatency.cell([...cells.labels, record.mode])
      cells.latency.observe(record.latency)
    }
    this.#countTokens(cells, promptTokens(record.usage), completionTokens(record.usage))
  }

  #countTokens(cells: Cells, prompt: number, completion: number): void {
    const tokens = (type: string) => this.#families.llmTokens.cell([...cells.labels, type])
    if (prompt > 0) {
      cells.prompt ??= tokens('prompt_tokens')
      cells.prompt.add(prompt)
    }
    if (completion > 0) {
      cells.completion ??= tokens('completion_tokens')
      cells.completion.add(completion)
    }
    if (prompt + completion > 0) {
      cells.total ??= tokens('total_tokens')
      cells.total.add(prompt + completion)
    }
  }

  #cells({ provider, requestModel, mode }: LlmRecord, consumer: string): Cells {
    const model = this.#model(requestModel)
    const key = `${provider} ${mode} ${consumer} ${model}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const labels = [provider, model, '', '', '', '', 'default', consumer]
    const cells: Cells = { labels, requests: this.#families.llmRequests.cell([...labels, mode]) }
    if (this.#known.size < maxKnown) this.#known.set(key, cells)
    return cells
  }

  #model(name: string): string {
    if (this.#models.has(name)) return name
    if (this.#models.size >= maxModels || name.length > maxModelLength) return otherModels
    this.#models.add(name)
    return name
  }
}
