import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import keyAuth from '../../src/plugins/key-auth/index.ts'
import { createTestGateway, type TestGateway, type TestRequest } from '../../src/testing/index.ts'

let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

interface Options {
  readonly config?: object
  readonly credential?: object
}

async function start({ config = {}, credential = { key: 'alice-key' } }: Options = {}): Promise<TestGateway> {
  gateway = await createTestGateway({
    plugins: [keyAuth],
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl, routes: [{ name: 'r', paths: ['/'] }] }],
      plugins: [{ name: 'key-auth', config }],
      consumers: [{ username: 'alice', custom_id: 'a-1', keyauth_credentials: [credential] }, { username: 'nobody' }],
    }),
  })
  return gateway
}

async function statusOf(request: TestRequest, options?: Options): Promise<number> {
  const { status } = await (gateway ?? (await start(options))).request(request)
  return status
}

describe('where a key is found', () => {
  test('takes a key from a header, whatever the case of its name', async () => {
    expect(await statusOf({ headers: { ApiKey: 'alice-key' } })).toBe(200)
  })

  test('takes a key from the query string', async () => {
    expect(await statusOf({ path: '/?apikey=alice-key' })).toBe(200)
  })

  test('does not take a key from a place that is switched off', async () => {
    const options = { config: { key_in_header: false, key_in_query: false } }
    expect(await statusOf({ headers: { apikey: 'alice-key' } }, options)).toBe(401)
    expect(await statusOf({ path: '/?apikey=alice-key' })).toBe(401)
    expect(await statusOf({ body: { apikey: 'alice-key' } })).toBe(401)
  })

  test('takes a key from a body that is JSON, URL-encoded or multipart', async () => {
    await start({ config: { key_in_body: true } })
    expect(await statusOf({ body: { apikey: 'alice-key' } })).toBe(200)
    const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'apikey=alice%2Dkey&b=1' }
    expect(await statusOf(form)).toBe(200)
    const multipart = {
      headers: { 'content-type': 'multipart/form-data; boundary="x y"' },
      body: '--x y\r\nContent-Disposition: form-data; name="apikey"\r\n\r\nalice-key\r\n--x y--\r\n',
    }
    expect(await statusOf(multipart)).toBe(200)
  })

  test('reads no body where a header has the key', async () => {
    await start({ config: { key_in_body: true } })
    const answer = await statusOf({ headers: { apikey: 'alice-key', 'content-type': 'image/png' }, body: 'no fields' })
    expect(answer).toBe(200)
  })

  test('answers 400 to a body that cannot be read', async () => {
    await start({ config: { key_in_body: true } })
    for (const [type, body] of [
      ['application/json', '{"apikey":'],
      ['application/json', '[1]'],
      ['image/png', 'x'],
      ['multipart/form-data; boundary=b', 'no boundary here'],
      ['multipart/form-data', 'no boundary named'],
    ]) {
      const answer = await gateway?.request({ headers: { 'content-type': type ?? '' }, body: body ?? '' })
      expect(answer?.status).toBe(400)
      expect(answer?.json()).toMatchObject({ message: 'Cannot process request body' })
    }
  })

  test('looks under the names in their order', async () => {
    await start({ config: { key_names: ['x-first', 'x-second'] } })
    expect(await statusOf({ headers: { 'x-first': 'wrong', 'x-second': 'alice-key' } })).toBe(401)
    expect(await statusOf({ headers: { 'x-second': 'alice-key' } })).toBe(200)
  })
})

describe('keys of LLM clients', () => {
  const llm = { config: { key_names: ['authorization', 'x-api-key', 'apikey'] } }

  test('takes the key behind Bearer, as the OpenAI SDK sends it', async () => {
    await start(llm)
    expect(await statusOf({ headers: { authorization: 'Bearer alice-key' } })).toBe(200)
    expect(await statusOf({ headers: { authorization: 'bearer   alice-key' } })).toBe(200)
    expect(await statusOf({ headers: { authorization: 'alice-key' } })).toBe(200)
    expect(await statusOf({ headers: { authorization: 'Bearer other-key' } })).toBe(401)
    expect(await statusOf({ headers: { authorization: 'Bearer ' } })).toBe(401)
    expect(await statusOf({ headers: { authorization: 'Basic alice-key' } })).toBe(401)
  })

  test('takes the key in x-api-key, as the Anthropic SDK sends it', async () => {
    expect(await statusOf({ headers: { 'x-api-key': 'alice-key' } }, llm)).toBe(200)
  })

  test('strips no scheme from other headers or the query', async () => {
    await start(llm)
    expect(await statusOf({ headers: { apikey: 'Bearer alice-key' } })).toBe(401)
    expect(await statusOf({ path: '/?authorization=Bearer%20alice-key' })).toBe(401)
  })

  test('finds a key that was stored with its scheme, as files written for Kong have it', async () => {
    const options = { ...llm, credential: { key: 'Bearer alice-key' } }
    expect(await statusOf({ headers: { authorization: 'Bearer alice-key' } }, options)).toBe(200)
  })
})

