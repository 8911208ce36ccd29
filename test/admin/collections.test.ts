import { beforeAll, describe, expect, test } from 'vitest'
import { fixture, ids } from './fixture.ts'
import { createTestAdmin, listed, nextOf, type TestAdmin } from './support.ts'

let admin: TestAdmin
beforeAll(async () => {
  admin = await createTestAdmin(fixture)
})

describe('a collection', () => {
  test('lists what the file has, with every default, and the workspace hidden', async () => {
    const answer = await admin.get('/services')
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({
      data: [
        { id: ids.shop, name: 'shop', host: 'shop.test', path: '/api', retries: 5, client_certificate: null },
        { name: 'cart' },
        { name: 'till', client_certificate: { id: ids.certificate } },
      ],
      next: null,
    })
    expect(answer.json).not.toHaveProperty('offset')
    expect(answer.text).not.toContain('ws_id')
  })

  test('is empty, and no error, before there is a configuration', async () => {
    const empty = await createTestAdmin(null)
    expect((await empty.get('/routes')).json).toEqual({ data: [], next: null })
  })

  test.each([
    ['/consumers', 2],
    ['/consumer_groups', 2],
    ['/key-auths', 2],
    ['/basic-auths', 1],
    ['/acls', 2],
    ['/badges', 1],
    ['/plugins', 3],
    ['/certificates', 1],
    ['/ca_certificates', 0],
    ['/snis', 1],
    ['/upstreams', 2],
    ['/targets', 4],
    ['/keys', 1],
    ['/key-sets', 1],
    ['/vaults', 1],
    ['/partials', 1],
  ])('%s is served', async (path, count) => {
    expect(listed(await admin.get(path))).toHaveLength(count)
  })

  test('takes a slash at the end', async () => {
    expect(listed(await admin.get('/services/'))).toEqual(['shop', 'cart', 'till'])
  })

  test('finds a consumer by its custom_id', async () => {
    expect(listed(await admin.get('/consumers?custom_id=crm-1'), 'username')).toEqual(['alice'])
    expect((await admin.get('/consumers?custom_id=nobody')).json).toEqual({ data: [], next: null })
    const refused = await admin.get('/consumers?custom_id=')
    expect([refused.status, refused.json]).toEqual([400, { message: 'custom_id must be an unempty string' }])
    expect(listed(await admin.get('/consumers'), 'username')).toEqual(['alice', 'bob'])
  })
})

describe('one entity', () => {
  test.each([
    ['by id', `/services/${ids.shop}`],
    ['by id in capitals', `/services/${ids.shop.toUpperCase()}`],
    ['by name', '/services/shop'],
    ['below its parent', '/certificates/till.test/services/till'],
  ])('is found %s', async (_how, path) => {
    const answer = await admin.get(path)
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ retries: 5 })
  })

  test.each([
    ['/plugins/front', { name: 'vault-door' }],
    ['/vaults/my-env', { name: 'env' }],
    ['/certificates/till.test', { id: ids.certificate }],
    ['/key-sets/ring/keys/first', { kid: 'k1' }],
    ['/consumers/alice/acls/staff', { group: 'staff' }],
    ['/consumers/alice/key-auth/sk-alice-key', { tags: null }],
    ['/upstreams/cart-pool/targets/127.0.0.2%3A9001', { weight: 100 }],
  ])('is found at %s', async (path, shape) => {
    const answer = await admin.get(path)
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject(shape)
  })

  test.each([
    '/services/nothing',
    '/services/99999999-9999-4999-8999-999999999999',
    '/nonsense',
    '/services/cart/routes/shop-a',
    '/services/nothing/routes',
    '/upstreams/plain-pool/targets/127.0.0.1:9001',
    '/routes/loose/service',
    '/certificates/other.test',
    '/ca_certificates/x',
    '/acls/staff',
    `/consumers/bob/consumer_groups/gold`,
  ])('is not found at %s', async (path) => {
    const answer = await admin.get(path)
    expect([answer.status, answer.json]).toEqual([404, { message: 'Not found' }])
  })
})

