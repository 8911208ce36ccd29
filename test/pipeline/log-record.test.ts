/** The record that log plugins write, field by field. */

import { describe, expect, it } from 'vitest'
import { type AccessPdk, type AnyPlugin, definePlugin, z } from '../../src/pdk/index.ts'
import { startRawServer } from '../support/raw-server.ts'
import { startRoute } from './support.ts'

const id = expect.stringMatching(/^[0-9a-f-]{36}$/)
const whole = expect.any(Number)

it('holds all of Kong’s fields', async () => {
  const gateway = await startRoute({
    service: (url) => ({ url: `${url}/base` }),
    route: { paths: ['/a'] },
    entities: () => ({ consumers: [{ username: 'ada', keyauth_credentials: [{ key: 'k-1' }] }] }),
    plugins: [],
  })
  const plain = await gateway.request({
    path: '/a/b?x=1&x=2&y&z=%20',
    headers: { authorization: 'Basic secret', cookie: 'secret', 'X-Plain': '1', host: 'api.test:81' },
    body: 'text',
  })
  expect(plain.status).toBe(200)
  const record = await gateway.record()
  expect(record).toEqual({
    request: {
      id: plain.headers['x-kong-request-id'],
      uri: '/a/b?x=1&x=2&y&z=%20',
      url: 'http://api.test:81/a/b?x=1&x=2&y&z=%20',
      querystring: { x: ['1', '2'], y: true, z: ' ' },
      method: 'POST',
      headers: expect.objectContaining({ authorization: 'REDACTED', cookie: 'REDACTED', 'x-plain': '1' }),
      size: whole,
    },
    upstream_uri: '/base/b?x=1&x=2&y&z=%20',
    upstream_status: '200',
    response: {
      status: 200,
      headers: expect.objectContaining({ 'content-type': 'application/json' }),
      size: Buffer.byteLength(plain.text),
    },
    latencies: { kong: whole, proxy: whole, request: whole, receive: whole },
    tries: [
      {
        ip: '127.0.0.1',
        port: Number(new URL(gateway.upstreamUrl).port),
        code: 200,
        balancer_start: whole,
        balancer_start_ns: whole,
        balancer_latency: whole,
        balancer_latency_ns: whole,
      },
    ],
    client_ip: '127.0.0.1',
    started_at: whole,
    source: 'upstream',
    workspace: id,
    workspace_name: 'default',
    route: expect.objectContaining({ name: 'r', id, service: { id } }),
    service: expect.objectContaining({ name: 's', id, path: '/base' }),
  })
  expect(record.started_at).toBeLessThanOrEqual(Date.now())
  expect(record.started_at).toBeGreaterThan(Date.now() - 60_000)
})

it('names the consumer and the credential', async () => {
  const gateway = await startRoute({
    entities: () => ({
      consumers: [{ username: 'ada', keyauth_credentials: [{ key: 'k-1' }] }],
      plugins: [{ name: 'recorder' }, { name: 'key-auth' }],
    }),
  })
  expect((await gateway.request({ headers: { apikey: 'k-1' } })).status).toBe(200)
  const record = await gateway.record()
  expect(record).toMatchObject({
    consumer: { username: 'ada', id },
    authenticated_entity: { id },
    request: { headers: { apikey: 'REDACTED' } },
  })
  const consumer = Reflect.get(Object(record.consumer), 'id')
  expect(record.authenticated_entity).toEqual({ id, consumer_id: consumer })
})