describe('clients as they are', () => {
  const config = { key_names: ['authorization', 'x-api-key', 'apikey'], hide_credentials: true }

  test('the OpenAI SDK needs nothing but the base URL and the key', async () => {
    const { url, seen } = await start({ config })
    const openai = new OpenAI({ apiKey: 'alice-key', baseURL: `${url}/v1`, maxRetries: 0 })
    expect((await openai.models.list().asResponse()).status).toBe(200)
    expect(seen[0]?.headers['x-consumer-username']).toBe('alice')
    expect(JSON.stringify(seen)).not.toContain('alice-key')
    const stranger = new OpenAI({ apiKey: 'wrong', baseURL: `${url}/v1`, maxRetries: 0 })
    await expect(stranger.models.list()).rejects.toThrow(OpenAI.AuthenticationError)
  })

  test('the Anthropic SDK needs nothing but the base URL and the key', async () => {
    const { url, seen } = await start({ config })
    const anthropic = new Anthropic({ apiKey: 'alice-key', baseURL: url, maxRetries: 0 })
    expect((await anthropic.models.list().asResponse()).status).toBe(200)
    expect(seen[0]?.headers['x-consumer-username']).toBe('alice')
    expect(JSON.stringify(seen)).not.toContain('alice-key')
  })
})

describe('what Konnect writes', () => {
  test('is taken where it means the keys of this configuration', async () => {
    const config = { identity_realms: [{ scope: 'cp', id: null, region: null }] }
    expect(await statusOf({ headers: { apikey: 'alice-key' } }, { config })).toBe(200)
    await expect(start({ config: { identity_realms: [{ scope: 'realm' }] } })).rejects.toThrow('only `cp`')
  })
})

describe('refusals', () => {
  test('say that there is no key', async () => {
    const answer = await (await start()).request()
    expect(answer.status).toBe(401)
    expect(answer.json()).toMatchObject({ message: 'No API key found in request' })
    expect(answer.headers['www-authenticate']).toBe('Key')
    expect(gateway?.seen).toEqual([])
  })

  test('name the realm', async () => {
    const answer = await (await start({ config: { realm: 'my "models"' } })).request({ headers: { apikey: 'wrong' } })
    expect(answer.json()).toMatchObject({ message: 'Unauthorized' })
    expect(answer.headers['www-authenticate']).toBe('Key realm="my \\"models\\""')
  })

  test('say that there is more than one key', async () => {
    await start({ config: { key_in_body: true } })
    for (const request of [
      { headers: { apikey: ['alice-key', 'alice-key'] } },
      { path: '/?apikey=alice-key&apikey=alice-key' },
      { body: { apikey: ['alice-key'] } },
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'apikey=1&apikey=2' },
    ]) {
      const answer = await gateway?.request(request)
      expect(answer?.status).toBe(401)
      expect(answer?.json()).toMatchObject({ message: 'Duplicate API key found' })
    }
  })

  test('treat an empty key as none', async () => {
    const answer = await (await start()).request({ path: '/?apikey=&apikey2', headers: { apikey: '' } })
    expect(answer.json()).toMatchObject({ message: 'No API key found in request' })
  })

  test('let preflights pass where they need not authenticate', async () => {
    await start({ config: { run_on_preflight: false } })
    expect(await statusOf({ method: 'OPTIONS' })).toBe(200)
    expect(await statusOf({ method: 'GET' })).toBe(401)
  })
})

