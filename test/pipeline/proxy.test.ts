import { afterEach, describe, expect, it } from 'vitest'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

describe('plain proxying', () => {
  it('sends a request to the service of its route and brings the answer back', async () => {
    gateway = await createTestGateway({
      config: ({ upstreamUrl }) => ({
        _format_version: '3.0',
        services: [{ name: 's', url: `${upstreamUrl}/base`, routes: [{ name: 'r', paths: ['/api'] }] }],
      }),
    })
    const answer = await gateway.request({ path: '/api/things?x=1', body: { a: 1 } })
    expect(answer.status).toBe(200)
    expect(answer.json()).toMatchObject({ method: 'POST', url: '/base/things?x=1', body: '{"a":1}' })
    expect(answer.headers['x-kong-request-id']).toMatch(/^[0-9a-f]{32}$/)
    expect(answer.headers['x-kong-upstream-latency']).toMatch(/^\d+$/)
    expect(gateway.seen[0]?.headers).toMatchObject({
      'x-forwarded-prefix': '/api',
      'x-forwarded-path': '/api/things',
      'x-kong-request-id': answer.headers['x-kong-request-id'],
    })
  })

  it('answers 404 in Kong’s words where no route matches', async () => {
    gateway = await createTestGateway({ config: () => ({ _format_version: '3.0' }) })
    const answer = await gateway.request({ path: '/nowhere' })
    expect(answer.status).toBe(404)
    expect(answer.json()).toMatchObject({ message: 'no Route matched with those values' })
  })
})