it('tells every status of the tries', async () => {
  const silent = await startRawServer({ bytes: '', after: 'keep' })
  const gateway = await startRoute({
    service: { url: 'http://api.test', read_timeout: 100 },
    entities: ({ upstreamPort }) => ({
      upstreams: [
        {
          name: 'api.test',
          targets: [
            { target: `127.0.0.1:${silent.port}`, weight: 1000 },
            { target: `127.0.0.1:${upstreamPort}`, weight: 1 },
          ],
        },
      ],
    }),
  })
  await gateway.request()
  expect(await gateway.record()).toMatchObject({
    upstream_status: '504, 200',
    tries: [{ state: 'failed', code: 504 }, { code: 200 }],
  })
  const refused = await startRoute({ service: { url: 'http://127.0.0.1:1', retries: 1 } })
  await refused.request()
  expect(await refused.record()).toMatchObject({ upstream_status: '502, 502', source: 'kong' })
  await silent.close()
})

it('of an answer of the gateway says so', async () => {
  const gateway = await startRoute({ route: { paths: ['/x'] } })
  await gateway.request()
  const record = await gateway.record()
  expect(record).toMatchObject({
    source: 'kong',
    upstream_uri: '',
    upstream_status: '',
    tries: [],
    response: { status: 404 },
    latencies: { proxy: -1, receive: 0 },
  })
  for (const name of ['route', 'service', 'consumer', 'authenticated_entity']) expect(record).not.toHaveProperty(name)
})

describe('values that plugins set', () => {
  const setter = (set: (log: AccessPdk['log']) => void): AnyPlugin =>
    definePlugin({ name: 'setter', priority: 5, config: z.object({}), access: (kong) => set(kong.log) })

  async function recordWith(set: (log: AccessPdk['log']) => void): Promise<Record<string, unknown>> {
    const gateway = await startRoute({ plugins: [setter(set)] })
    await gateway.request()
    return gateway.record()
  }

  it('make nested objects of dotted keys', async () => {
    const record = await recordWith((log) => {
      log.setSerializeValue('my.deep.value', 1)
      log.setSerializeValue('my.deep.other', true)
      log.setSerializeValue('with\\.dot.in', 'x')
      log.setSerializeValue('request.extra', { a: 1 })
      log.setSerializeValue('client_ip.v4', 'replaced')
    })
    expect(record).toMatchObject({
      my: { deep: { value: 1, other: true } },
      'with.dot': { in: 'x' },
      request: { extra: { a: 1 }, method: 'GET' },
      client_ip: { v4: 'replaced' },
    })
  })

  it('are added only where there are none, and replaced only where there are', async () => {
    const record = await recordWith((log) => {
      log.setSerializeValue('client_ip', 'no', 'add')
      log.setSerializeValue('mine', 'yes', 'add')
      log.setSerializeValue('service.name', 'renamed', 'replace')
      log.setSerializeValue('nothing', 'no', 'replace')
      log.setSerializeValue('no.where', 'no', 'replace')
    })
    expect(record).toMatchObject({ client_ip: '127.0.0.1', mine: 'yes', service: { name: 'renamed' } })
    expect(record).not.toHaveProperty('nothing')
    expect(record).not.toHaveProperty('no')
  })

  it('remove what they name, and change no entity', async () => {
    const gateway = await startRoute({
      plugins: [
        setter((log) => {
          log.setSerializeValue('request.headers', undefined)
          log.setSerializeValue('latencies', null)
          log.setSerializeValue('service.name', 'renamed')
          log.setSerializeValue('route.extra', 1)
        }),
      ],
    })
    await gateway.request()
    const record = await gateway.record()
    expect(record.request).not.toHaveProperty('headers')
    expect(record).not.toHaveProperty('latencies')
    expect(record).toMatchObject({ service: { name: 'renamed' }, route: { extra: 1 } })
    expect(gateway.gateway.snapshot?.entities.find('services', 'name', 's')).toMatchObject({ name: 's' })
    expect(gateway.gateway.snapshot?.entities.find('routes', 'name', 'r')).not.toHaveProperty('extra')
  })

  it('cannot reach a prototype', async () => {
    await recordWith((log) => log.setSerializeValue('__proto__.polluted', 1))
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    await recordWith((log) => log.setSerializeValue('constructor.prototype.polluted', 1))
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})
