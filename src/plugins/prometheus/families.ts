/** Kong's metrics of traffic: names, labels, buckets. */

import type { Metrics } from '../../telemetry/metrics.ts'

const kongBuckets = [1, 2, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 750, 1000, 3000, 6000]
const upstreamBuckets = [25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10000, 30000, 60000]
const llmBuckets = [250, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000, 10000, 30000, 60000]

const place = ['service', 'route', 'workspace']
const llm = [
  'ai_provider',
  'ai_model',
  'cache_status',
  'vector_db',
  'embeddings_provider',
  'embeddings_model',
  'workspace',
  'consumer',
]

export type Families = ReturnType<typeof families>

/** The families in a gateway's registry. */
export function families(metrics: Metrics) {
  return {
    requests: metrics.counter({
      name: 'kong_http_requests_total',
      help: 'HTTP status codes per consumer/service/route in Kong',
      labels: ['service', 'route', 'code', 'source', 'workspace', 'consumer'],
    }),
    kongLatency: metrics.histogram({
      name: 'kong_kong_latency_ms',
      help: 'Latency added by Kong and enabled plugins for each service/route in Kong',
      labels: place,
      buckets: kongBuckets,
    }),
    upstreamLatency: metrics.histogram({
      name: 'kong_upstream_latency_ms',
      help: 'Latency added by upstream response for each service/route in Kong',
      labels: place,
      buckets: upstreamBuckets,
    }),
    requestLatency: metrics.histogram({
      name: 'kong_request_latency_ms',
      help: 'Total latency incurred during requests for each service/route in Kong',
      labels: place,
      buckets: upstreamBuckets,
    }),
    bandwidth: metrics.counter({
      name: 'kong_bandwidth_bytes',
      help: 'Total bandwidth (ingress/egress) throughput in bytes',
      labels: ['service', 'route', 'direction', 'workspace', 'consumer'],
    }),
    llmRequests: metrics.counter({
      name: 'kong_ai_llm_requests_total',
      help: 'AI requests total per ai_provider in Kong',
      labels: [...llm, 'request_mode'],
    }),
    llmCost: metrics.counter({
      name: 'kong_ai_llm_cost_total',
      help: 'AI requests cost per ai_provider/cache in Kong',
      labels: [...llm, 'request_mode'],
    }),
    llmTokens: metrics.counter({
      name: 'kong_ai_llm_tokens_total',
      help: 'AI tokens total per ai_provider/cache in Kong',
      labels: [...llm, 'token_type'],
    }),
    llmLatency: metrics.histogram({
      name: 'kong_ai_llm_provider_latency_ms',
      help: 'Latency of the AI provider per ai_provider/cache in Kong',
      labels: [...llm, 'request_mode'],
      buckets: llmBuckets,
    }),
  }
}
