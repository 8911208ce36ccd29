import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SharedCounters } from '../../src/counters/shared-counters.ts'
import keyAuth from '../../src/plugins/key-auth/index.ts'
import rateLimiting from '../../src/plugins/rate-limiting/index.ts'
import {
  createTestGateway,
  type TestGateway,
  type TestGatewayOptions,
  type TestRequest,
} from '../../src/testing/index.ts'

/** 15 seconds before the hour, so that no window ends during a test unless the test says so. */
const now = Date.UTC(2026, 0, 31, 23, 59, 45)
const gateways: TestGateway[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now })
})

afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()))
})

type Extra = Partial<Pick<TestGatewayOptions, 'counters' | 'settings'>> & { readonly plugins?: readonly object[] }

async function start(config: object, { plugins = [], ...options }: Extra = {}): Promise<TestGateway> {
  const gateway = await createTestGateway({
    plugins: [rateLimiting, keyAuth],
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [
        {
          name: 's',
          url: upstreamUrl,
          routes: [
            { name: 'a', paths: ['/a'], strip_path: false },
            { name: 'b', paths: ['/b'], strip_path: false },
          ],
        },
        { name: 't', url: upstreamUrl, routes: [{ name: 'c', paths: ['/c'] }] },
      ],
      plugins: [{ name: 'rate-limiting', config }, ...plugins],
      consumer_groups: [{ name: 'gold' }],
      consumers: [
        { username: 'ann', keyauth_credentials: [{ key: 'ann' }, { key: 'ann-2' }], groups: [{ name: 'gold' }] },
        { username: 'bob', keyauth_credentials: [{ key: 'bob' }], groups: [{ name: 'gold' }] },
        { username: 'cat', keyauth_credentials: [{ key: 'cat' }] },
      ],
    }),
    ...options,
  })
  gateways.push(gateway)
  return gateway
}

async function statuses(gateway: TestGateway, requests: readonly TestRequest[]): Promise<number[]> {
  const found: number[] = []
  for (const request of requests) found.push((await gateway.request({ path: '/a', ...request })).status)
  return found
}

const as = (key: string): TestRequest => ({ headers: { apikey: key } })

describe('a limit', () => {
  test('lets so many requests pass, tells what is left, and refuses the next', async () => {
    const gateway = await start({ minute: 2 })
    const first = await gateway.request({ path: '/a' })
    expect(first.status).toBe(200)
    expect(first.headers).toMatchObject({
      'x-ratelimit-limit-minute': '2',
      'x-ratelimit-remaining-minute': '1',
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '15',
    })
    expect(first.headers).not.toHaveProperty('retry-after')
    expect((await gateway.request({ path: '/a' })).headers['ratelimit-remaining']).toBe('0')

    const refused = await gateway.request({ path: '/a' })
    expect(refused.status).toBe(429)
    expect(refused.json()).toMatchObject({ message: 'API rate limit exceeded' })
    expect(refused.headers).toMatchObject({
      'x-ratelimit-limit-minute': '2',
      'x-ratelimit-remaining-minute': '0',
      'ratelimit-remaining': '0',
      'retry-after': '15',
    })
    expect(gateway.seen).toHaveLength(2)
  })

  test('begins anew with the next window', async () => {
    const gateway = await start({ minute: 1 })
    expect(await statuses(gateway, [{}, {}])).toEqual([200, 429])
    vi.setSystemTime(now + 15_000)
    expect(await statuses(gateway, [{}, {}])).toEqual([200, 429])
  })

  test('holds against requests in parallel', async () => {
    const gateway = await start({ minute: 50 })
    const answers = await Promise.all(Array.from({ length: 200 }, () => gateway.request({ path: '/a' })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(150)
    expect(gateway.seen).toHaveLength(50)
  })

  test('holds against requests in parallel over all workers of a node', async () => {
    const counters = SharedCounters.create({ slots: 64 })
    const workers = await Promise.all([start({ hour: 50 }, { counters }), start({ hour: 50 }, { counters })])
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => workers[index % 2]?.request({ path: '/a' })),
    )
    expect(answers.filter((answer) => answer?.status === 200)).toHaveLength(50)
  })

  test('holds where other workers count between the look and the count, and takes back what it counted too much', async () => {
    /** Sees nothing of what others counted meanwhile. */
    class Blind extends SharedCounters {
      override get(): number {
        return 0
      }
    }
    const { buffer } = SharedCounters.create({ slots: 64 })
    const blind = await start({ minute: 1, hour: 5 }, { counters: new Blind(buffer) })
    const seeing = await start({ minute: 1, hour: 5 }, { counters: new SharedCounters(buffer) })
    expect(await statuses(blind, [{}, {}, {}])).toEqual([200, 429, 429])
    const answer = await seeing.request({ path: '/a' })
    expect(answer.status).toBe(429)
    expect(answer.headers['x-ratelimit-remaining-hour']).toBe('4')
  })

  test('need not be whole', async () => {
    expect(await statuses(await start({ minute: 1.5 }), [{}, {}, {}])).toEqual([200, 200, 429])
  })
})

