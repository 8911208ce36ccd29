import { describe, expect, test } from 'vitest'
import { maxBodySize } from '../../src/admin/body/content-type.ts'
import { createTestAdmin } from './support.ts'

const token = 'correct horse'

describe('the token', () => {
  const settings = { admin_token: token, admin_listen: '0.0.0.0:8001' }

  test.each([
    ['Kong-Admin-Token', token],
    ['Authorization', 'Bearer correct-horse'],
    ['authorization', 'bearer   correct-horse '],
  ])('lets in who sends %s: %s', async (name, value) => {
    const wanted = value === token ? token : 'correct-horse'
    const admin = await createTestAdmin(null, { settings: { ...settings, admin_token: wanted } })
    expect((await admin.get('/services', { [name]: value, Host: 'admin.example.test' })).status).toBe(200)
  })

  test.each([
    {},
    { 'Kong-Admin-Token': '' },
    { 'Kong-Admin-Token': 'wrong' },
    { 'Kong-Admin-Token': `${token} x` },
    { Authorization: `Basic ${token}` },
    { Authorization: 'Bearer wrong' },
    { Authorization: 'Bearer' },
  ])('keeps out who sends %j', async (headers) => {
    const admin = await createTestAdmin(null, { settings })
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/nothing'],
      ['POST', '/config'],
      ['OPTIONS', '/services'],
      ['HEAD', '/services'],
    ] as const) {
      const answer = await admin.send(method, path, undefined, { ...headers })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      if (method !== 'HEAD') expect(answer.json).toEqual({ message: 'Unauthorized' })
    }
  })

  test('may stand in the environment', async () => {
    const reference = { admin_token: '{vault://env/the-token}' }
    const admin = await createTestAdmin(null, { settings: reference, app: { env: { THE_TOKEN: 'from-outside' } } })
    expect((await admin.get('/', { 'Kong-Admin-Token': 'from-outside' })).status).toBe(200)
    expect((await admin.get('/', { 'Kong-Admin-Token': '{vault://env/the-token}' })).status).toBe(401)
  })

  test('that the environment does not have keeps the gateway from starting', async () => {
    const reference = { admin_token: '{vault://env/the-token}' }
    const missing = createTestAdmin(null, { settings: reference, app: { env: {} } })
    await expect(missing).rejects.toThrow(
      'admin_token: {vault://env/the-token} (environment variable THE_TOKEN is not set)',
    )
    const empty = createTestAdmin(null, { settings: reference, app: { env: { THE_TOKEN: '' } } })
    await expect(empty).rejects.toThrow('the token is empty')
  })
})

describe('without a token', () => {
  test.each(['localhost', 'LOCALHOST:8001', '127.0.0.1:8001', '127.8.9.1', '[::1]:8001', 'admin.localhost:8001'])(
    'the host %s is served',
    async (host) => {
      const admin = await createTestAdmin(null)
      expect((await admin.get('/services', { Host: host })).status).toBe(200)
    },
  )

  test.each([
    'evil.test',
    'evil.test:8001',
    '10.0.0.1:8001',
    'localhost.evil.test',
    '127.0.0.1.evil.test',
    '',
    '[::2]',
  ])('the host "%s" is refused', async (host) => {
    const admin = await createTestAdmin(null)
    const answer = await admin.get('/services', { Host: host })
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('loopback')
  })

  test('a request line that names another host is refused', async () => {
    const admin = await createTestAdmin(null)
    expect((await admin.get('http://evil.test/services', { Host: 'localhost' })).status).toBe(403)
  })

  test.each(['http://evil.test', 'null', 'http://localhost:9999', 'not a url'])(
    'a page of %s may not write',
    async (origin) => {
      const admin = await createTestAdmin(null)
      const headers = { Host: 'localhost:8001', Origin: origin, 'Content-Type': 'text/yaml' }
      const answer = await admin.send('POST', '/config', '_format_version: "3.0"', headers)
      expect([answer.status, admin.config()]).toEqual([403, null])
    },
  )

  test('a page of the same origin may write, and any page may ask, without being told', async () => {
    const admin = await createTestAdmin(null)
    const own = { Host: 'localhost:8001', Origin: 'http://localhost:8001', 'Content-Type': 'text/yaml' }
    expect((await admin.send('POST', '/config', '_format_version: "3.0"', own)).status).toBe(201)
    const read = await admin.get('/services', { Host: 'localhost:8001', Origin: 'http://evil.test' })
    expect([read.status, read.headers.get('access-control-allow-origin')]).toEqual([200, null])
  })
})

describe('bodies', () => {
  test.each([
    ['text/plain', '/config'],
    ['text/yaml', '/schemas/services/validate'],
    ['application/jsonx', '/schemas/services/validate'],
    ['text/html', '/services'],
  ])('of type %s are refused at %s', async (type, path) => {
    const admin = await createTestAdmin(null)
    const answer = await admin.send('POST', path, 'x', { 'Content-Type': type })
    expect([answer.status, answer.json]).toEqual([415, { message: 'Unsupported media type' }])
  })

  test('of several types at once are refused', async () => {
    const admin = await createTestAdmin(null)
    const answer = await admin.send('POST', '/services', '{}', { 'Content-Type': 'application/json, text/yaml' })
    expect([answer.status, answer.json]).toEqual([400, { message: 'Multiple Content-Type headers not allowed' }])
    const quoted = await admin.send('POST', '/services', '{}', { 'Content-Type': 'application/json; x="a,b"' })
    expect(quoted.status).toBe(405)
  })

  test('over the limit are refused, whether they say their size or not', async () => {
    const admin = await createTestAdmin(null)
    const large = new Uint8Array(maxBodySize + 1)
    const headers = { 'Content-Type': 'text/yaml' }
    const told = await admin.app.request('/config', {
      method: 'POST',
      body: large,
      headers: { ...headers, 'Content-Length': String(large.length) },
    })
    expect([told.status, await told.json()]).toEqual([413, { message: 'Payload too large' }])
    const untold = await admin.app.request('/config', { method: 'POST', body: large, headers })
    expect(untold.status).toBe(413)
  })
})
