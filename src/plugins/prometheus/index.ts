/** Measures traffic for Prometheus; the Admin and Status listeners show it at `/metrics`. */

import { type Closable, definePlugin, type LogPdk, ResourcePool } from '../../pdk/index.ts'
import { metricsIn } from '../../telemetry/metrics.ts'
import { Places } from './cells.ts'
import { type Config, config } from './config.ts'
import { families } from './families.ts'
import { LlmMeter } from './llm.ts'

/** What one gateway measures. */
interface Meters extends Closable {
  readonly places: Places
  readonly llm: LlmMeter
}

const meters = new ResourcePool<Meters>()

export default definePlugin<Config>({
  name: 'prometheus',
  priority: 13,
  config,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  log(kong, settings) {
    const scope = kong.node.getResources()
    const { places, llm } = meters.get(scope, 'prometheus', () => {
      const all = families(metricsIn(scope))
      return { places: new Places(all), llm: new LlmMeter(all), close: () => undefined }
    })
    const consumer = settings.per_consumer ? consumerName(kong) : ''
    if (settings.ai_metrics) {
      const record = kong.llm.getRecord()
      if (record?.logStatistics) llm.count(record, consumer)
    }
    const { status_code_metrics, latency_metrics, bandwidth_metrics } = settings
    if (status_code_metrics || latency_metrics || bandwidth_metrics) measure(kong, settings, places, consumer)
  },
})

function measure(kong: LogPdk, settings: Config, places: Places, consumer: string): void {
  // Requests that match no route share one series, so that a wave of them is seen.
  const route = kong.router.getRoute()
  const service = kong.router.getService()
  const cells = places.of(service?.name ?? service?.host ?? '', route?.name ?? route?.id ?? '', consumer)
  const { status, source, latencies, requestSize, responseSize } = kong.log.measure()
  if (settings.status_code_metrics) cells.requests(status, source === 'service' ? 'service' : 'kong').add(1)
  if (settings.latency_metrics) {
    const { kong: own, upstream, request } = cells.latencies
    if (latencies.request >= 0) request.observe(latencies.request)
    if (latencies.proxy >= 0) upstream.observe(latencies.proxy)
    if (latencies.kong >= 0) own.observe(latencies.kong)
  }
  if (settings.bandwidth_metrics) {
    const { ingress, egress } = cells.bytes
    if (requestSize > 0) ingress.add(requestSize)
    if (responseSize > 0) egress.add(responseSize)
  }
}

function consumerName(kong: LogPdk): string {
  const consumer = kong.client.getConsumer()
  return consumer?.username ?? consumer?.custom_id ?? ''
}
