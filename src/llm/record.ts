/** The facts of one LLM call, for logs, metrics and the ledger. */

import type { Usage } from '../../providers/canonical/usage.ts'

export interface LlmRecord {
  readonly plugin: string
  /** `llm/v1/chat` and the like. */
  readonly routeType: string
  provider: string
  /** The model that was asked for at the provider. */
  requestModel: string
  responseModel: string | undefined
  mode: 'oneshot' | 'stream'
  usage: Usage
  /** US dollars, where the configuration has prices; `null`: unknown, which is not 0. */
  cost: number | null
  /** Milliseconds from the send to the end of the answer. */
  latency: number | undefined
  /** Milliseconds from the send to the first event of the answer. */
  timeToFirstToken: number | undefined
  /** Whether `logging.log_statistics` and `logging.log_payloads` ask for it to be logged. */
  readonly logStatistics: boolean
  readonly logPayloads: boolean
  /** Only where payloads are logged. */
  requestBody?: string
  responseBody?: string
}
