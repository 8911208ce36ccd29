import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { parseWith } from '../../src/config/kong-messages.ts'
import { definePlugin, z } from '../../src/pdk/index.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { config as schema } from '../../src/plugins/request-transformer/config.ts'
import { createTestGateway, type TestGateway, type TestRequest } from '../../src/testing/index.ts'

let gateway: TestGateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

const sharer = definePlugin({
  name: 'sharer',
  priority: 900,
  config: z.strictObject({}),
  access(kong) {
    kong.ctx.setShared('tenant', { name: 'acme', tags: ['first', 'second'], size: 3 })
    kong.service.request.setHeader('x-consumer-username', 'ann')
    kong.service.request.setRawQuery(kong.request.getRawQuery().replace(/&?apikey=[^&]*/, ''))
  },
})

async function transform(config: object, request: TestRequest = {}, paths: string[] = ['/'], more: object[] = []) {
  gateway = await createTestGateway({
    plugins: [...bundledPlugins, sharer],
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [
        {
          name: 's',
          url: upstreamUrl,
          routes: [
            { name: 'r', paths, strip_path: false, plugins: [{ name: 'request-transformer', config }, ...more] },
          ],
        },
      ],
    }),
  })
  const answer = await gateway.request(request)
  return { answer, seen: gateway.seen[0] }
}

function complaints(config: object): string[] {
  const parsed = parseWith(schema, config)
  return parsed.ok ? [] : parsed.complaints.map(({ segments, message }) => `${segments.join('.')}: ${message}`)
}

describe('headers', () => {
  it('removes, renames, replaces, adds and appends in this order', async () => {
    const { seen } = await transform(
      {
        remove: { headers: ['x-gone', 'x-absent'] },
        rename: { headers: ['x-old:x-new', 'x-missing:x-never'] },
        replace: { headers: ['x-new:replaced', 'x-nowhere:no'] },
        add: { headers: ['x-new:not-added', 'x-added: added', 'x-gone:back'] },
        append: { headers: ['x-added:more', 'x-first:one'] },
      },
      { headers: { 'x-gone': '1', 'x-old': '2', 'x-kept': '3' } },
    )
    expect(seen?.headers).toMatchObject({
      'x-new': 'replaced',
      'x-added': 'added, more',
      'x-gone': 'back',
      'x-first': 'one',
      'x-kept': '3',
    })
    expect(seen?.headers).not.toHaveProperty('x-old')
    expect(seen?.headers).not.toHaveProperty('x-never')
    expect(seen?.headers).not.toHaveProperty('x-nowhere')
  })

  it('keeps all values of a header that it renames', async () => {
    const { seen } = await transform(
      { rename: { headers: ['x-many:x-all'] } },
      { headers: { 'x-many': ['one', 'two'] } },
    )
    expect(seen?.headers['x-all']).toBe('one, two')
  })

  it('replaces the Host header, and does nothing else to it', async () => {
    const { seen } = await transform({
      remove: { headers: ['Host'] },
      rename: { headers: ['host:x-host'] },
      replace: { headers: ['Host:internal.example'] },
      add: { headers: ['host:other'] },
      append: { headers: ['host:more'] },
    })
    expect(seen?.headers.host).toBe('internal.example')
    expect(seen?.headers).not.toHaveProperty('x-host')
  })

  it('lets an entry without a value change nothing', async () => {
    const { seen } = await transform(
      { add: { headers: ['x-empty:'] }, replace: { headers: ['x-a:'] } },
      {
        headers: { 'x-a': '1' },
      },
    )
    expect(seen?.headers['x-a']).toBe('1')
    expect(seen?.headers).not.toHaveProperty('x-empty')
  })
})

describe('query', () => {
  it('removes, renames, replaces, adds and appends in this order', async () => {
    const { seen } = await transform(
      {
        remove: { querystring: ['gone'] },
        rename: { querystring: ['old:new'] },
        replace: { querystring: ['new:replaced', 'nowhere:no'] },
        add: { querystring: ['new:kept', 'added:1'] },
        append: { querystring: ['added:2', 'first:one'] },
      },
      { path: '/?gone=1&old=2&flag&kept=a%20b' },
    )
    expect(seen?.url).toBe('/?added=1&added=2&first=one&flag&kept=a%20b&new=replaced')
  })

  it('leaves the query as it was written where nothing in it changes', async () => {
    const { seen } = await transform({ remove: { querystring: ['absent'] } }, { path: '/?b=%7e&a=1' })
    expect(seen?.url).toBe('/?b=%7e&a=1')
  })

  it('does not bring back what an earlier plugin has taken out of the query', async () => {
    const { seen } = await transform(
      { add: { querystring: ['a:1'] } },
      { path: '/?apikey=secret' },
      ['/'],
      [{ name: 'sharer' }],
    )
    expect(seen?.url).toBe('/?a=1')
  })
})

