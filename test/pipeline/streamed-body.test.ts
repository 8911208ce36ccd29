import { once } from 'node:events'
import { createConnection } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'
import { rawRequest } from '../e2e/raw-request.ts'
import { waitFor } from '../support/wait-for.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const start = (settings: Record<string, string>) =>
  createTestGateway({
    settings,
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl, retries: 0, routes: [{ name: 'r', paths: ['/'] }] }],
    }),
  })
const head = 'POST / HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n'
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

describe('a body of unknown length', () => {
  it('is sent on as it is', async () => {
    gateway = await start({})
    const answer = await rawRequest(gateway.url, head, chunk('abc'), chunk('def'), '0\r\n\r\n')
    expect(answer.status).toBe(200)
    expect(gateway.seen[0]?.body).toBe('abcdef')
  })

  it('is refused once it is over the limit', async () => {
    gateway = await start({ nginx_http_client_max_body_size: '10' })
    const answer = await rawRequest(gateway.url, head, chunk('abcdef'), chunk('ghijkl'), '0\r\n\r\n')
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.body)).toMatchObject({ message: 'The request body is over the limit of 10 bytes' })
  })

  it('is given up when it stalls', async () => {
    gateway = await start({ client_body_timeout: '0.1' })
    const answer = await rawRequest(gateway.url, head, chunk('abc'))
    expect(answer.status).toBe(408)
  })

  it('may break off without harm', async () => {
    gateway = await start({})
    const { hostname, port } = new URL(gateway.url)
    const socket = createConnection(Number(port), hostname)
    await new Promise<void>((resolve) => socket.write(head + chunk('abc'), () => resolve()))
    await waitFor(() => gateway.gateway.running === 1)
    socket.resetAndDestroy()
    await once(socket, 'close')
    await waitFor(() => gateway.gateway.running === 0)
    expect((await gateway.request({ path: '/' })).status).toBe(200)
  })
})

describe('the Host of a request', () => {
  const request = (host: string, version = '1.1') => rawRequest(gateway.url, `GET / HTTP/${version}\r\n${host}\r\n`)

  it.each([
    ['is missing', '', /no Host header/],
    ['is told twice', 'Host: a\r\nhost: b\r\n', /several Host headers/],
    ['names a path', 'Host: a/b\r\n', /names no host/],
    ['names a user', 'Host: a@b\r\n', /names no host/],
  ])('is refused where it %s', async (_, host, words) => {
    gateway = await start({})
    const answer = await request(host)
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body).message).toMatch(words)
    expect(gateway.seen).toEqual([])
  })

  it('may be missing in HTTP/1.0, and may be an IPv6 address', async () => {
    gateway = await start({})
    expect((await request('', '1.0')).status).toBe(200)
    expect((await request('Host: [::1]:8000\r\nConnection: close\r\n')).status).toBe(200)
  })
})
