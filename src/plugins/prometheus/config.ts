/** The config of prometheus: Kong's switches, each for a group of metrics. */

import { z } from 'zod'

const flag = (what: string) => z.boolean().default(false).describe(what)

export const config = z.strictObject({
  per_consumer: flag('Tells consumers apart, by username, in the metrics that have the label.'),
  status_code_metrics: flag('Counts requests by status: kong_http_requests_total.'),
  ai_metrics: flag('Counts LLM calls, tokens and cost where the LLM plugin logs statistics: kong_ai_llm_*.'),
  latency_metrics: flag('Measures latencies: kong_kong_latency_ms, kong_upstream_latency_ms, kong_request_latency_ms.'),
  bandwidth_metrics: flag('Counts bytes: kong_bandwidth_bytes.'),
  upstream_health_metrics: flag('Shows the health of targets: kong_upstream_target_health.'),
  wasm_metrics: flag('Accepted for compatibility; there are no Wasm filters here.'),
})

export type Config = z.infer<typeof config>
