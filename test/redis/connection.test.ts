import type { TlsOptions } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ResourceScope } from '../../src/pdk/resources.ts'
import {
  type RedisConfig,
  RedisConnection,
  RedisScript,
  RedisUnavailable,
  redisConfig,
  redisOf,
} from '../../src/redis/index.ts'
import { freePort } from '../support/free-port.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { waitFor } from '../support/wait-for.ts'
import { certificate, intermediate, privateKey } from '../upstream/certificates.ts'
import { Relay } from './relay.ts'

let redis: TestRedis
const closables: { close(): void | Promise<void> }[] = []

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())
afterEach(async () => {
  for (const closable of closables.splice(0)) await closable.close()
})

function open(port: number, config: Partial<RedisConfig> = {}): RedisConnection {
  const connection = new RedisConnection({ ...redisConfig.parse({ host: '127.0.0.1' }), port, ...config })
  closables.push(connection)
  return connection
}

async function relay(tls?: TlsOptions): Promise<Relay> {
  const made = await new Relay(redis.port, tls).start()
  closables.push(made)
  return made
}

const ping = (connection: RedisConnection) => connection.use((client) => client.ping())

describe('a connection', () => {
  test('is opened on first use, once for all that wait', async () => {
    const way = await relay()
    const connection = open(way.port)
    expect(way.connections).toBe(0)
    expect(await Promise.all([ping(connection), ping(connection)])).toEqual(['PONG', 'PONG'])
    expect(way.connections).toBe(1)
  })

  test('that breaks is opened again, and commands wait for it', async () => {
    const way = await relay()
    const connection = open(way.port)
    await ping(connection)
    way.cut()
    await waitFor(async () => (await ping(connection)) === 'PONG')
    expect(way.connections).toBe(2)
  })

  test('that cannot be opened fails at once, and comes back by itself', async () => {
    const way = await relay()
    const connection = open(way.port)
    await way.close()
    await expect(ping(connection)).rejects.toThrow(RedisUnavailable)
    await expect(ping(connection)).rejects.toThrow(`Redis at 127.0.0.1:${way.port}: connect ECONNREFUSED`)
    await way.reopen()
    expect(await waitFor(() => ping(connection))).toBe('PONG')
  })

  test('that stays silent is given up after the timeout, and replaced', async () => {
    const way = await relay()
    const connection = open(way.port, { timeout: 100 })
    await ping(connection)
    way.freeze()
    await expect(ping(connection)).rejects.toThrow('Command timed out')
    await expect(ping(connection)).rejects.toThrow(RedisUnavailable)
    way.thaw()
    expect(await waitFor(() => ping(connection))).toBe('PONG')
    expect(way.connections).toBeGreaterThan(1)
  })

  test('is not opened again once it is closed', async () => {
    const connection = open(redis.port)
    await ping(connection)
    connection.close()
    await expect(ping(connection)).rejects.toThrow('the gateway is shutting down')
  })

  test('is never opened where it is closed before its first use', async () => {
    const connection = open(redis.port)
    connection.close()
    await expect(ping(connection)).rejects.toThrow(RedisUnavailable)
  })

  test('passes on what Redis itself complains of', async () => {
    const command = open(redis.port).use((client) => client.call('NONSENSE'))
    await expect(command).rejects.toThrow('unknown command')
    await expect(command).rejects.not.toThrow(RedisUnavailable)
  })

  test('complains at most once in ten seconds', () => {
    const connection = open(redis.port)
    expect([connection.mayComplain(), connection.mayComplain()]).toEqual([true, false])
  })
})

describe('the config', () => {
  test('chooses the database', async () => {
    await open(redis.port, { database: 3 }).use((client) => client.set('where', 'three'))
    expect(await open(redis.port).use((client) => client.get('where'))).toBeNull()
    expect(await open(redis.port, { database: 3 }).use((client) => client.get('where'))).toBe('three')
  })

  test('names user and password', async () => {
    const admin = open(redis.port)
    await admin.use((client) => client.call('ACL', 'SETUSER', 'toll', 'on', '>secret', '~*', '+@all'))
    const name = (connection: RedisConnection) => connection.use((client) => client.call('ACL', 'WHOAMI'))
    expect(await name(open(redis.port, { username: 'toll', password: 'secret' }))).toBe('toll')
    await expect(name(open(redis.port, { username: 'toll', password: 'wrong' }))).rejects.toThrow('WRONGPASS')
  })

  test('asks for TLS, verified or not', async () => {
    const way = await relay({ cert: certificate + intermediate, key: privateKey })
    expect(await ping(open(way.port, { ssl: true }))).toBe('PONG')
    expect(await ping(open(way.port, { ssl: true, server_name: 'upstream.test' }))).toBe('PONG')
    await expect(ping(open(way.port, { ssl: true, ssl_verify: true }))).rejects.toThrow(/certificate/)
  })

  test('shares one connection among all who ask for the same Redis', async () => {
    const scope = new ResourceScope()
    const config = { ...redisConfig.parse({ host: 'localhost' }), port: await freePort() }
    expect(redisOf(scope, config)).toBe(redisOf(scope, { ...config }))
    expect(redisOf(scope, config)).not.toBe(redisOf(scope, { ...config, database: 1 }))
    expect(redisOf(scope, config)).not.toBe(redisOf(new ResourceScope(), config))
    await scope.close()
  })
})

describe('a script', () => {
  test('runs on a server that does not know it, and by its hash from then on', async () => {
    const connection = open(redis.port)
    await connection.use((client) => client.config('RESETSTAT'))
    const script = new RedisScript(`return { KEYS[1], ARGV[1] } -- ${Math.random()}`)
    expect(await script.run(connection, ['k'], ['v'])).toEqual(['k', 'v'])
    expect(await script.run(connection, ['k'], [2])).toEqual(['k', '2'])
    const stats = String(await connection.use((client) => client.info('commandstats')))
    expect(stats).toMatch(/cmdstat_eval:calls=1,/)
    expect(stats).toMatch(/cmdstat_evalsha:calls=2,/)
  })

  test('that fails says why', async () => {
    const script = new RedisScript(`return redis.call('INCR')`)
    await expect(script.run(open(redis.port), [], [])).rejects.toThrow(/Wrong number of args/)
  })
})
