import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseWith } from '../../src/config/kong-messages.ts'
import { config as schema } from '../../src/plugins/http-log/config.ts'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'
import { certificate, intermediate, privateKey } from '../upstream/certificates.ts'

interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

let gateway: TestGateway | undefined
let server: Server
let received: Received[] = []
let connections = 0
let respond: (outgoing: ServerResponse) => void = (outgoing) => outgoing.end('thanks')

beforeEach(async () => {
  received = []
  connections = 0
  respond = (outgoing) => outgoing.end('thanks')
  server = createServer(async (incoming, outgoing) => {
    let text = ''
    for await (const piece of incoming.setEncoding('utf8')) text += piece
    const { method = '', url = '', headers } = incoming
    received.push({ method, url, headers, body: JSON.parse(text) })
    respond(outgoing)
  })
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function endpoint(user = ''): string {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new TypeError('the endpoint does not listen')
  return `http://${user}127.0.0.1:${address.port}/logs?a=1`
}

async function start(...configs: object[]): Promise<TestGateway> {
  gateway = await createTestGateway({
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: configs.map((config, index) => ({
        name: `s${index}`,
        url: upstreamUrl,
        routes: [{ name: `r${index}`, paths: [`/${index}`], plugins: [{ name: 'http-log', config }] }],
      })),
    }),
  })
  return gateway
}

describe('records', () => {
  it('posts each as one JSON object, over one connection', async () => {
    const { request } = await start({ http_endpoint: endpoint() })
    await request({ path: '/0?n=1' })
    await request({ path: '/0?n=2' })
    await vi.waitFor(() => expect(received).toHaveLength(2))
    expect(received).toMatchObject([
      {
        method: 'POST',
        url: '/logs?a=1',
        headers: { 'content-type': 'application/json' },
        body: { request: { querystring: { n: '1' } }, response: { status: 200 }, route: { name: 'r0' } },
      },
      { body: { request: { querystring: { n: '2' } } } },
    ])
    expect(received[0]?.headers).not.toHaveProperty('authorization')
    expect(connections).toBe(1)
  })

  it('sends an array where batches may have more than one, and the configured method, type and headers', async () => {
    const { request } = await start({
      http_endpoint: endpoint(),
      method: 'PUT',
      content_type: 'application/json; charset=utf-8',
      headers: { 'X-Token': 'abc' },
      queue: { max_batch_size: 2, max_coalescing_delay: 0.01 },
    })
    for (const n of [1, 2, 3]) await request({ path: `/0?n=${n}` })
    await vi.waitFor(() => expect(received.flatMap(({ body }) => body)).toHaveLength(3))
    for (const { method, headers, body } of received) {
      expect(Array.isArray(body)).toBe(true)
      expect(method).toBe('PUT')
      expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'x-token': 'abc' })
    }
  })

  it('makes Basic auth of user and password in the URL', async () => {
    const { request } = await start({ http_endpoint: endpoint('me:p%40ss@') })
    await request({ path: '/0' })
    await vi.waitFor(() => expect(received).toHaveLength(1))
    expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  })

  it('has plugins that say the same share a queue', async () => {
    const config = { http_endpoint: endpoint(), queue: { max_batch_size: 2, max_coalescing_delay: 3600 } }
    const { request } = await start(config, config)
    await request({ path: '/0' })
    await request({ path: '/1' })
    await vi.waitFor(() =>
      expect(received).toMatchObject([{ body: [{ route: { name: 'r0' } }, { route: { name: 'r1' } }] }]),
    )
  })
})

describe('failures', () => {
  it('tries again until the endpoint takes it', async () => {
    let failures = 2
    respond = (outgoing) => {
      outgoing.statusCode = failures-- > 0 ? 503 : 200
      outgoing.end('x'.repeat(100))
    }
    const { request, logs } = await start({ http_endpoint: endpoint(), queue: { initial_retry_delay: 0.001 } })
    expect((await request({ path: '/0' })).status).toBe(200)
    await vi.waitFor(() => expect(received).toHaveLength(3))
    expect(logs.join('')).toContain('the endpoint answered with status 503')
  })

  it('does not follow a redirect', async () => {
    respond = (outgoing) => {
      outgoing.writeHead(302, { location: '/elsewhere' })
      outgoing.end()
    }
    const { request, logs } = await start({ http_endpoint: endpoint(), queue: { max_retry_time: 0 } })
    await request({ path: '/0' })
    await vi.waitFor(() => expect(logs.join('')).toContain('the endpoint answered with status 302'))
    expect(received.map(({ url }) => url)).toEqual(['/logs?a=1'])
  })

  it('gives up on an endpoint that does not answer in time, and says what was lost', async () => {
    respond = () => {}
    const { request, logs } = await start({ http_endpoint: endpoint(), timeout: 50, queue: { max_retry_time: 0 } })
    await request({ path: '/0' })
    await vi.waitFor(() => expect(logs.join('')).toContain('a queue gave up sending'), { timeout: 5000 })
  })

  it('never writes the password of the endpoint to the log', async () => {
    respond = (outgoing) => {
      outgoing.statusCode = 500
      outgoing.end()
    }
    const { request, logs } = await start({ http_endpoint: endpoint('me:hunter2@'), queue: { max_retry_time: 0 } })
    await request({ path: '/0' })
    await vi.waitFor(() => expect(logs.join('')).toContain('a queue gave up sending'))
    expect(logs.join('')).not.toContain('hunter2')
  })
})

