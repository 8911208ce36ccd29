import { hash } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import basicAuth from '../../src/plugins/basic-auth/index.ts'
import keyAuth from '../../src/plugins/key-auth/index.ts'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'

let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

const aliceId = '5f1d7e76-6e3b-4c53-9d1c-2a6f1f0f8f11'
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

async function start(plugins: readonly object[], extra: object = {}, password = 's3cret:é'): Promise<TestGateway> {
  gateway = await createTestGateway({
    plugins: [basicAuth, keyAuth],
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl, routes: [{ name: 'r', paths: ['/'] }] }],
      plugins,
      consumers: [
        {
          id: aliceId,
          username: 'alice',
          basicauth_credentials: [{ username: 'al', password }],
          keyauth_credentials: [{ key: 'alice-key' }],
        },
        { username: 'bob', keyauth_credentials: [{ key: 'bob-key' }] },
        { username: 'nobody' },
      ],
      ...extra,
    }),
  })
  return gateway
}

describe('a name and a password', () => {
  test('let their consumer in', async () => {
    const { request, seen } = await start([{ name: 'basic-auth' }])
    expect((await request({ headers: { authorization: basic('al:s3cret:é') } })).status).toBe(200)
    expect(seen[0]?.headers).toMatchObject({
      'x-consumer-id': aliceId,
      'x-consumer-username': 'alice',
      'x-credential-identifier': 'al',
      authorization: basic('al:s3cret:é'),
    })
  })

  test.each([
    ['a wrong password', basic('al:wrong')],
    ['an unknown name', basic('eve:s3cret:é')],
    ['no colon', basic('al')],
    ['another scheme', 'Bearer abc'],
    ['text that is not base64', 'Basic ***'],
    ['the stored hash as password', basic(`al:${hash('sha1', `s3cret:é${aliceId}`, 'hex')}`)],
  ])('are refused with %s', async (_, authorization) => {
    const answer = await (await start([{ name: 'basic-auth', config: { realm: 'models' } }])).request({
      headers: { authorization },
    })
    expect(answer.status).toBe(401)
    expect(answer.json()).toMatchObject({ message: 'Unauthorized' })
    expect(answer.headers['www-authenticate']).toBe('Basic realm="models"')
  })

  test('are asked for', async () => {
    const answer = await (await start([{ name: 'basic-auth' }])).request()
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Basic realm="service"')
  })

  test('may come in Proxy-Authorization, which is looked at first', async () => {
    const { request, seen } = await start([{ name: 'basic-auth', config: { hide_credentials: true } }])
    const headers = { 'proxy-authorization': basic('al:s3cret:é'), authorization: 'Bearer for-the-upstream' }
    expect((await request({ headers })).status).toBe(200)
    expect(seen[0]?.headers).not.toHaveProperty('proxy-authorization')
    expect(seen[0]?.headers.authorization).toBe('Bearer for-the-upstream')
    const wrong = { 'proxy-authorization': basic('al:wrong'), authorization: basic('al:s3cret:é') }
    expect((await request({ headers: wrong })).status).toBe(401)
  })

  test('are hidden from the upstream on demand', async () => {
    const { request, seen } = await start([{ name: 'basic-auth', config: { hide_credentials: true } }])
    await request({ headers: { authorization: basic('al:s3cret:é') } })
    expect(seen[0]?.headers).not.toHaveProperty('authorization')
  })
})

test('a name that is not ASCII reaches the upstream as UTF-8', async () => {
  const { request, seen } = await start([{ name: 'basic-auth' }], {
    consumers: [{ username: 'Zoë', basicauth_credentials: [{ username: 'zoë', password: 'p' }] }],
  })
  expect((await request({ headers: { authorization: basic('zoë:p') } })).status).toBe(200)
  const bytes = Buffer.from(String(seen[0]?.headers['x-consumer-username']), 'latin1')
  expect(bytes.toString('utf8')).toBe('Zoë')
})

test.each([
  [{ brute_force_protection: { strategy: 'off' } }, 401],
  [{ brute_force_protection: { strategy: 'memory' } }, 'only `off` is available'],
])('the config %j', async (config, expected) => {
  const started = start([{ name: 'basic-auth', config }])
  if (typeof expected === 'string') await expect(started).rejects.toThrow(expected)
  else expect((await (await started).request()).status).toBe(expected)
})

describe('stored passwords', () => {
  test('are hashes as Kong makes them', async () => {
    const started = await start([{ name: 'basic-auth' }])
    const stored = started.gateway.snapshot?.entities.find('basicauth_credentials', 'username', 'al')
    expect(stored?.password).toBe(hash('sha1', `s3cret:é${aliceId}`, 'hex'))
  })

  test('are taken as they are where the file says so', async () => {
    const { request } = await start(
      [{ name: 'basic-auth' }],
      { _transform: false },
      hash('sha1', `open sesame${aliceId}`, 'hex'),
    )
    expect((await request({ headers: { authorization: basic('al:open sesame') } })).status).toBe(200)
  })
})

describe('two authentication plugins', () => {
  const password = { authorization: basic('al:s3cret:é') }

  test('must both succeed', async () => {
    const { request, seen } = await start([{ name: 'basic-auth' }, { name: 'key-auth' }])
    expect((await request({ headers: password })).status).toBe(401)
    expect((await request({ headers: { apikey: 'bob-key' } })).status).toBe(401)
    expect((await request({ headers: { ...password, apikey: 'bob-key' } })).status).toBe(200)
    expect(seen[0]?.headers['x-consumer-username']).toBe('alice')
  })

  test('are alternatives where both know an anonymous consumer', async () => {
    const config = { anonymous: 'nobody' }
    const { request, seen } = await start([
      { name: 'basic-auth', config },
      { name: 'key-auth', config },
    ])
    await request({ headers: password })
    await request({ headers: { apikey: 'bob-key' } })
    await request({ headers: { apikey: 'bob-key', ...password } })
    await request()
    const callers = seen.map(({ headers }) => [headers['x-consumer-username'], headers['x-anonymous-consumer']])
    expect(callers).toEqual([
      ['alice', undefined],
      ['bob', undefined],
      ['bob', undefined],
      ['nobody', 'true'],
    ])
  })
})