describe('the life of a key', () => {
  const now = Math.floor(Date.now() / 1000)

  test.each([
    ['has time left', { ttl: 60 }, 200],
    ['does not end', { ttl: 0 }, 200],
    ['is over', { ttl: 60, created_at: now - 61 }, 401],
    ['ends at a moment ahead', { ttl: now + 60 }, 200],
    ['ended at a moment past', { ttl: now - 1 }, 401],
  ])('a key that %s', async (_, fields, status) => {
    const options = { credential: { key: 'alice-key', ...fields } }
    expect(await statusOf({ headers: { apikey: 'alice-key' } }, options)).toBe(status)
  })
})

describe('what the upstream sees', () => {
  test('learns who calls, and cannot be lied to', async () => {
    const { request, seen } = await start({
      credential: { key: 'alice-key', id: 'b9a5a8ce-3f0c-4a38-8b39-4f8b1ac7d9e1' },
    })
    await request({
      headers: { apikey: 'alice-key', 'x-consumer-username': 'root', 'x-anonymous-consumer': 'true' },
    })
    expect(seen[0]?.headers).toMatchObject({
      'x-consumer-username': 'alice',
      'x-consumer-custom-id': 'a-1',
      'x-credential-identifier': 'b9a5a8ce-3f0c-4a38-8b39-4f8b1ac7d9e1',
      apikey: 'alice-key',
    })
    expect(seen[0]?.headers['x-consumer-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(seen[0]?.headers).not.toHaveProperty('x-anonymous-consumer')
  })

  test('does not see the key where it is hidden', async () => {
    const { request, seen } = await start({ config: { hide_credentials: true, key_in_body: true } })
    await request({ path: '/a?b=1&apikey=alice-key&c=%2F', headers: {} })
    await request({ headers: { apikey: 'alice-key' } })
    await request({
      body: '{"apikey":"alice-key","id":12345678901234567890}',
      headers: { 'content-type': 'application/json' },
    })
    await request({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'apikey=alice-key&b=1' })
    await request({
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: [
        '--b\r\nContent-Disposition: form-data; name=apikey\r\n\r\nalice-key\r\n',
        '--b\r\nContent-Disposition: form-data; name="file"; filename="apikey"\r\n\r\nkept\r\n--b--\r\n',
      ].join(''),
    })
    expect(seen.map(({ url }) => url)).toEqual(['/a?b=1&c=%2F', '/', '/', '/', '/'])
    expect(seen[1]?.headers).not.toHaveProperty('apikey')
    expect(seen[2]?.body).toBe('{"id":12345678901234567890}')
    expect(seen[3]?.body).toBe('b=1')
    expect(seen[4]?.body).toBe(
      '--b\r\nContent-Disposition: form-data; name="file"; filename="apikey"\r\n\r\nkept\r\n--b--\r\n',
    )
    expect(JSON.stringify(seen)).not.toContain('alice-key')
  })
})

describe('the anonymous consumer', () => {
  test('stands for whoever has no key', async () => {
    const { request, seen } = await start({ config: { anonymous: 'nobody' } })
    expect((await request({ headers: { 'x-credential-identifier': 'forged' } })).status).toBe(200)
    expect(seen[0]?.headers).toMatchObject({ 'x-consumer-username': 'nobody', 'x-anonymous-consumer': 'true' })
    expect(seen[0]?.headers).not.toHaveProperty('x-credential-identifier')
    expect(seen[0]?.headers).not.toHaveProperty('x-consumer-custom-id')
  })

  test('is not needed by whoever has one', async () => {
    const { request, seen } = await start({ config: { anonymous: 'nobody' } })
    await request({ headers: { apikey: 'alice-key' } })
    expect(seen[0]?.headers).toMatchObject({ 'x-consumer-username': 'alice' })
  })

  test('must exist', async () => {
    const answer = await (await start({ config: { anonymous: 'ghost' } })).request()
    expect(answer.status).toBe(500)
    expect(answer.json()).toMatchObject({ message: "anonymous consumer ghost is configured but doesn't exist" })
    expect(gateway?.logs.join('')).toContain('ghost')
  })
})

test('makes up a key where a credential names none', async () => {
  const started = await start({ credential: { tags: ['made-up'] } })
  const [credential] = started.gateway.snapshot?.entities.set.all('keyauth_credentials') ?? []
  expect(credential?.key).toMatch(/^[A-Za-z0-9_-]{32}$/)
  expect(await statusOf({ headers: { apikey: String(credential?.key) } })).toBe(200)
})
