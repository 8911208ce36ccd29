import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { isSecretField } from '../../src/admin/secret-fields.ts'
import { isSecretName } from '../../src/secrets/secret-names.ts'
import { fixture, ids, secrets } from './fixture.ts'
import { createTestAdmin, type TestAdmin } from './support.ts'

let admin: TestAdmin
beforeAll(async () => {
  admin = await createTestAdmin(fixture)
})

const found = (text: string) => secrets.filter((secret) => text.includes(secret))

describe('no secret is printed', () => {
  test('by any address that can be read', async () => {
    const { data } = z.object({ data: z.array(z.string()) }).parse((await admin.get('/endpoints')).json)
    const names: Readonly<Record<string, string>> = {
      consumers: 'alice',
      upstreams: 'cart-pool',
      certificates: ids.certificate,
      services: 'shop',
      routes: 'shop-a',
      plugins: 'front',
      keys: 'first',
      key_sets: 'ring',
      partials: 'counters',
      badges: 'b-1',
      keyauth_credentials: 'sk-alice-key',
      basicauth_credentials: 'al',
      targets: '127.0.0.1:9001',
    }
    let read = 0
    for (const pattern of data) {
      const path = pattern.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => names[name] ?? name)
      const answer = await admin.get(path)
      if (answer.status !== 200) continue
      read++
      expect({ path, found: found(answer.text) }).toEqual({ path, found: [] })
    }
    expect(read).toBeGreaterThan(60)
  })

  test('by the answer to a new configuration', async () => {
    const other = await createTestAdmin(null)
    const answer = await other.send('POST', '/config', fixture, { 'Content-Type': 'application/json' })
    expect([answer.status, found(answer.text)]).toEqual([201, []])
  })

  test('beside the errors of a bad configuration', async () => {
    const bad = {
      _format_version: '3.0',
      consumers: [{ username: '', keyauth_credentials: [{ key: 'sk-alice-key', tags: 'x' }] }],
      plugins: [{ name: 'vault-door', config: { api_key: 'opaque-api-key', tokens: 'x', constructor: 1 } }],
    }
    const answer = await admin.send('POST', '/config?flatten_errors=1', bad)
    expect([answer.status, found(answer.text)]).toEqual([400, []])
    expect(answer.text).toContain('"api_key":"REDACTED"')
    expect(answer.text).toContain('"key":"REDACTED"')
  })
})

describe('what is shown of an entity with secrets', () => {
  test('is all but the secrets, with vault references as they are', async () => {
    expect((await admin.get('/plugins/front')).json).toMatchObject({
      config: {
        auth: { header_name: 'authorization', header_value: 'REDACTED', value: 'REDACTED' },
        api_key: 'REDACTED',
        public_key: 'everybody may see this',
        tokens: 42,
        token: 'some',
        code: 'REDACTED',
        cache_token: 'said to be none',
        endpoint: 'https://REDACTED@log.test/in?api_key=REDACTED&mode=fast',
        headers: { 'X-Api-Key': 'REDACTED', accept: 'text/html' },
        add: ['authorization:REDACTED', 'x-mode:fast', 'x-api-key:{vault://env/door-key}'],
        doors: [
          { name: 'cellar', secret: 'REDACTED' },
          { name: 'attic', secret: '{vault://env/attic}' },
        ],
        either: { password: 'REDACTED', hint: 'as always' },
      },
    })
    expect((await admin.get('/consumers/alice/key-auth')).json).toMatchObject({
      data: [{ key: 'REDACTED' }, { key: '{vault://env/alice-key}' }],
    })
    expect((await admin.get('/partials/counters')).json).toMatchObject({
      config: { host: 'redis.test', password: 'REDACTED' },
    })
    expect((await admin.get('/upstreams/cart-pool')).json).toMatchObject({
      healthchecks: { active: { headers: { 'X-Api-Key': ['REDACTED'] } } },
      sticky_sessions_cookie: null,
    })
  })

  test('does not take a text for a reference that only looks like one', async () => {
    const sly = await createTestAdmin(
      '{"_format_version":"3.0","consumers":[{"username":"a","keyauth_credentials":[{"key":"{vault://env/a} and {more}"},{"key":"Basic eDp5"}]}]}',
    )
    expect((await sly.get('/key-auths')).json).toMatchObject({ data: [{ key: 'REDACTED' }, { key: 'REDACTED' }] })
  })

  test('masks every part of a secret that is a table, numbers included', async () => {
    const file = {
      _format_version: '3.0',
      partials: [
        {
          name: 'p',
          type: 'redis-ce',
          config: { password: { a: 1, b: ['x', '', null, true] }, token: 12, note: 'Bearer abc', n: null },
        },
      ],
    }
    const partial = await createTestAdmin(JSON.stringify(file))
    expect((await partial.get('/partials/p')).json).toMatchObject({
      config: {
        password: { a: 'REDACTED', b: ['REDACTED', '', null, true] },
        token: 'REDACTED',
        note: 'Bearer REDACTED',
      },
    })
  })
})

describe('the rule for names', () => {
  test.each([
    'password',
    'redis_password',
    'client_secret',
    'secrets',
    'key',
    'api_key',
    'apikey',
    'X-Api-Key',
    'Authorization',
    'Cookie',
    'header_value',
    'param_value',
    'aws_secret_access_key',
    'gcp_service_account_json',
    'access_token',
    'client_jwk',
  ])('%s is secret', (name) => {
    expect(isSecretName(name)).toBe(true)
  })

  test.each([
    'key_names',
    'public_key',
    'cache_key',
    'header_name',
    'max_tokens',
    'hash_on_cookie',
    'token_limit',
    'keyspace',
    'value',
  ])('%s is not', (name) => {
    expect(isSecretName(name)).toBe(false)
  })

  test('gives way to what the schema says, wherever it says it', () => {
    const secret = z.string().meta({ secret: true })
    const wrapped = [
      secret.optional(),
      secret.nullable().default(null),
      z.string().optional().meta({ secret: true }),
      secret.prefault('x').readonly(),
      secret.pipe(z.string()),
      z.string().meta({ secret: true }).describe('what it is'),
      z.union([z.number(), secret]),
      z.array(secret).optional(),
    ]
    for (const schema of wrapped) expect(isSecretField('plain', schema)).toBe(true)
    expect(isSecretField('password', z.string().meta({ secret: false }))).toBe(false)
    expect(isSecretField('password', z.boolean().optional())).toBe(false)
    expect(isSecretField('plain', z.string().optional())).toBe(false)
    expect(isSecretField('value', z.string(), 'auth')).toBe(true)
  })
})