describe('entities below others', () => {
  test.each([
    ['/services/shop/routes', 'name', ['shop-a', 'shop-b', 'shop-c']],
    ['/services/shop/plugins', 'name', ['rate-limiting']],
    ['/routes/shop-a/plugins', 'name', ['key-auth']],
    ['/consumers/alice/basic-auth', 'username', ['al']],
    ['/consumers/alice/badges', 'serial', ['b-1']],
    ['/upstreams/plain-pool/targets', 'target', ['127.0.0.3:80', '127.0.0.4:80']],
    ['/upstreams/plain-pool/targets/all', 'target', ['127.0.0.3:80', '127.0.0.4:80']],
    ['/consumer_groups/gold/consumers', 'username', ['alice']],
    ['/consumer_groups/silver/consumers', 'username', []],
    ['/consumers/alice/consumer_groups', 'name', ['gold']],
    [`/certificates/${ids.certificate}/snis`, 'name', ['till.test']],
    ['/key-sets/ring/keys', 'name', ['first']],
  ])('%s', async (path, field, expected) => {
    expect(listed(await admin.get(path), field)).toEqual(expected)
  })

  test('lead back to their parents', async () => {
    expect((await admin.get('/routes/shop-a/service')).json).toMatchObject({ name: 'shop' })
    expect((await admin.get('/keys/first/set')).json).toMatchObject({ name: 'ring' })
    expect((await admin.get('/consumer_groups/gold/consumers/alice')).json).toMatchObject({ username: 'alice' })
  })
})

describe('paging', () => {
  test('goes through a list with size and offset', async () => {
    const first = await admin.get('/services?size=2&tags=red%2Fgreen')
    expect(listed(first)).toEqual(['shop', 'cart'])
    expect(nextOf(first)).toMatch(/^\/services\?offset=[\w%]+&tags=red%2Fgreen&size=2$/)
    const second = await admin.get(nextOf(first))
    expect(listed(second)).toEqual(['till'])
    expect(second.json).toMatchObject({ next: null })
  })

  test('of a nested list has no more than the offset in the next address', async () => {
    const first = await admin.get('/services/shop/routes/?size=1')
    expect(nextOf(first)).toMatch(/^\/services\/shop\/routes\?offset=[\w%]+$/)
    expect(listed(await admin.get(nextOf(first)))).toEqual(['shop-b', 'shop-c'])
  })

  test('goes on at the same entity after the list has changed', async () => {
    const changing = await createTestAdmin(
      '{"_format_version":"3.0","consumers":[{"username":"a"},{"username":"b"},{"username":"c"}]}',
    )
    const next = nextOf(await changing.get('/consumers?size=1'))
    await changing.send('POST', '/config', {
      _format_version: '3.0',
      consumers: [{ username: '0' }, { username: 'a' }, { username: 'b' }],
    })
    expect(listed(await changing.get(next), 'username')).toEqual(['b'])
    await changing.send('POST', '/config', { _format_version: '3.0', consumers: [{ username: 'x' }] })
    expect(listed(await changing.get(next), 'username')).toEqual([])
  })

  test.each(['0', '1001', 'many', '-1', '1.5', ''])('refuses the size %j', async (size) => {
    const answer = await admin.get(`/services?size=${size}`)
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      code: 9,
      name: 'invalid size',
      message: 'size must be an integer between 1 and 1000',
    })
  })

  test('takes the least and the greatest size', async () => {
    expect(listed(await admin.get('/services?size=1'))).toHaveLength(1)
    expect(listed(await admin.get('/services?size=1000'))).toHaveLength(3)
  })

  test.each([
    ['*', 'bad base64 encoding'],
    ['', 'bad base64 encoding'],
    ['aGVsbG8=', 'it was not made by this gateway'],
  ])('refuses the offset %j', async (offset, reason) => {
    const answer = await admin.get(`/services?offset=${encodeURIComponent(offset)}`)
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      code: 7,
      name: 'invalid offset',
      message: `'${offset}' is not a valid offset: ${reason}`,
    })
  })
})

