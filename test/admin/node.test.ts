import { beforeAll, describe, expect, test } from 'vitest'
import { fixture } from './fixture.ts'
import { answerOf, createTestAdmin, type TestAdmin } from './support.ts'

let admin: TestAdmin
beforeAll(async () => {
  admin = await createTestAdmin(fixture)
})

describe('the node', () => {
  test('tells of itself, its plugins and its settings', async () => {
    const answer = await admin.get('/')
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({
      version: '9.8.7',
      tagline: 'Welcome to Tollgate',
      edition: 'community',
      hostname: 'gate-1',
      node_id: admin.context.nodeId,
      pids: { master: process.pid, workers: [7] },
      plugins: {
        available_on_server: {
          'key-auth': { version: '9.8.7', priority: 1250 },
          'vault-door': { version: '2.0.0', priority: 77 },
        },
        enabled_in_cluster: ['key-auth', 'rate-limiting', 'vault-door'],
      },
      configuration: { database: 'off', log_level: 'notice', router_flavor: 'traditional_compatible' },
    })
  })

  test('keeps the secrets of its settings', async () => {
    const settings = { admin_token: 'a-long-secret-token', declarative_config_string: '_format_version: "3.0"' }
    const closed = await createTestAdmin(null, { settings })
    const answer = await closed.get('/', { 'Kong-Admin-Token': 'a-long-secret-token' })
    expect(answer.json).toMatchObject({ configuration: { admin_token: '<redacted>' } })
    expect(answer.text).not.toContain('a-long-secret-token')
    expect(answer.text).not.toContain('_format_version')
  })

  test('tells its state', async () => {
    const answer = await admin.get('/status')
    expect(answer.json).toEqual({
      memory: {
        workers_lua_vms: [
          { http_allocated_gc: '1.00 MiB', pid: 7, thread: 1 },
          { http_allocated_gc: '0.00 MiB', pid: 7, thread: 2 },
        ],
        lua_shared_dicts: {},
      },
      server: {
        connections_active: 4,
        connections_reading: 0,
        connections_writing: 2,
        connections_waiting: 2,
        total_requests: 15,
      },
      configuration_hash: admin.config()?.hash,
    })
  })

  test.each([
    ['unit=k&scale=1', '1024.0 KiB'],
    ['unit=K', '1024.00 KiB'],
    ['unit=g&scale=0', '0 GiB'],
    ['unit=b', 1048576],
  ])('tells memory with %s', async (query, expected) => {
    expect((await admin.get(`/status?${query}`)).json).toMatchObject({
      memory: { workers_lua_vms: [{ http_allocated_gc: expected }, {}] },
    })
  })

  test.each(['unit=x', 'unit=', 'scale=x', 'scale=-1', 'scale=1000', 'unit=constructor'])(
    'refuses to tell memory with %s',
    async (query) => {
      const answer = await admin.get(`/status?${query}`)
      expect(answer.status).toBe(400)
      expect(answer.text).toMatch(/unit|scale/)
    },
  )

  test('lists its endpoints', async () => {
    expect((await admin.get('/endpoints')).json).toMatchObject({
      data: expect.arrayContaining([
        '/',
        '/config',
        '/services',
        '/services/{services}',
        '/services/{services}/routes/{routes}',
        '/consumers/{consumers}/key-auth',
        '/upstreams/{upstreams}/targets/{targets}/{address}/healthy',
      ]),
    })
  })

  test('gives metrics, enabled plugins and its log level', async () => {
    const metrics = await admin.get('/metrics')
    expect([metrics.text, metrics.headers.get('content-type')]).toEqual([
      '# TYPE up gauge\nup 1\n',
      'text/plain; version=0.0.4; charset=utf-8',
    ])
    expect((await admin.get('/plugins/enabled')).json).toEqual({
      enabled_plugins: ['acl', 'basic-auth', 'key-auth', 'rate-limiting', 'vault-door'],
    })
    expect((await admin.get('/debug/node/log-level')).json).toEqual({ message: 'log level: notice' })
    const changed = await admin.send('PUT', '/debug/node/log-level/debug')
    expect([changed.status, changed.json]).toEqual([
      405,
      { message: 'cannot change log level when not using a database' },
    ])
  })

  test('adds its own headers, unless the settings say otherwise', async () => {
    for (const path of ['/', '/nothing', '/services?size=0']) {
      const { headers } = await admin.get(path)
      expect(headers.get('server')).toBe('tollgate/9.8.7')
      expect(headers.get('x-kong-admin-latency')).toMatch(/^\d+$/)
    }
    const quiet = await createTestAdmin(null, { settings: { headers: 'off' } })
    const { headers } = await quiet.get('/')
    expect([headers.get('server'), headers.get('x-kong-admin-latency')]).toEqual([null, null])
  })

  test('tells no more than that it failed, and reports why', async () => {
    const broken = await createTestAdmin(null, { workers: () => Promise.reject(new Error('thread 3 is gone')) })
    const answer = await broken.get('/status')
    expect([answer.status, answer.json]).toEqual([500, { message: 'An unexpected error occurred' }])
    expect(broken.errors.map(({ message }) => message)).toEqual(['thread 3 is gone'])
    const status = await answerOf(await broken.status.request('/status'))
    expect(status.status).toBe(500)
    const silent = await createTestAdmin(null, { workers: () => Promise.reject(new Error('x')), app: {} })
    expect((await silent.get('/')).status).toBe(500)
  })
})

describe('the Status API', () => {
  const ask = async (node: TestAdmin, path: string, method = 'GET') =>
    answerOf(await node.status.request(path, { method }))

  test('is ready once a configuration is served, and until the node stops', async () => {
    const node = await createTestAdmin(null)
    const before = await ask(node, '/status/ready')
    expect([before.status, before.json]).toEqual([
      503,
      { message: 'no configuration available (empty configuration present)' },
    ])
    await node.send('POST', '/config', { _format_version: '3.0' })
    const ready = await ask(node, '/status/ready')
    expect([ready.status, ready.json]).toEqual([200, { message: 'ready' }])
    node.drain()
    const late = await ask(node, '/status/ready')
    expect([late.status, late.json]).toEqual([503, { message: 'draining' }])
  })

  test('tells state and metrics, and nothing of the configuration', async () => {
    expect((await ask(admin, '/status')).json).toMatchObject({ server: { total_requests: 15 } })
    expect((await ask(admin, '/metrics')).text).toContain('up 1')
    for (const path of ['/', '/services', '/config']) expect((await ask(admin, path)).status).toBe(404)
    expect((await ask(admin, '/status', 'POST')).status).toBe(405)
    expect((await ask(admin, '/status')).headers.get('server')).toBe('tollgate/9.8.7')
  })

  test('needs no token', async () => {
    const closed = await createTestAdmin(null, { settings: { admin_token: 'a-long-secret-token' } })
    expect((await ask(closed, '/status')).status).toBe(200)
  })
})
