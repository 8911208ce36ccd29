import { afterEach, describe, expect, test } from 'vitest'
import cors from '../../src/plugins/cors/index.ts'
import { AllowedOrigins } from '../../src/plugins/cors/origins.ts'
import keyAuth from '../../src/plugins/key-auth/index.ts'
import { createTestGateway, type TestAnswer, type TestGateway } from '../../src/testing/index.ts'

let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

async function start(config: object, extra: object = {}): Promise<TestGateway> {
  gateway = await createTestGateway({
    plugins: [cors, keyAuth],
    upstream: (_, outgoing) => {
      outgoing.writeHead(200, { Vary: 'Accept', 'Access-Control-Allow-Origin': 'https://upstream.example' })
      outgoing.end('ok')
    },
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl, routes: [{ name: 'r', paths: ['/'] }] }],
      plugins: [{ name: 'cors', config }],
      ...extra,
    }),
  })
  return gateway
}

const page = 'https://app.example'

async function preflight(headers: Record<string, string> = {}): Promise<TestAnswer> {
  if (gateway === undefined) throw new Error('no gateway')
  return gateway.request({
    method: 'OPTIONS',
    headers: { origin: page, 'access-control-request-method': 'POST', ...headers },
  })
}

describe('a preflight', () => {
  test('is answered here, with all methods and the headers that it asks for', async () => {
    await start({})
    const answer = await preflight({ 'access-control-request-headers': 'authorization,content-type' })
    expect(answer.status).toBe(200)
    expect(answer.text).toBe('')
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT',
      'access-control-allow-headers': 'authorization,content-type',
      'content-length': '0',
    })
    for (const name of ['vary', 'access-control-max-age', 'access-control-allow-private-network']) {
      expect(answer.headers).not.toHaveProperty(name)
    }
    expect(gateway?.seen).toEqual([])
  })

  test('says what the config says', async () => {
    await start({
      origins: [page, 'https://other.example'],
      methods: ['GET', 'POST'],
      headers: ['authorization', 'x-a'],
      max_age: 600,
      credentials: true,
      private_network: true,
    })
    const answer = await preflight({ 'access-control-request-private-network': 'true' })
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'authorization,x-a',
      'access-control-max-age': '600',
      'access-control-allow-private-network': 'true',
      vary: 'Origin',
    })
  })

  test('of an origin that is not allowed names none', async () => {
    await start({ origins: ['https://a.example', 'https://b.example'] })
    const answer = await preflight()
    expect(answer.status).toBe(200)
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    expect(answer.headers).not.toHaveProperty('access-control-allow-headers')
  })

  test('goes to the upstream on demand, which then answers alone', async () => {
    await start({ preflight_continue: true, origins: [page] })
    const answer = await preflight()
    expect(gateway?.seen).toHaveLength(1)
    expect(answer.headers['access-control-allow-origin']).toBe('https://upstream.example')
  })

  test('needs an origin and a method that is asked for; other OPTIONS requests pass', async () => {
    await start({})
    await gateway?.request({ method: 'OPTIONS', headers: { origin: page } })
    await gateway?.request({ method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } })
    expect(gateway?.seen).toHaveLength(2)
  })
})

describe('an answer', () => {
  test('is marked in place of what the upstream said, and keeps its Vary', async () => {
    const { request } = await start({ origins: [page, 'https://b.example'], exposed_headers: ['x-a', 'x-b'] })
    const answer = await request({ headers: { origin: page } })
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-expose-headers': 'x-a,x-b',
      vary: 'Accept, Origin',
    })
  })

  test('to an origin that is not allowed is not marked at all', async () => {
    const { request } = await start({ origins: ['https://a.example', 'https://b.example'] })
    const answer = await request({ headers: { origin: page } })
    expect(answer.status).toBe(200)
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    expect(answer.headers.vary).toBe('Accept, Origin')
  })

  test('is marked where another plugin refuses, so that a page can read why', async () => {
    const extra = { plugins: [{ name: 'cors' }, { name: 'key-auth' }] }
    const answer = await (await start({}, extra)).request({ headers: { origin: page } })
    expect(answer.status).toBe(401)
    expect(answer.headers['access-control-allow-origin']).toBe('*')
  })

  test('to a request without an origin is marked unless the config forbids', async () => {
    const { request } = await start({ allow_origin_absent: false })
    expect((await request()).headers['access-control-allow-origin']).toBe('https://upstream.example')
    await gateway?.close()
    const marked = await (await start({})).request()
    expect(marked.headers['access-control-allow-origin']).toBe('*')
  })
})

describe('origins', () => {
  const asked = (origins: string[], origin: string | undefined, credentials = false) =>
    new AllowedOrigins(origins).allowed(origin, credentials)

  test.each<[string, string[], string | undefined, boolean, string | null, boolean]>([
    ['none listed', [], page, false, '*', false],
    ['all', ['*'], page, false, '*', false],
    ['all, with credentials', ['*'], page, true, page, true],
    ['all, with credentials, none asking', ['*'], undefined, true, '*', false],
    ['one, whoever asks', ['https://a.example'], page, false, 'https://a.example', true],
    ['one, nobody asking', ['https://a.example'], undefined, false, 'https://a.example', true],
    ['all among others', ['https://a.example', '*'], page, false, '*', true],
    ['an equal one', ['https://a.example', page], page, false, page, true],
    ['an equal one with its usual port', ['https://a.example', 'https://app.example:443'], page, false, page, true],
    ['another port', ['https://a.example', 'https://app.example:8443'], page, false, null, true],
    ['nobody asking', ['https://a.example', page], undefined, false, null, true],
    ['an opaque origin', ['https://a.example', page], 'null', false, null, true],
    ['a pattern over the host', ['.*\\.example'], 'http://app.example:8080', false, 'http://app.example:8080', true],
    [
      'a pattern over the origin',
      ['https://[a-z]+\\.example(:\\d+)?'],
      'https://app.example:81',
      false,
      'https://app.example:81',
      true,
    ],
    ['a pattern that matches only a part', ['https://app\\.example'], 'https://app.example.evil', false, null, true],
    [
      'a choice that matches only a part',
      ['https://a\\.b|https://app\\.example'],
      'https://a.b.evil',
      false,
      null,
      true,
    ],
    ['an anchored pattern', ['^https://app\\.example$'], page, false, page, true],
    ['a pattern of any case', ['(?i)HTTPS://APP\\.EXAMPLE'], page, false, page, true],
  ])('%s', (_, origins, origin, credentials, expected, varies) => {
    expect(asked(origins, origin, credentials)).toEqual({ origin: expected, varies })
  })

  test('that do not compile are refused', async () => {
    await expect(start({ origins: ['(oops'] })).rejects.toThrow("'(oops' is not a valid regex")
  })
})
