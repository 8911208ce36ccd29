/** What a balancer reads from an exchange to choose the same target again. */

import { describe, expect, it } from 'vitest'
import { startReplayServer } from '../support/replay-server.ts'
import { startRoute } from './support.ts'

async function start(upstream: object, more: object = {}, route: object = {}) {
  const servers = await Promise.all([0, 1, 2, 3].map((name) => startReplayServer({ body: String(name) })))
  const gateway = await startRoute({
    service: { url: 'http://pool.test' },
    route,
    entities: () => ({
      upstreams: [
        { name: 'pool.test', ...upstream, targets: servers.map(({ port }) => ({ target: `127.0.0.1:${port}` })) },
      ],
      ...more,
    }),
  })
  const close = () => Promise.all(servers.map((server) => server.close()))
  return { gateway, close }
}

const many = Array.from({ length: 24 }, (_, index) => String(index))

type Ask = (value: string) => { path?: string; headers?: Record<string, string | string[]> }

const kinds: readonly (readonly [string, object, Ask])[] = [
  ['a header', { hash_on: 'header', hash_on_header: 'X-Key' }, (value) => ({ headers: { 'x-key': value } })],
  [
    'a repeated header',
    { hash_on: 'header', hash_on_header: 'Set-Cookie' },
    (value) => ({ headers: { 'set-cookie': [value, 'x'] } }),
  ],
  ['the path', { hash_on: 'path' }, (value) => ({ path: `/x/${value}` })],
  [
    'a query argument',
    { hash_on: 'query_arg', hash_on_query_arg: 'k' },
    (value) => ({ path: `/x/y?k=${value}&k=b&j&k` }),
  ],
  ['a capture', { hash_on: 'uri_capture', hash_on_uri_capture: 'key' }, (value) => ({ path: `/x/${value}` })],
  [
    'a cookie',
    { hash_on: 'cookie', hash_on_cookie: 'k' },
    (value) => ({ headers: { cookie: `other=1; k=${value}; novalue` } }),
  ],
  ['a consumer', { hash_on: 'consumer' }, (value) => ({ headers: { apikey: `key-${value}` } })],
]

describe('the same target comes again for the same value', () => {
  it.each(kinds)('of %s', async (name, upstream, ask) => {
    const consumers = many.map((value) => ({ username: value, keyauth_credentials: [{ key: `key-${value}` }] }))
    const entities = name === 'a consumer' ? { consumers, plugins: [{ name: 'recorder' }, { name: 'key-auth' }] } : {}
    const { gateway, close } = await start(upstream, entities, { paths: ['~/(x/(?<key>.*))?'] })
    const round = () => Promise.all(many.map(async (value) => (await gateway.request(ask(value))).text))
    const first = await round()
    expect(new Set(first).size).toBeGreaterThan(1)
    expect(await round()).toEqual(first)
    await close()
  })
})

it('of the client’s address all requests of a client go to one', async () => {
  const { gateway, close } = await start({ hash_on: 'ip' })
  const answers = await Promise.all(many.map(async () => (await gateway.request()).text))
  expect(new Set(answers).size).toBe(1)
  await close()
})

it('a client without the cookie is given one, beside what the service sets', async () => {
  const { gateway, close } = await start({ hash_on: 'cookie', hash_on_cookie: 'sticky' })
  const answer = await gateway.request()
  const [cookie = ''] = answer.headers['set-cookie'] ?? []
  expect(cookie).toMatch(/^sticky=[^;]+; Path=\//i)
  const again = await gateway.request({ headers: { cookie: cookie.split(';')[0] ?? '' } })
  expect(again.text).toBe(answer.text)
  expect(again.headers).not.toHaveProperty('set-cookie')
  await close()
})
