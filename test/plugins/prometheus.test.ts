import { afterEach, describe, expect, it, vi } from 'vitest'
import type { LlmRecord } from '../../src/llm/record.ts'
import { definePlugin, ResourceScope, z } from '../../src/pdk/index.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { families } from '../../src/plugins/prometheus/families.ts'
import { LlmMeter } from '../../src/plugins/prometheus/llm.ts'
import { aggregate, metricsIn, metricsOf } from '../../src/telemetry/metrics.ts'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'

let gateway: TestGateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

const record: LlmRecord = {
  plugin: 'llm',
  routeType: 'llm/v1/chat',
  provider: 'openai',
  requestModel: 'gpt-4o',
  responseModel: 'gpt-4o-2024',
  mode: 'stream',
  usage: { input: 10, cacheRead: 5, output: 7, reasoning: 3 },
  cost: 0.25,
  latency: 1200,
  timeToFirstToken: 100,
  logStatistics: true,
  logPayloads: false,
}

const llm = definePlugin<{ statistics: boolean }>({
  name: 'llm',
  priority: 770,
  config: z.strictObject({ statistics: z.boolean().default(true) }),
  access(kong, { statistics }) {
    kong.llm.setRecord({ ...record, logStatistics: statistics })
  },
})

async function start(config: object, more: object[] = []): Promise<TestGateway> {
  gateway = await createTestGateway({
    plugins: [...bundledPlugins, llm],
    upstream: (incoming, outgoing) => {
      outgoing.statusCode = Number(incoming.headers['x-status'] ?? 200)
      outgoing.end('hello')
    },
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [
        { name: 'api', url: upstreamUrl, routes: [{ name: 'main', paths: ['/main'] }, { paths: ['/unnamed'] }] },
      ],
      consumers: [
        { username: 'ann', keyauth_credentials: [{ key: 'k-ann' }] },
        { custom_id: 'c-9', keyauth_credentials: [{ key: 'k-9' }] },
      ],
      plugins: [{ name: 'prometheus', config }, ...more],
    }),
  })
  return gateway
}

/** Lines of the scraped text that begin so. */
async function lines(start: string): Promise<string[]> {
  if (gateway === undefined) return []
  const text = await aggregate([await metricsOf(gateway.gateway.host.resources)])
  return text.split('\n').filter((line) => line.startsWith(start))
}

describe('status codes', () => {
  it('counts by service, route, code and source', async () => {
    const { request } = await start({ status_code_metrics: true })
    await request({ path: '/main' })
    await request({ path: '/main' })
    await request({ path: '/main', headers: { 'x-status': '404' } })
    await request({ path: '/nowhere' })
    await vi.waitFor(async () =>
      expect(await lines('kong_http_requests_total')).toEqual([
        'kong_http_requests_total{service="api",route="main",code="200",source="service",workspace="default",consumer=""} 2',
        'kong_http_requests_total{service="api",route="main",code="404",source="service",workspace="default",consumer=""} 1',
        'kong_http_requests_total{service="",route="",code="404",source="kong",workspace="default",consumer=""} 1',
      ]),
    )
    expect(await lines('kong_kong_latency_ms')).toEqual([])
    expect(await lines('kong_bandwidth_bytes')).toEqual([])
  })

  it('calls a route without a name by its id', async () => {
    const { request, gateway } = await start({ status_code_metrics: true })
    await request({ path: '/unnamed' })
    const route = gateway.snapshot?.entities.find('routes', 'name', 'main')
    await vi.waitFor(async () => expect(await lines('kong_http_requests_total')).toHaveLength(1))
    const [line = ''] = await lines('kong_http_requests_total')
    expect(line).toMatch(/route="[0-9a-f-]{36}"/)
    expect(line).not.toContain(String(route?.id))
  })

  it('tells consumers apart where it is asked to', async () => {
    const { request } = await start({ status_code_metrics: true, per_consumer: true }, [{ name: 'key-auth' }])
    await request({ path: '/main', headers: { apikey: 'k-ann' } })
    await request({ path: '/main', headers: { apikey: 'k-9' } })
    await request({ path: '/main' })
    await vi.waitFor(async () => {
      const found = (await lines('kong_http_requests_total')).map((line) => /code=.*/.exec(line)?.[0])
      expect(found).toEqual([
        'code="200",source="service",workspace="default",consumer="ann"} 1',
        'code="200",source="service",workspace="default",consumer="c-9"} 1',
        'code="401",source="kong",workspace="default",consumer=""} 1',
      ])
    })
  })
})

