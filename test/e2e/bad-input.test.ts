import { createConnection } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Gateway } from '../support/process.ts'
import { type RawReply, type RawServer, startRawServer } from '../support/raw-server.ts'
import { type ReplayServer, startReplayServer } from '../support/replay-server.ts'
import { type RawAnswer, rawRequest } from './raw-request.ts'
import { at, llmRoute, startBuilt } from './support.ts'

const limit = 4096
const headerLimit = 2048
const kinds = ['plain', 'openai', 'anthropic'] as const
type Kind = (typeof kinds)[number]
const good = JSON.stringify({ model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] })

/** How an upstream may fail, and the status and words that a client gets for it. */
const failures: Record<string, { reply: RawReply | null; status: number; words: RegExp }> = {
  refuses: { reply: null, status: 502, words: /connection refused/ },
  hangs: { reply: { bytes: '', after: 'keep' }, status: 504, words: /timing out/ },
  'resets the connection': { reply: { bytes: '', after: 'reset' }, status: 502, words: /invalid response/ },
  'closes the connection': { reply: { bytes: '', after: 'end' }, status: 502, words: /invalid response/ },
  'sends garbage': { reply: { bytes: 'SSH-2.0-OpenSSH_9.6\r\n' }, status: 502, words: /invalid response/ },
  'sends broken headers': {
    reply: { bytes: 'HTTP/1.1 200 OK\r\nno colon here\r\n\r\n{}' },
    status: 502,
    words: /invalid response/,
  },
  'sends two lengths': {
    reply: { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}' },
    status: 502,
    words: /invalid response/,
  },
}

let gateway: Gateway
let upstream: ReplayServer
const servers: RawServer[] = []

beforeAll(async () => {
  upstream = await startReplayServer({ headers: { 'content-type': 'application/json' }, body: '{"fine": true}' })
  const short = { read_timeout: 300, connect_timeout: 300, retries: 0 }
  const services = []
  for (const [index, { reply }] of Object.values(failures).entries()) {
    const server = await startRawServer(reply ?? { bytes: '' })
    if (reply === null) await server.close()
    else servers.push(server)
    services.push(...servicesOf(`/failing-${index}`, server.url, short))
  }
  const lying = await startRawServer({
    bytes: 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"half": ',
  })
  servers.push(lying)
  services.push(...servicesOf('/lying', lying.url, short))
  gateway = await startBuilt(
    { services: [...services, ...servicesOf('', upstream.url, {})] },
    {
      env: {
        TOLLGATE_NGINX_HTTP_CLIENT_MAX_BODY_SIZE: String(limit),
        TOLLGATE_CLIENT_HEADER_MAX_SIZE: String(headerLimit),
        TOLLGATE_CLIENT_BODY_TIMEOUT: '0.5',
      },
    },
  )
})
afterAll(async () => {
  await gateway?.stop()
  await upstream?.close()
  for (const server of servers) await server.close()
})

/** One service and route of each kind for an upstream. */
function servicesOf(prefix: string, url: string, more: object): object[] {
  const name = (kind: Kind) => `${prefix.slice(1) || 'good'}-${kind}`
  return kinds.map((kind) => {
    const route =
      kind === 'plain'
        ? { name: name(kind), paths: [`${prefix}/plain`] }
        : { ...llmRoute({ at: `${prefix}/${kind}`, client: kind, provider: kind, url }), name: name(kind) }
    return { name: name(kind), url, ...more, routes: [route] }
  })
}

