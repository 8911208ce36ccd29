import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { definePlugin } from '../../src/pdk/index.ts'
import acl from '../../src/plugins/acl/index.ts'
import keyAuth from '../../src/plugins/key-auth/index.ts'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'

let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

/** Stands for a plugin that learns groups from a token. */
const tokenGroups = definePlugin({
  name: 'token-groups',
  priority: 1200,
  config: z.strictObject({ credential: z.boolean().default(false) }),
  access(kong, config) {
    const groups = kong.request.getHeader('x-token-groups')
    if (groups !== undefined) kong.ctx.setShared('authenticated_groups', groups.split(','))
    if (config.credential) kong.client.authenticate(kong.client.getConsumer(), { id: 'token' })
  },
})

async function start(config: object, others: readonly object[] = [{ name: 'key-auth' }]): Promise<TestGateway> {
  gateway = await createTestGateway({
    plugins: [acl, keyAuth, tokenGroups],
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl, routes: [{ name: 'r', paths: ['/'] }] }],
      plugins: [{ name: 'acl', config }, ...others],
      consumer_groups: [{ name: 'gold' }],
      consumers: [
        { username: 'ann', keyauth_credentials: [{ key: 'ann' }], acls: [{ group: 'staff' }, { group: 'admins' }] },
        { username: 'bob', keyauth_credentials: [{ key: 'bob' }], acls: [{ group: 'guests' }] },
        { username: 'cat', keyauth_credentials: [{ key: 'cat' }], groups: [{ name: 'gold' }] },
        { username: 'nobody' },
      ],
    }),
  })
  return gateway
}

const as = (key: string, headers: Record<string, string> = {}) => ({ headers: { apikey: key, ...headers } })

describe('an allow list', () => {
  test('lets its groups pass and tells the upstream all groups', async () => {
    const { request, seen } = await start({ allow: ['admins', 'other'] })
    expect((await request(as('ann'))).status).toBe(200)
    expect(seen[0]?.headers['x-consumer-groups']).toBe('staff, admins')
  })

  test('keeps out everybody else', async () => {
    const { request } = await start({ allow: ['staff'] })
    for (const key of ['bob', 'cat']) {
      const answer = await request(as(key))
      expect(answer.status).toBe(403)
      expect(answer.json()).toMatchObject({ message: 'You cannot consume this service' })
    }
  })

  test('asks who calls where that is not known', async () => {
    const { request } = await start({ allow: ['staff'] }, [])
    const answer = await request()
    expect(answer.status).toBe(401)
    expect(answer.json()).toMatchObject({ message: 'Unauthorized' })
  })

  test('asks an anonymous consumer that is in no group', async () => {
    const { request } = await start({ allow: ['staff'] }, [{ name: 'key-auth', config: { anonymous: 'nobody' } }])
    expect((await request()).status).toBe(401)
  })

  test('keeps out a credential without a consumer', async () => {
    const { request } = await start({ allow: ['staff'] }, [{ name: 'token-groups', config: { credential: true } }])
    expect((await request()).status).toBe(403)
  })
})

describe('a deny list', () => {
  test('keeps out its groups and lets others pass, those without a group too', async () => {
    const { request, seen } = await start({ deny: ['guests'] })
    expect((await request(as('bob'))).status).toBe(403)
    expect((await request(as('ann'))).status).toBe(200)
    expect((await request(as('cat', { 'x-consumer-groups': 'forged' }))).status).toBe(200)
    expect(seen[1]?.headers).not.toHaveProperty('x-consumer-groups')
  })
})

test('hides the groups from the upstream', async () => {
  const { request, seen } = await start({ allow: ['staff'], hide_groups_header: true })
  await request(as('ann', { 'x-consumer-groups': 'forged' }))
  expect(seen[0]?.headers).not.toHaveProperty('x-consumer-groups')
})

test('counts consumer groups on demand', async () => {
  const { request, seen } = await start({ allow: ['gold'], include_consumer_groups: true })
  expect((await request(as('cat'))).status).toBe(200)
  expect(seen[0]?.headers['x-consumer-groups']).toBe('gold')
  expect((await request(as('ann'))).status).toBe(403)
})

describe('groups that authentication found', () => {
  const withToken = [{ name: 'key-auth' }, { name: 'token-groups' }]

  test('count where there is no consumer', async () => {
    const { request, seen } = await start({ allow: ['staff'] }, [{ name: 'token-groups' }])
    expect((await request({ headers: { 'x-token-groups': 'staff,a' } })).status).toBe(200)
    expect(seen[0]?.headers['x-authenticated-groups']).toBe('staff, a')
    expect((await request({ headers: { 'x-token-groups': 'a' } })).status).toBe(403)
  })

  test('do not count beside a consumer with a credential', async () => {
    const { request } = await start({ allow: ['staff'] }, withToken)
    expect((await request(as('bob', { 'x-token-groups': 'staff' }))).status).toBe(403)
  })

  test('come first where the config says so', async () => {
    const { request } = await start({ allow: ['staff'], always_use_authenticated_groups: true }, withToken)
    expect((await request(as('bob', { 'x-token-groups': 'staff' }))).status).toBe(200)
    expect((await request(as('ann', { 'x-token-groups': 'guests' }))).status).toBe(403)
    expect((await request(as('ann'))).status).toBe(200)
  })
})

test.each([[{}], [{ allow: ['a'], deny: ['b'] }]])('refuses the config %j', async (config) => {
  await expect(start(config)).rejects.toThrow(/exactly one of these fields must be non-empty: 'allow', 'deny'/)
})