describe('path and method', () => {
  it('replaces the path and keeps the query', async () => {
    const { seen } = await transform({ replace: { uri: '/fixed' } }, { path: '/x?a=1' })
    expect(seen?.url).toBe('/fixed?a=1')
  })

  it('puts a query of the configured path before that of the client', async () => {
    const { seen } = await transform({ replace: { uri: 'fixed?b=2' } }, { path: '/x?a=1' })
    expect(seen?.url).toBe('/fixed?b=2&a=1')
  })

  it('fills the path from captures of the route, by name and by number', async () => {
    const { seen } = await transform(
      { replace: { uri: "/v2/$(uri_captures['id'])/$(uri_captures[1])/$(uri_captures.id)" } },
      { path: '/users/42' },
      ['~/users/(?<id>\\d+)'],
    )
    expect(seen?.url).toBe('/v2/42/42/42')
  })

  it('escapes what a client has put into the path, so that it cannot end it', async () => {
    const { seen } = await transform(
      { replace: { uri: '/q/$(query_params.q)/end' } },
      { path: '/?q=a%3Fb%23c%20d%25e%C5%BC' },
    )
    expect(seen?.url.startsWith('/q/a%3Fb%23c%20d%25e%C5%BC/end?')).toBe(true)
  })

  it('refuses a path that a client would climb out of', async () => {
    const { answer, seen } = await transform(
      { replace: { uri: '/files/$(query_params.f)' } },
      { path: '/?f=..%2Fsecret' },
    )
    expect(answer.status).toBe(400)
    expect(seen).toBeUndefined()
  })

  it('changes the method', async () => {
    const { seen } = await transform({ http_method: 'PUT' }, { method: 'POST', body: 'x' })
    expect(seen).toMatchObject({ method: 'PUT', body: 'x' })
  })

  it('moves a form into the query where the new method has no body', async () => {
    const { seen } = await transform(
      { http_method: 'GET', add: { querystring: ['c:3'] } },
      {
        method: 'POST',
        path: '/?a=0',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'a=1&b=2',
      },
    )
    expect(seen).toMatchObject({ method: 'GET', url: '/?a=1&b=2&c=3', body: '' })
    expect(seen?.headers).not.toHaveProperty('content-type')
  })
})