function post(path: string, body: string, headers: readonly string[] = []): string {
  const lines = [`POST ${path} HTTP/1.1`, 'Host: gateway', 'Content-Type: application/json', ...headers]
  return `${lines.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

const send = (...pieces: readonly (string | Uint8Array)[]) => rawRequest(gateway.proxy[0] ?? '', ...pieces)

/** An error as clients of the kind read it, with the id of the request. */
function expectError(kind: Kind, answer: RawAnswer, status: number, words: RegExp): void {
  expect(answer.status).toBe(status)
  const id = answer.headers['x-kong-request-id']
  expect(id).toMatch(/^[0-9a-f]{32}$/)
  expect(answer.headers['content-type']).toContain('application/json')
  const body: unknown = JSON.parse(answer.body)
  if (kind === 'plain') {
    expect(body).toMatchObject({ message: expect.stringMatching(words), request_id: id })
    return
  }
  expect(at(body, 'error', 'message')).toMatch(words)
  expect(at(body, 'error', 'type')).toMatch(/^\w+$/)
  if (kind === 'anthropic') expect(body).toMatchObject({ type: 'error', request_id: id })
  else expect(body).toHaveProperty('error.code')
}

/** The gateway is as well as before. */
async function expectHealth(): Promise<void> {
  const answer = await send(post('/plain', good))
  expect(answer.status).toBe(200)
  expect(answer.body).toContain('fine')
}

describe.each(kinds)('a client of kind %s', (kind) => {
  const path = `/${kind}`

  it.each<[string, (path: string) => string, number, RegExp]>([
    ['a body that declares to be over the limit', (to) => post(to, 'x'.repeat(limit + 1)), 413, /4096/],
    [
      'chunks that sum up to more than the limit',
      (to) =>
        `POST ${to} HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `${'400\r\n'.concat('x'.repeat(1024), '\r\n').repeat(5)}0\r\n\r\n`,
      413,
      /4096/,
    ],
  ])('is refused %s', async (_, request, status, words) => {
    const before = upstream.requests.length
    expectError(kind, await send(request(path)), status, words)
    expect(upstream.requests.length).toBe(before)
    await expectHealth()
  })

  it.each(Object.entries(failures).map(([name, expected], index) => ({ name, index, ...expected })))(
    'gets a clear error where the upstream $name',
    async ({ index, status, words }) => {
      const answer = await send(post(`/failing-${index}/${kind}`, good))
      expectError(kind, answer, status, words)
      expect(answer.body).not.toContain('127.0.0.1')
      await expectHealth()
    },
  )
})

it('of an upstream that lies about its length an LLM client gets an error, any other a cut connection', async () => {
  expectError('openai', await send(post('/lying/openai', good)), 502, /./)
  await expectHealth()
  expectError('anthropic', await send(post('/lying/anthropic', good)), 502, /./)
  await expectHealth()
  // What is on its way cannot be taken back: the client must see that it is not whole.
  const plain = await send(post('/lying/plain', good))
  expect(plain.headers['content-length']).toBe('100')
  expect(plain.body).toBe('{"half": ')
  await expectHealth()
})

describe.each(['openai', 'anthropic'] as const)('an LLM client of kind %s', (kind) => {
  it.each<[string, string, number, RegExp]>([
    ['no JSON', post(`/${kind}`, '{"model": "m", "messages": ['), 400, /not valid JSON/],
    ['JSON that is no object', post(`/${kind}`, '[1, 2]'), 400, /not valid JSON/],
    ['nothing', post(`/${kind}`, ''), 400, /not valid JSON/],
    [
      'another content type',
      post(`/${kind}`, good).replace('application/json', 'text/plain'),
      400,
      /content-type header does not match/,
    ],
    ['a compressed body', post(`/${kind}`, good, ['Content-Encoding: gzip']), 415, /gzip/],
    ['a model that is no text', post(`/${kind}`, '{"model": 5, "messages": []}'), 400, /model must be a string/],
    ['no model', post(`/${kind}`, '{"messages": []}'), 400, /model parameter not found/],
    ['a model that climbs', post(`/${kind}`, '{"model": "../../admin", "messages": []}'), 400, /no model name has/],
  ])('is refused %s', async (_, request, status, words) => {
    const before = upstream.requests.length
    expectError(kind, await send(request), status, words)
    expect(upstream.requests.length).toBe(before)
    await expectHealth()
  })

  it('takes a body that comes byte by byte', async () => {
    const bytes = Buffer.from(post(`/${kind}`, good.replace('Hello', 'Grüße 🗼')))
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte))
    expect((await send(...pieces)).status).toBe(200)
    expect(upstream.requests.at(-1)?.body.toString('utf8')).toContain('Grüße 🗼')
  })
})