describe('several limits', () => {
  test('are told one by one, and the tightest in general', async () => {
    const { headers } = await (await start({ second: 5, minute: 6, day: 6, month: 100, year: 100 })).request({
      path: '/a',
    })
    expect(headers).toMatchObject({
      'x-ratelimit-remaining-second': '4',
      'x-ratelimit-remaining-minute': '5',
      'x-ratelimit-remaining-day': '5',
      'x-ratelimit-remaining-month': '99',
      'x-ratelimit-remaining-year': '99',
      'ratelimit-limit': '5',
      'ratelimit-remaining': '4',
      'ratelimit-reset': '1',
    })
  })

  test('count no request that one of them refuses', async () => {
    const gateway = await start({ minute: 1, year: 2 })
    expect(await statuses(gateway, [{}, {}, {}])).toEqual([200, 429, 429])
    vi.setSystemTime(now + 15_000)
    const second = await gateway.request({ path: '/a' })
    expect(second.status).toBe(200)
    const { headers } = await gateway.request({ path: '/a' })
    expect(headers).toMatchObject({ 'retry-after': String((Date.UTC(2027, 0) - now - 15_000) / 1000) })
  })

  test('end with the calendar', async () => {
    const gateway = await start({ month: 1 })
    expect(await statuses(gateway, [{}, {}])).toEqual([200, 429])
    vi.setSystemTime(Date.UTC(2026, 1, 1))
    expect(await statuses(gateway, [{}, {}])).toEqual([200, 429])
  })
})

