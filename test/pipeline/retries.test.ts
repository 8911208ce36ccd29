/** Which tries follow a failed one, and what is known of them afterwards. */

import { describe, expect, it } from 'vitest'
import { startRawServer } from '../support/raw-server.ts'
import { startRoute } from './support.ts'

/** An upstream whose first choice is a port on which nobody listens. */
const failover = (first: number, more: object = {}) => ({
  service: { url: 'http://api.test', ...more },
  entities: ({ upstreamPort }: { upstreamPort: number }) => ({
    upstreams: [
      {
        name: 'api.test',
        targets: [
          { target: `127.0.0.1:${first}`, weight: 1000 },
          { target: `127.0.0.1:${upstreamPort}`, weight: 1 },
        ],
      },
    ],
  }),
})

describe('a refused connection', () => {
  it.each(['GET', 'POST'])('is followed by a try at another target, for %s too', async (method) => {
    const gateway = await startRoute(failover(1))
    const body = method === 'POST' ? { body: 'text' } : {}
    const answer = await gateway.request({ method, ...body })
    expect(answer.status).toBe(200)
    expect(gateway.seen[0]?.body).toBe(method === 'POST' ? 'text' : '')
    const record = await gateway.record()
    expect(record.tries).toMatchObject([
      { ip: '127.0.0.1', port: 1, state: 'failed' },
      { ip: '127.0.0.1', code: 200 },
    ])
  })

  it('ends the request where the service allows no retry', async () => {
    const gateway = await startRoute(failover(1, { retries: 0 }))
    const answer = await gateway.request()
    expect(answer.status).toBe(502)
    expect(answer.json()).toMatchObject({ message: expect.stringContaining('could not be reached') })
    expect((await gateway.record()).tries).toHaveLength(1)
  })
})

describe('a connection that breaks once the request is sent', () => {
  it.each([
    ['GET', 200, 1],
    ['PUT', 200, 1],
    ['POST', 502, 0],
    ['PATCH', 502, 0],
  ])('with %s ends in %i', async (method, status, seen) => {
    const broken = await startRawServer({ bytes: '', after: 'reset' })
    const gateway = await startRoute(failover(broken.port))
    const answer = await gateway.request({ method, ...(method === 'GET' ? {} : { body: 'x' }) })
    expect([answer.status, gateway.seen.length]).toEqual([status, seen])
    await broken.close()
  })
})

it('an upstream that is silent is a timeout', async () => {
  const silent = await startRawServer({ bytes: '', after: 'keep' })
  const gateway = await startRoute({ service: { url: silent.url, read_timeout: 100, retries: 0 } })
  expect((await gateway.request()).status).toBe(504)
  await silent.close()
})

it('an upstream that speaks no HTTP is a bad gateway', async () => {
  const strange = await startRawServer({ bytes: 'SSH-2.0-x\r\n\r\n' })
  const gateway = await startRoute({ service: { url: strange.url, retries: 0 } })
  const answer = await gateway.request()
  expect(answer.status).toBe(502)
  expect(answer.json()).toMatchObject({ message: 'An invalid response was received from the upstream server' })
  await strange.close()
})

it('an answer that is cut off is cut off for the client too', async () => {
  const cut = await startRawServer({ bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf' })
  const gateway = await startRoute({ service: { url: cut.url } })
  await expect(gateway.request()).rejects.toThrow()
  await cut.close()
})