describe('tags', () => {
  test.each([
    ['red', ['shop', 'cart']],
    ['red,blue', ['shop']],
    ['blue/green', ['shop', 'till']],
    ['none', []],
    ['a/b/c/d/green', ['till']],
  ])('%s keeps %j', async (tags, names) => {
    expect(listed(await admin.get(`/services?tags=${tags}`))).toEqual(names)
  })

  test.each([
    ['tags=', 'cannot be null'],
    ['tags=a,b/c', 'invalid filter syntax'],
    ['tags=a,,b', 'invalid filter syntax'],
    ['tags=a&tags=b', 'invalid filter syntax'],
    ['tags=a,b,c,d,e,f', 'cannot query more than 5 tags'],
  ])('%s is refused', async (query, reason) => {
    const answer = await admin.get(`/services?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      code: 11,
      name: 'invalid options',
      message: `invalid option (tags: ${reason})`,
      options: { tags: reason },
    })
  })

  test('are listed with the entities that have them', async () => {
    const all = await admin.get('/tags?size=2')
    expect(all.json).toMatchObject({ data: [{}, {}] })
    expect(nextOf(all)).toMatch(/^\/tags\?offset=/)
    const red = await admin.get('/tags/red')
    expect(listed(red, 'entity_name').toSorted()).toEqual([
      'consumers',
      'plugins',
      'routes',
      'services',
      'services',
      'targets',
    ])
    expect((await admin.get('/tags/blue')).json).toEqual({
      data: [{ entity_name: 'services', entity_id: ids.shop, tag: 'blue' }],
      next: null,
    })
  })
})

describe('methods', () => {
  test.each([
    ['POST', '/services', "cannot create 'services' entities when not using a database"],
    ['POST', '/consumers', "cannot create 'consumers' entities when not using a database"],
    ['POST', '/services/shop/routes', "cannot create 'routes' entities when not using a database"],
    ['POST', '/consumers/alice/key-auth', "cannot create 'keyauth_credentials' entities when not using a database"],
    ['PUT', `/services/${ids.shop}`, "cannot create or update 'services' entities when not using a database"],
    ['PUT', '/services/new', "cannot create or update 'services' entities by 'name' when not using a database"],
    ['PATCH', `/services/${ids.shop}`, "cannot update 'services' entities when not using a database"],
    ['DELETE', '/services/shop', "cannot remove 'services' entities by 'name' when not using a database"],
    ['DELETE', `/services/${ids.shop}`, "cannot remove 'services' entities when not using a database"],
    ['PUT', '/routes/shop-a/service', "cannot create or update 'services' entities when not using a database"],
    ['PATCH', '/routes/shop-a/service', "cannot update 'services' entities when not using a database"],
    [
      'POST',
      '/consumer_groups/gold/consumers',
      "cannot create 'consumer_group_consumers' entities when not using a database",
    ],
    [
      'DELETE',
      '/consumers/alice/consumer_groups/gold',
      "cannot remove 'consumer_group_consumers' entities when not using a database",
    ],
    [
      'DELETE',
      '/consumers/alice/consumer_groups',
      "cannot remove 'consumer_group_consumers' entities when not using a database",
    ],
  ])('%s %s is refused for want of a database', async (method, path, message) => {
    const answer = await admin.send(method, path)
    expect(answer.status).toBe(405)
    expect(answer.json).toEqual({ code: 12, name: 'operation unsupported', message })
  })

  test('that an address does not have are refused, with those that it has', async () => {
    const answer = await admin.send('DELETE', '/routes/shop-a/service')
    expect([answer.status, answer.json]).toEqual([405, { message: 'Method not allowed' }])
    expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS, PATCH, PUT')
  })

  test('below a parent that is not there are not found', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'GET']) {
      expect((await admin.send(method, '/services/nothing/routes/x')).status).toBe(404)
    }
  })

  test('HEAD answers as GET without the body', async () => {
    const found = await admin.send('HEAD', '/services/shop')
    expect([found.status, found.text]).toEqual([200, ''])
    expect(found.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect((await admin.send('HEAD', '/services/nothing')).status).toBe(404)
  })

  test('OPTIONS tells what is allowed, and lets no other origin in', async () => {
    const answer = await admin.send('OPTIONS', '/services/shop', undefined, {
      'Access-Control-Request-Headers': 'x-one, x-two',
      Origin: 'http://evil.test',
    })
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, OPTIONS, PATCH, PUT')
    expect(answer.headers.get('access-control-allow-methods')).toBe('DELETE, GET, HEAD, OPTIONS, PATCH, PUT')
    expect(answer.headers.get('access-control-allow-headers')).toBe('x-one, x-two')
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    const plain = await admin.send('OPTIONS', '/services')
    expect(plain.headers.get('access-control-allow-headers')).toBe('Content-Type')
  })
})