describe('latency and bandwidth', () => {
  it("measures latencies in Kong's buckets", async () => {
    const { request } = await start({ latency_metrics: true })
    await request({ path: '/main' })
    const labels = 'service="api",route="main",workspace="default"'
    await vi.waitFor(async () =>
      expect(await lines('kong_request_latency_ms_count')).toEqual([`kong_request_latency_ms_count{${labels}} 1`]),
    )
    const bounds = async (name: string) => (await lines(`${name}_bucket`)).map((line) => /le="([^"]+)"/.exec(line)?.[1])
    expect(await bounds('kong_kong_latency_ms')).toEqual(
      '1 2 5 7 10 15 20 30 50 75 100 200 500 750 1000 3000 6000 +Inf'.split(' '),
    )
    expect(await bounds('kong_upstream_latency_ms')).toEqual(
      '25 50 80 100 250 400 700 1000 2000 5000 10000 30000 60000 +Inf'.split(' '),
    )
    expect(await lines('kong_upstream_latency_ms_count')).toEqual([`kong_upstream_latency_ms_count{${labels}} 1`])
    expect(await lines('kong_http_requests_total')).toEqual([])
  })

  it('has no upstream latency where nobody was asked', async () => {
    const { request } = await start({ latency_metrics: true })
    await request({ path: '/nowhere' })
    await vi.waitFor(async () => expect((await lines('kong_request_latency_ms_count'))[0]).toMatch(/ 1$/))
    expect((await lines('kong_upstream_latency_ms_count'))[0]).toMatch(/ 0$/)
  })

  it('counts the bytes of requests and answers', async () => {
    const { request } = await start({ bandwidth_metrics: true })
    await request({ path: '/main', body: 'x'.repeat(1000) })
    await vi.waitFor(async () => expect(await lines('kong_bandwidth_bytes')).toHaveLength(2))
    const [ingress = '', egress = ''] = await lines('kong_bandwidth_bytes')
    const labels = (direction: string) =>
      `kong_bandwidth_bytes{service="api",route="main",direction="${direction}",workspace="default",consumer=""}`
    expect(ingress.startsWith(labels('ingress'))).toBe(true)
    expect(Number(ingress.split(' ').at(-1))).toBeGreaterThan(1000)
    expect(egress).toBe(`${labels('egress')} 5`)
  })
})

describe('LLM calls', () => {
  const labels =
    'ai_provider="openai",ai_model="gpt-4o",cache_status="",vector_db="",embeddings_provider="",embeddings_model="",workspace="default",consumer=""'

  it('counts calls, tokens, cost and latency', async () => {
    const { request } = await start({ ai_metrics: true }, [{ name: 'llm' }])
    await request({ path: '/main' })
    await request({ path: '/main' })
    await vi.waitFor(async () =>
      expect(await lines('kong_ai_llm_requests_total')).toEqual([
        `kong_ai_llm_requests_total{${labels},request_mode="stream"} 2`,
      ]),
    )
    expect(await lines('kong_ai_llm_cost_total')).toEqual([
      `kong_ai_llm_cost_total{${labels},request_mode="stream"} 0.5`,
    ])
    expect(await lines('kong_ai_llm_tokens_total')).toEqual([
      `kong_ai_llm_tokens_total{${labels},token_type="prompt_tokens"} 30`,
      `kong_ai_llm_tokens_total{${labels},token_type="completion_tokens"} 20`,
      `kong_ai_llm_tokens_total{${labels},token_type="total_tokens"} 50`,
    ])
    expect(await lines('kong_ai_llm_provider_latency_ms_sum')).toEqual([
      `kong_ai_llm_provider_latency_ms_sum{${labels},request_mode="stream"} 2400`,
    ])
    expect(
      (await lines('kong_ai_llm_provider_latency_ms_bucket')).map((line) => /le="([^"]+)"/.exec(line)?.[1]),
    ).toEqual('250 500 1000 1500 2000 2500 3000 3500 4000 4500 5000 10000 30000 60000 +Inf'.split(' '))
  })

  it.each([
    [{ ai_metrics: false, status_code_metrics: true }, {}],
    [{ ai_metrics: true, status_code_metrics: true }, { statistics: false }],
  ])('counts none with %o and %o', async (config, llmConfig) => {
    const { request } = await start(config, [{ name: 'llm', config: llmConfig }])
    await request({ path: '/main' })
    await vi.waitFor(async () => expect(await lines('kong_http_requests_total')).toHaveLength(1))
    expect(await lines('kong_ai_')).toEqual([])
  })

  it('leaves out what is not known', async () => {
    const scope = new ResourceScope()
    const meter = new LlmMeter(families(metricsIn(scope)))
    meter.count({ ...record, cost: null, usage: {}, latency: undefined }, 'ann')
    const text = await aggregate([await metricsOf(scope)])
    expect(text).toContain('kong_ai_llm_requests_total{')
    for (const name of ['cost_total', 'tokens_total', 'provider_latency_ms'])
      expect(text).not.toContain(`ai_llm_${name}`)
  })

  it('does not let clients that choose their model make series without end', async () => {
    const scope = new ResourceScope()
    const meter = new LlmMeter(families(metricsIn(scope)))
    for (let index = 0; index < 2000; index++) meter.count({ ...record, requestModel: `m-${index}` }, '')
    meter.count({ ...record, requestModel: 'x'.repeat(1000) }, '')
    const text = await aggregate([await metricsOf(scope)])
    const series = text.split('\n').filter((line) => line.startsWith('kong_ai_llm_requests_total{'))
    expect(series).toHaveLength(501)
    expect(series.at(-1)).toMatch(/ai_model="other".* 1501$/)
  })
})