describe('body', () => {
  const all = {
    remove: { body: ['gone'] },
    rename: { body: ['old:new'] },
    replace: { body: ['new:replaced', 'nowhere:no'] },
    add: { body: ['new:kept', 'added:1'] },
    append: { body: ['list:b', 'single:y', 'first:one'] },
  }

  it('changes the fields of a JSON object', async () => {
    const { seen } = await transform(all, { body: { gone: 1, old: 2, list: ['a'], single: 'x', deep: { a: 1 } } })
    expect(JSON.parse(seen?.body ?? '')).toEqual({
      new: 'replaced',
      added: '1',
      list: ['a', 'b'],
      single: ['x', 'y'],
      first: ['one'],
      deep: { a: 1 },
    })
    expect(seen?.headers['content-length']).toBe(String(seen?.body.length))
  })

  it('keeps the digits of numbers that JavaScript cannot hold', async () => {
    const { seen } = await transform(
      { add: { body: ['a:1'] } },
      { headers: { 'content-type': 'application/json' }, body: '{"id":12345678901234567890,"f":1.50,"n":7}' },
    )
    expect(seen?.body).toContain('"id":12345678901234567890')
    expect(JSON.parse(seen?.body ?? '')).toMatchObject({ a: '1', n: 7 })
  })

  it('makes a body where there was none', async () => {
    const { seen } = await transform(
      { add: { body: ['a:1'] } },
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '' },
    )
    expect(seen?.body).toBe('{"a":"1"}')
  })

  it.each([
    ['an array', '[1,2]', 'application/json'],
    ['broken JSON', '{"a":', 'application/json'],
    ['another type', 'gone=1', 'text/plain'],
    ['multipart without a boundary', 'gone', 'multipart/form-data'],
  ])('leaves %s as it came', async (_, body, type) => {
    const { seen } = await transform(all, { headers: { 'content-type': type }, body })
    expect(seen?.body).toBe(body)
  })

  it('leaves a compressed body as it came', async () => {
    const body = gzipSync('{"gone":1}')
    const { seen } = await transform(all, {
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body,
    })
    expect(seen?.headers['content-length']).toBe(String(body.length))
  })

  it('changes the fields of a form', async () => {
    const { seen } = await transform(all, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'gone=1&old=2&list=a&single=x',
    })
    expect(seen?.body).toBe('added=1&first=one&list=a&list=b&new=replaced&single=x&single=y')
  })

  it('changes the parts of a multipart body and leaves a file byte for byte', async () => {
    const file = Buffer.from([0, 255, 13, 10, 45, 45, 128])
    const part = (head: string, content: string | Buffer) =>
      Buffer.concat([Buffer.from(`--XX\r\n${head}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')])
    const body = Buffer.concat([
      part('Content-Disposition: form-data; name="gone"', '1'),
      part('Content-Disposition: form-data; name="old"', '2'),
      part('Content-Disposition: form-data; name="upload"; filename="a.bin"\r\nContent-Type: application/x', file),
      part('Content-Disposition: form-data; name=plain', 'p'),
      Buffer.from('--XX--\r\n'),
    ])
    const changed: Buffer[] = []
    gateway = await createTestGateway({
      upstream: (_, outgoing) => outgoing.end('ok'),
      config: ({ upstreamUrl }) => ({
        _format_version: '3.0',
        services: [{ name: 's', url: upstreamUrl, routes: [{ paths: ['/'] }] }],
        plugins: [
          {
            name: 'request-transformer',
            config: {
              remove: { body: ['gone'] },
              rename: { body: ['old:new', 'upload:file'] },
              replace: { body: ['plain:ż'] },
              add: { body: ['added:1', 'plain:no'] },
            },
          },
          { name: 'capture' },
        ],
      }),
      plugins: [
        ...bundledPlugins,
        definePlugin({
          name: 'capture',
          priority: 1,
          config: z.strictObject({}),
          async access(kong) {
            changed.push(await kong.service.request.getRawBody())
          },
        }),
      ],
    })
    await gateway.request({ headers: { 'content-type': 'multipart/form-data; boundary=XX' }, body })
    expect(changed[0]?.toString('latin1')).toBe(
      Buffer.concat([
        part('Content-Disposition: form-data; name="new"', '2'),
        part('Content-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/x', file),
        part('Content-Disposition: form-data; name="plain"', 'ż'),
        part('Content-Disposition: form-data; name="added"', '1'),
        Buffer.from('--XX--\r\n'),
      ]).toString('latin1'),
    )
  })

  it.each([
    ['is cut off', '--XX\r\nContent-Disposition: form-data; name="gone"\r\n\r\n1'],
    ['has a longer boundary', '--XXY\r\n\r\n1\r\n--XXY--\r\n'],
    ['has a part without an end of its head', '--XX\r\nfoo\r\n--XX--\r\n'],
    ['has nothing to change', '--XX\r\n\r\n1\r\n--XX--\r\n'],
  ])('leaves a multipart body alone that %s', async (_, body) => {
    const { seen } = await transform(
      { remove: { body: ['gone'] } },
      { headers: { 'content-type': 'multipart/form-data; boundary="XX"' }, body },
    )
    expect(seen?.body).toBe(body)
  })
})

describe('templates', () => {
  async function rendered(template: string, request: TestRequest = {}) {
    const { seen } = await transform({ add: { headers: [`x-out:${template}`] } }, request, ['/'], [{ name: 'sharer' }])
    return seen?.headers['x-out']
  }

  it.each([
    ['$(headers.x_user)', 'me'],
    ["$(headers['X-User'])", 'me'],
    ['$(headers.x_consumer_username)', 'ann'],
    ['$(query_params.q)', 'one'],
    ['$(query_params.flag)', 'true'],
    ['a-$(query_params.q)-b-$(headers.x_user)', 'a-one-b-me'],
    ["$(headers.missing or 'default')", 'default'],
    ['$(headers.missing or query_params.none or "last")', 'last'],
    ["$(headers.x_user == 'me' and 'yes' or 'no')", 'yes'],
    ["$(headers.x_user ~= 'me' and 'yes' or 'no')", 'no'],
    ["$(not headers.missing and 'none')", 'none'],
    ["$('Bearer ' .. headers.x_user)", 'Bearer me'],
    ["$('a' .. (headers.missing or 'b') .. 1)", 'ab1'],
    ["$('it\\'s')", "it's"],
    ['$(nil or false or true)', 'true'],
    ['$(shared.tenant.name)', 'acme'],
    ["$(shared['tenant'].tags[2])", 'second'],
    ['$(shared.tenant.size)', '3'],
    ["$(shared.tenant.constructor or 'none')", 'none'],
    ["$(shared.tenant.tags.length or 'none')", 'none'],
    ["$(query_params.__proto__ or 'none')", 'none'],
    ["$(uri_captures.constructor or uri_captures[1] or 'none')", 'none'],
  ])('renders %s', async (template, expected) => {
    expect(await rendered(template, { path: '/?q=one&q=two&flag', headers: { 'x-user': 'me' } })).toBe(expected)
  })

  it('sends an empty value where nothing is found', async () => {
    expect(await rendered('$(headers.missing)')).toBe('')
  })

  it('carries text beyond ASCII between headers, query and body', async () => {
    const latin1 = Buffer.from('żółw').toString('latin1')
    const { seen } = await transform(
      { add: { headers: ['x-out:$(query_params.q)'], body: ['a:$(headers.x_in)'] } },
      { path: '/?q=%C5%BC', headers: { 'x-in': latin1, 'content-type': 'application/json' }, body: Buffer.from('{}') },
    )
    expect(Buffer.from(String(seen?.headers['x-out']), 'latin1').toString()).toBe('ż')
    expect(JSON.parse(seen?.body ?? '')).toEqual({ a: 'żółw' })
  })

  it('refuses a client that would write a header of its own', async () => {
    const { answer, seen } = await transform(
      { add: { headers: ['x-out:$(query_params.q)'] } },
      { path: '/?q=a%0d%0ax-b:1' },
    )
    expect(answer.status).toBe(400)
    expect(seen).toBeUndefined()
  })
})

describe('config', () => {
  it.each([
    ['$((function() return 1 end)())', 'function'],
    ['$(string.upper(headers.x))', 'string.upper'],
    ['$(headers.x:upper())', ':upper()'],
    ['$(headers)', ')'],
    ['$(headers.a.b)', ')'],
    ['$(headers[x])', 'x])'],
    ['$(headers.1)', '1)'],
    ['$(headers.x', ''],
    ['$()', ')'],
    ["$((headers.x or 'a')", ''],
    ["$(headers['x')", ')'],
    ['$(1 + 1)', '+ 1)'],
  ])('refuses the Lua in %s when the file is loaded', (template, at) => {
    expect(complaints({ add: { body: [`a:${template}`] } })).toEqual([
      expect.stringContaining(`add.body.0: cannot read the template at '${at}`),
    ])
  })

  it('says how a header with a dash is written', () => {
    expect(complaints({ replace: { uri: '/$(headers.x-foo)' } })[0]).toContain("headers['x-name']")
  })

  it('refuses header entries that are no pairs or no header names', () => {
    expect(complaints({ add: { headers: ['novalue', 'bad name:1'] } })).toEqual([
      'add.headers.0: invalid value: novalue (expected name:value)',
      "add.headers.1: 'bad name' is not a valid header",
    ])
  })

  it('refuses a method in lower case and unknown fields', () => {
    expect(complaints({ http_method: 'get' })).toEqual(['http_method: invalid value: get'])
    expect(complaints({ remove: { cookies: [] } })).toEqual(['remove.cookies: unknown field'])
  })

  it('fills in the defaults', () => {
    const none = { body: [], headers: [], querystring: [] }
    expect(schema.parse({})).toEqual({
      http_method: null,
      remove: none,
      rename: none,
      replace: { ...none, uri: null },
      add: none,
      append: none,
    })
  })
})