describe('whose requests are counted together', () => {
  const keys = { plugins: [{ name: 'key-auth' }] }

  test('those of a consumer, whichever credential they come with', async () => {
    const gateway = await start({ minute: 1 }, keys)
    expect(await statuses(gateway, [as('ann'), as('ann-2'), as('bob')])).toEqual([200, 429, 200])
  })

  test('those of a credential', async () => {
    const gateway = await start({ minute: 1, limit_by: 'credential' }, keys)
    expect(await statuses(gateway, [as('ann'), as('ann-2'), as('ann')])).toEqual([200, 200, 429])
  })

  test('those of a consumer group', async () => {
    const gateway = await start({ minute: 1, limit_by: 'consumer-group' }, keys)
    expect(await statuses(gateway, [as('ann'), as('bob'), as('cat')])).toEqual([200, 429, 200])
  })

  test('those of an address, also where nobody is known', async () => {
    const settings = { trusted_ips: '127.0.0.1', real_ip_header: 'X-Forwarded-For' }
    for (const limit_by of ['ip', 'consumer', 'credential', 'consumer-group']) {
      const gateway = await start({ minute: 1, limit_by }, { settings })
      const from = (ip: string) => ({ headers: { 'x-forwarded-for': ip } })
      expect(await statuses(gateway, [from('10.0.0.1'), from('10.0.0.2'), from('10.0.0.1')])).toEqual([200, 200, 429])
    }
  })

  test('those of a header value', async () => {
    const gateway = await start({ minute: 1, limit_by: 'header', header_name: 'x-team' })
    const team = (name: string) => ({ headers: { 'x-team': name } })
    expect(await statuses(gateway, [team('a'), team('b'), team('a'), {}, {}])).toEqual([200, 200, 429, 200, 429])
  })

  test('those to a path', async () => {
    const gateway = await start({ minute: 1, limit_by: 'path', path: '/a/x' })
    expect(await statuses(gateway, [{ path: '/a/x' }, { path: '/a/y' }, { path: '/a/x' }])).toEqual([200, 200, 429])
  })

  test('those to a service', async () => {
    const gateway = await start({ minute: 1, limit_by: 'service' })
    expect(await statuses(gateway, [{ path: '/a' }, { path: '/b' }, { path: '/c' }])).toEqual([200, 429, 200])
  })

  test('a global limit counts all routes together, a limit of a route that route alone', async () => {
    const gateway = await start(
      { minute: 2 },
      { plugins: [{ name: 'rate-limiting', route: 'b', config: { minute: 1 } }] },
    )
    const paths = ['/a', '/b', '/c', '/a', '/b'].map((path) => ({ path }))
    expect(await statuses(gateway, paths)).toEqual([200, 200, 200, 429, 429])
  })

  test('a limit of a consumer is that consumer’s', async () => {
    const gateway = await start(
      { minute: 2 },
      { plugins: [{ name: 'key-auth' }, { name: 'rate-limiting', consumer: 'ann', config: { minute: 1 } }] },
    )
    expect(await statuses(gateway, [as('ann'), as('ann'), as('bob'), as('bob'), as('bob')])).toEqual([
      200, 429, 200, 200, 429,
    ])
  })
})

describe('what a client is told', () => {
  test('is nothing of limits where they are hidden', async () => {
    const gateway = await start({ minute: 1, hide_client_headers: true })
    for (const status of [200, 429]) {
      const answer = await gateway.request({ path: '/a' })
      expect(answer.status).toBe(status)
      expect(Object.keys(answer.headers).filter((name) => /ratelimit|retry/.test(name))).toEqual([])
    }
  })

  test('is the status and the text of the config', async () => {
    const gateway = await start({ minute: 1, error_code: 403, error_message: 'come back later' })
    await gateway.request({ path: '/a' })
    const answer = await gateway.request({ path: '/a' })
    expect(answer.status).toBe(403)
    expect(answer.json()).toMatchObject({ message: 'come back later' })
  })
})

test('policy cluster counts in this node, and says so once', async () => {
  const gateway = await start({ minute: 2, policy: 'cluster' })
  expect(await statuses(gateway, [{}, {}, {}])).toEqual([200, 200, 429])
  expect(gateway.logs.filter((line) => line.includes('counts in this node alone'))).toHaveLength(1)
})

test.each([
  [{}, 'at least one of these fields must be non-empty'],
  [{ minute: 0 }, 'value must be greater than 0'],
  [{ minute: 10, hour: 5 }, 'The limit for hour(5.0) cannot be lower than the limit for minute(10.0)'],
  [{ minute: 1, limit_by: 'header' }, 'required field missing'],
  [{ minute: 1, limit_by: 'path' }, 'required field missing'],
  [
    { minute: 1, redis_port: 1, redis: { port: 2 } },
    'both deprecated and new field are used but their values mismatch: old = 1 vs new = 2',
  ],
  [{ minute: 1, policy: 'redis' }, "failed conditional validation given value of field 'policy'"],
])('refuses the config %j', async (config, message) => {
  await expect(start(config)).rejects.toThrow(message)
})