describe('what is no proper request', () => {
  const head = 'GET /plain HTTP/1.1\r\nHost: gateway\r\n'

  it.each<[string, string, number]>([
    ['garbage', 'hello gateway\r\n\r\n', 400],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a method that is none', 'GE(T /plain HTTP/1.1\r\nHost: gateway\r\n\r\n', 400],
    ['another protocol version', 'GET /plain HTTP/3.7\r\nHost: gateway\r\n\r\n', 400],
    ['headers over the limit', `${head}X-Long: ${'x'.repeat(headerLimit)}\r\n\r\n`, 431],
    ['a request line over the limit', `GET /plain?${'x'.repeat(headerLimit)} HTTP/1.1\r\nHost: gateway\r\n\r\n`, 431],
    [
      'both a length and a transfer coding',
      'POST /plain HTTP/1.1\r\nHost: gateway\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['two lengths', 'POST /plain HTTP/1.1\r\nHost: gateway\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', 400],
    ['a length that is no number', 'POST /plain HTTP/1.1\r\nHost: gateway\r\nContent-Length: +3\r\n\r\nabc', 400],
    [
      'a transfer coding that is not known',
      `POST /plain HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: gzip\r\n\r\nabc`,
      400,
    ],
    ['chunks that are none', 'POST /plain HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 400],
    ['a folded header', `${head}X-Folded: a\r\n b\r\n\r\n`, 400],
    ['a space before the colon', `${head}X-Spaced : a\r\n\r\n`, 400],
    ['a NUL in a header', `${head}X-Nul: a\0b\r\n\r\n`, 400],
    ['a line feed alone', 'GET /plain HTTP/1.1\nHost: gateway\n\n', 400],
    ['no Host', 'GET /plain HTTP/1.1\r\n\r\n', 400],
    ['two Hosts', `${head}Host: other\r\n\r\n`, 400],
    ['a Host that names none', 'GET /plain HTTP/1.1\r\nHost: good.example/../evil\r\n\r\n', 400],
    ['a Host with a user', 'GET /plain HTTP/1.1\r\nHost: good.example@evil.example\r\n\r\n', 400],
    ['an encoded slash', 'GET /plain%2Fadmin HTTP/1.1\r\nHost: gateway\r\n\r\n', 400],
    ['encoded dot segments', 'GET /plain/%2e%2e/admin HTTP/1.1\r\nHost: gateway\r\n\r\n', 400],
    ['half-encoded dot segments', 'GET /plain/.%2e/admin HTTP/1.1\r\nHost: gateway\r\n\r\n', 400],
    ['a backslash', 'GET /plain/..\\admin HTTP/1.1\r\nHost: gateway\r\n\r\n', 400],
    ['an encoded backslash', 'GET /plain/%5cadmin HTTP/1.1\r\nHost: gateway\r\n\r\n', 400],
    ['an encoded NUL', 'GET /plain/%00 HTTP/1.1\r\nHost: gateway\r\n\r\n', 400],
    ['an encoded line break', 'GET /plain/%0d%0aX:%20y HTTP/1.1\r\nHost: gateway\r\n\r\n', 400],
    ['a fragment', 'GET /plain#admin HTTP/1.1\r\nHost: gateway\r\n\r\n', 400],
    ['an expectation that nobody meets', `${head}Expect: a-miracle\r\n\r\n`, 417],
  ])('is refused: %s', async (_, request, status) => {
    const before = upstream.requests.length
    expectError('plain', await send(Buffer.from(request, 'latin1')), status, /\w/)
    expect(upstream.requests.length).toBe(before)
    await expectHealth()
  })

  it('does not smuggle a second request past the first', async () => {
    const hidden = 'GET /plain/hidden HTTP/1.1\r\nHost: gateway\r\n\r\n'
    const before = upstream.requests.length
    await send(
      `POST /plain HTTP/1.1\r\nHost: gateway\r\nContent-Length: ${hidden.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    )
    await expectHealth()
    const urls = upstream.requests.slice(before).map(({ url }) => url)
    expect(urls).toEqual(['/'])
  })

  it('does not see dot segments as anything but the path that they mean', async () => {
    const answer = await send('GET /nowhere/../plain/x HTTP/1.1\r\nHost: gateway\r\n\r\n')
    expect(answer.status).toBe(200)
    expect(upstream.requests.at(-1)?.url).toBe('/x')
  })
})

it.each([
  ['openai', 'Content-Length: 100\r\n\r\n{"model"'],
  ['plain', 'Content-Length: 100\r\n\r\n{"model"'],
  ['plain', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
])('a client of kind %s that leaves in the middle of its body takes nothing with it (%j)', async (kind, rest) => {
  await leaveAfter(`POST /${kind} HTTP/1.1\r\nHost: gateway\r\n${rest}`)
  await leaveAfter(`POST /failing-1/${kind} HTTP/1.1\r\nHost: gateway\r\n${rest}`)
  await expectHealth()
})

async function leaveAfter(bytes: string): Promise<void> {
  const { hostname, port } = new URL(gateway.proxy[0] ?? '')
  const socket = createConnection(Number(port), hostname)
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()))
  // The gateway has read it once it answers another connection.
  await expectHealth()
  socket.resetAndDestroy()
}

it.each<[Kind, string]>([
  ['openai', 'Content-Length: 100\r\n\r\n{"model"'],
  ['anthropic', 'Content-Length: 100\r\n\r\n{"model"'],
  ['plain', 'Content-Length: 100\r\n\r\n{"model"'],
  ['plain', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
])('a client of kind %s whose body stalls is told so (%j)', async (kind, rest) => {
  const answer = await send(`POST /${kind} HTTP/1.1\r\nHost: gateway\r\n${rest}`)
  expectError(kind, answer, 408, /timeout/i)
  await expectHealth()
})
