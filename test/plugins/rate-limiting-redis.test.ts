import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import rateLimiting from '../../src/plugins/rate-limiting/index.ts'
import { RedisConnection as Connection, type RedisConnection, redisConfig } from '../../src/redis/index.ts'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'
import { Relay } from '../redis/relay.ts'
import { freePort } from '../support/free-port.ts'
import { listenLocally, portOf } from '../support/listen-locally.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { waitFor } from '../support/wait-for.ts'

/** 45 seconds into a minute. */
const now = Date.UTC(2026, 0, 31, 23, 59, 45)
let redis: TestRedis
let connection: RedisConnection
const closables: { close(): void | Promise<void> }[] = []

beforeAll(async () => {
  redis = await startRedis()
  connection = new Connection({ ...redisConfig.parse({ host: '127.0.0.1' }), port: redis.port })
})
afterAll(async () => {
  connection.close()
  await redis.stop()
})
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now })
  await connection.use((client) => client.flushall())
})
afterEach(async () => {
  vi.useRealTimers()
  for (const closable of closables.splice(0).reverse()) await closable.close()
})

async function start(config: object, redisFields: object = {}, env: NodeJS.ProcessEnv = {}): Promise<TestGateway> {
  const gateway = await createTestGateway({
    plugins: [rateLimiting],
    env,
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl, routes: [{ name: 'r', paths: ['/'] }] }],
      plugins: [
        {
          name: 'rate-limiting',
          config: {
            policy: 'redis',
            redis: { host: '127.0.0.1', port: redis.port, timeout: 1000, ...redisFields },
            ...config,
          },
        },
      ],
    }),
  })
  closables.push(gateway)
  return gateway
}

async function relay(): Promise<Relay> {
  const made = await new Relay(redis.port).start()
  closables.push(made)
  return made
}

const minuteKey = `ratelimit:00000000-0000-0000-0000-000000000000:00000000-0000-0000-0000-000000000000:127.0.0.1:${now - 45_000}:minute`

describe('counts in Redis', () => {
  test('hold against requests in parallel over two gateways', async () => {
    const gateways = await Promise.all([start({ minute: 50, hour: 60 }), start({ minute: 50, hour: 60 })])
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => gateways[index % 2]?.request()))
    const passed = answers.filter((answer) => answer?.status === 200)
    expect(passed).toHaveLength(50)
    expect(answers.filter((answer) => answer?.status === 429)).toHaveLength(150)
    const left = passed.map((answer) => Number(answer?.headers['x-ratelimit-remaining-minute']))
    expect(left.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index))
    expect((await gateways[0]?.request())?.headers).toMatchObject({
      'x-ratelimit-remaining-minute': '0',
      'x-ratelimit-remaining-hour': '10',
      'retry-after': '15',
    })
  })

  test('stand under Kong’s keys and are added to what is there', async () => {
    await connection.use((client) => client.set(minuteKey, '4', 'EX', 500))
    const { request } = await start({ minute: 5 })
    expect((await request()).headers['x-ratelimit-remaining-minute']).toBe('0')
    expect((await request()).status).toBe(429)
    expect(await connection.use((client) => client.get(minuteKey))).toBe('5')
  })

  test('end a little after their window, whatever comes in between', async () => {
    const { request } = await start({ minute: 5 })
    await request()
    const life = await connection.use((client) => client.ttl(minuteKey))
    expect(life).toBeGreaterThan(15)
    expect(life).toBeLessThanOrEqual(25)
    await connection.use((client) => client.expire(minuteKey, 7))
    await request()
    expect(await connection.use((client) => client.ttl(minuteKey))).toBeLessThanOrEqual(7)
  })

  test('cost one round trip, however many limits there are', async () => {
    const { request } = await start({ second: 10, minute: 20, hour: 30, day: 40, month: 50, year: 60 })
    await request()
    await connection.use((client) => client.config('RESETSTAT'))
    for (let index = 0; index < 5; index++) await request()
    const stats = String(await connection.use((client) => client.info('commandstats')))
    expect(stats).toMatch(/cmdstat_evalsha:calls=5,/)
    expect(stats).not.toMatch(/cmdstat_eval:/)
  })

  test('take the place that the older flat fields name', async () => {
    const flat = { minute: 1, redis: {}, redis_host: '127.0.0.1', redis_port: redis.port, redis_database: 2 }
    const { request } = await start({ ...flat, sync_rate: 10 })
    expect((await request()).status).toBe(200)
    expect((await request()).status).toBe(429)
    expect(await connection.use((client) => client.exists(minuteKey))).toBe(0)
    const other = new Connection({ ...redisConfig.parse({ host: '127.0.0.1' }), port: redis.port, database: 2 })
    closables.push(other)
    expect(await other.use((client) => client.get(minuteKey))).toBe('1')
  })
})

test('the way to Redis may come from a vault', async () => {
  await connection.use((client) => client.call('ACL', 'SETUSER', 'vaulted', 'on', '>secret', '~*', '+@all'))
  const { request } = await start(
    { minute: 1, fault_tolerant: false },
    { host: '{vault://env/redis-host}', username: 'vaulted', password: '{vault://env/redis-password}' },
    { REDIS_HOST: '127.0.0.1', REDIS_PASSWORD: 'secret' },
  )
  expect((await request()).status).toBe(200)
  expect((await request()).status).toBe(429)
})

describe('while Redis fails', () => {
  test('requests pass uncounted, which is logged once, and are counted again afterwards', async () => {
    const way = await relay()
    const { request, logs } = await start({ minute: 5 }, { port: way.port })
    expect((await request()).headers['x-ratelimit-remaining-minute']).toBe('4')
    await way.close()
    for (let index = 0; index < 3; index++) {
      const answer = await request()
      expect(answer.status).toBe(200)
      expect(answer.headers).not.toHaveProperty('x-ratelimit-remaining-minute')
    }
    expect(logs.filter((line) => line.includes('failed to get usage'))).toHaveLength(1)
    await way.reopen()
    const counted = await waitFor(async () => (await request()).headers['x-ratelimit-remaining-minute'])
    expect(counted).toBe('3')
  })

  test('requests are answered with 500 where the config asks for that', async () => {
    const way = await relay()
    const { request, seen } = await start({ minute: 5, fault_tolerant: false }, { port: way.port })
    await way.close()
    const answer = await request()
    expect(answer.status).toBe(500)
    expect(answer.json()).toMatchObject({ message: 'An unexpected error occurred' })
    expect(seen).toEqual([])
  })

  test('those that fail at once are not logged, nor held, each', async () => {
    const { request, logs } = await start({ minute: 5 }, { port: await freePort() })
    const answers = await Promise.all(Array.from({ length: 20 }, () => request()))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(logs.filter((line) => line.includes('failed to get usage'))).toHaveLength(1)
  })

  test('a server that never answers holds nobody longer than the timeout', async () => {
    const silent = createServer((socket) => void socket.on('error', () => {}))
    await listenLocally(silent)
    closables.push({ close: () => void silent.close() })
    const { request } = await start({ minute: 5 }, { port: portOf(silent), timeout: 100 })
    const begin = performance.now()
    expect((await request()).status).toBe(200)
    expect(performance.now() - begin).toBeLessThan(1500)
  })

  test('a key of another type counts as a failure', async () => {
    await connection.use((client) => client.lpush(minuteKey, 'not a number'))
    const { request, logs } = await start({ minute: 5 })
    expect((await request()).status).toBe(200)
    expect(logs.join('')).toContain('WRONGTYPE')
  })
})
