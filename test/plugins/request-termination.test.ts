import { afterEach, describe, expect, it } from 'vitest'
import { parseWith } from '../../src/config/kong-messages.ts'
import { definePlugin, z } from '../../src/pdk/index.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { config as schema } from '../../src/plugins/request-termination/config.ts'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'

let gateway: TestGateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

/** Stands for an LLM plugin: the route's errors have a format of their own. */
const llm = definePlugin({
  name: 'llm',
  priority: 770,
  config: z.strictObject({}),
  errorFormat: () => ({ encodeError: ({ message }) => ({ error: { message } }) }),
  access(kong) {
    kong.llm.setRecord({
      plugin: 'llm',
      routeType: 'llm/v1/chat',
      provider: 'openai',
      requestModel: 'm',
      responseModel: undefined,
      mode: 'oneshot',
      usage: {},
      cost: null,
      latency: undefined,
      timeToFirstToken: undefined,
      logStatistics: false,
      logPayloads: false,
    })
  },
})

async function start(config: object, more: object[] = []): Promise<TestGateway> {
  gateway = await createTestGateway({
    plugins: [...bundledPlugins, llm],
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl, routes: [{ name: 'r', paths: ['~/(?<what>\\w*)'] }] }],
      plugins: [{ name: 'request-termination', config }, ...more],
    }),
  })
  return gateway
}

describe('answers', () => {
  it('says 503 where nothing is configured, and asks nobody', async () => {
    const { request, seen } = await start({})
    const answer = await request()
    expect(answer.status).toBe(503)
    expect(answer.json()).toEqual({ message: 'Service unavailable' })
    expect(seen).toEqual([])
  })

  it.each([
    [401, 'Unauthorized'],
    [404, 'Not found'],
    [405, 'Method not allowed'],
    [500, 'An unexpected error occurred'],
    [502, 'Bad Gateway'],
  ])('has a text of its own for %i', async (status_code, message) => {
    const answer = await (await start({ status_code })).request()
    expect([answer.status, answer.json()]).toEqual([status_code, { message }])
  })

  it('sends no body with a status that has no text', async () => {
    const answer = await (await start({ status_code: 418 })).request()
    expect([answer.status, answer.text]).toEqual([418, ''])
  })

  it('sends the configured message', async () => {
    const answer = await (await start({ status_code: 200, message: 'closed' })).request()
    expect([answer.status, answer.json()]).toEqual([200, { message: 'closed' }])
  })

  it('sends the configured body as JSON, or as the type that is configured', async () => {
    const plain = await (await start({ body: '{"a":1}' })).request()
    expect([plain.text, plain.headers['content-type']]).toEqual(['{"a":1}', 'application/json; charset=utf-8'])
    await gateway?.close()
    const typed = await (await start({ body: '<p>', content_type: 'text/html' })).request()
    expect([typed.text, typed.headers['content-type']]).toEqual(['<p>', 'text/html'])
  })

  it('tells an LLM client in its own format', async () => {
    const answer = await (await start({ message: 'closed' }, [{ name: 'llm' }])).request()
    expect([answer.status, answer.json()]).toEqual([503, { error: { message: 'closed' } }])
  })
})

describe('trigger', () => {
  it.each([
    [{ headers: { 'X-Stop': '' } }, 503],
    [{ path: '/?x-stop' }, 503],
    [{ path: '/?other' }, 200],
  ])('answers only what has the header or argument: %o', async (request, status) => {
    expect((await (await start({ trigger: 'x-stop' })).request(request)).status).toBe(status)
  })
})

describe('echo', () => {
  it('tells what arrived and what it matched', async () => {
    const answer = await (await start({ echo: true, status_code: 404 })).request({
      path: '/it?a=1&a=2',
      headers: { 'x-a': 'b' },
      body: { c: 1 },
    })
    expect(answer.status).toBe(404)
    expect(answer.json()).toMatchObject({
      message: 'Not found',
      kong: { worker_pid: process.pid, node_id: expect.any(String), hostname: expect.any(String) },
      request: {
        scheme: 'http',
        host: '127.0.0.1',
        method: 'POST',
        path: '/it',
        query: { a: ['1', '2'] },
        headers: { 'x-a': 'b' },
        body: { c: 1 },
        raw_body: '{"c":1}',
        uri_captures: { named: { what: 'it' } },
      },
      matched_route: { name: 'r' },
      matched_service: { name: 's' },
    })
  })

  it('shows a body that it cannot read as it came', async () => {
    const answer = await (await start({ echo: true })).request({
      body: 'hello',
      headers: { 'content-type': 'text/plain' },
    })
    expect(answer.json()).toMatchObject({ request: { raw_body: 'hello' } })
    expect(answer.json()).not.toHaveProperty('request.body')
  })
})

describe('config', () => {
  it.each([
    [{ message: 'a', body: 'b' }, 'message cannot be used with content_type or body'],
    [{ content_type: 'text/html' }, 'content_type requires a body'],
    [{ echo: true, body: 'b' }, 'echo cannot be used with content_type and body'],
    [{ status_code: 99 }, 'value should be between 100 and 599'],
    [{ trigger: 'a b' }, "bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'"],
  ])('refuses %o', (config, message) => {
    const parsed = parseWith(schema, config)
    expect(parsed.ok ? [] : parsed.complaints.map((complaint) => complaint.message)).toEqual([message])
  })
})