describe('TLS', () => {
  const id = '6b1f6f3e-7d0a-4f0e-9c57-0d2b6a1f0001'

  async function post(config: object): Promise<{ subjects: (string | undefined)[]; logs: string[] }> {
    const subjects: (string | undefined)[] = []
    const secure = createTlsServer(
      { cert: certificate + intermediate, key: privateKey, requestCert: true, rejectUnauthorized: false },
      (incoming, outgoing) => {
        const { socket } = incoming
        const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject : undefined
        subjects.push(subject === undefined ? undefined : JSON.stringify(subject))
        outgoing.end()
      },
    )
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    const address = secure.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    gateway = await createTestGateway({
      config: ({ upstreamUrl }) => ({
        _format_version: '3.0',
        certificates: [{ id, cert: certificate + intermediate, key: privateKey }],
        services: [{ name: 's', url: upstreamUrl, routes: [{ paths: ['/'] }] }],
        plugins: [
          {
            name: 'http-log',
            config: { http_endpoint: `https://127.0.0.1:${port}/`, queue: { max_retry_time: 0 }, ...config },
          },
        ],
      }),
    })
    const { logs } = gateway
    await gateway.request()
    await vi.waitFor(() => expect(subjects.length + logs.filter((line) => line.includes('gave up')).length).toBe(1))
    secure.closeAllConnections()
    await new Promise((resolve) => secure.close(resolve))
    return { subjects, logs }
  }

  it('sends nothing to an endpoint whose certificate does not verify', async () => {
    const { subjects, logs } = await post({})
    expect(subjects).toEqual([])
    expect(logs.join('')).toContain('certificate')
  })

  it('sends where it is told not to verify, and shows the configured certificate', async () => {
    const { subjects } = await post({ ssl_verify: false, client_certificate: { id } })
    expect(subjects).toEqual([expect.stringContaining('CN')])
  })

  it('shows no certificate where none is configured', async () => {
    expect((await post({ ssl_verify: false })).subjects).toEqual([undefined])
  })
})

describe('close', () => {
  it('sends what waits', async () => {
    const { request, close } = await start({
      http_endpoint: endpoint(),
      queue: { max_batch_size: 100, max_coalescing_delay: 3600 },
    })
    await request({ path: '/0' })
    await request({ path: '/0' })
    await close()
    gateway = undefined
    expect(received).toMatchObject([{ body: [{}, {}] }])
  })
})

describe('config', () => {
  it.each([
    [{}, 'http_endpoint: required field missing'],
    [{ http_endpoint: 'example.com' }, 'http_endpoint: missing scheme in url'],
    [{ http_endpoint: 'http://' }, 'http_endpoint: missing host in url'],
    [{ http_endpoint: 'ftp://a/' }, 'http_endpoint: the scheme must be http or https'],
    [{ http_endpoint: 'http://a/', method: 'GET' }, 'method: expected one of: POST, PUT, PATCH'],
    [{ http_endpoint: 'http://a/', headers: { Host: 'b' } }, "headers.Host: cannot contain 'host' header"],
    [
      { http_endpoint: 'http://a/', headers: { 'Content-Type': 'b' } },
      "headers.Content-Type: cannot contain 'content-type' header",
    ],
    [
      { http_endpoint: 'http://u:p@a/', headers: { authorization: 'b' } },
      ": specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed",
    ],
    [
      { http_endpoint: 'http://a/', queue: { max_entries: 0 } },
      'queue.max_entries: value should be between 1 and 1000000',
    ],
  ])('refuses %o', (config, message) => {
    const parsed = parseWith(schema, config)
    expect(
      parsed.ok ? [] : parsed.complaints.map(({ segments, message }) => `${segments.join('.')}: ${message}`),
    ).toEqual([message])
  })

  it('lets the endpoint come from a vault', async () => {
    gateway = await createTestGateway({
      env: { LOG_URL: endpoint() },
      config: ({ upstreamUrl }) => ({
        _format_version: '3.0',
        services: [{ name: 's', url: upstreamUrl, routes: [{ paths: ['/'] }] }],
        plugins: [
          { name: 'http-log', config: { http_endpoint: '{vault://env/log-url}', headers: { authorization: 'x' } } },
        ],
      }),
    })
    await gateway.request()
    await vi.waitFor(() => expect(received).toHaveLength(1))
    expect(received[0]?.headers.authorization).toBe('x')
  })
})
