/** The request as the service gets it: path, host, headers. */

import { describe, expect, it } from 'vitest'
import { startRoute } from './support.ts'

describe('the path', () => {
  it.each([
    ['/a/b', true, 'v0', '/base', '/base/b'],
    ['/a', true, 'v0', '/base', '/base'],
    ['/a/b', false, 'v0', '/base', '/base/a/b'],
    ['/ab', true, 'v1', '/base', '/baseb'],
    ['/ab', true, 'v0', '/base', '/base/b'],
    ['/a/b', true, 'v0', '/base/', '/base/b'],
    ['/a', true, 'v0', '/', '/'],
    ['/a?x=1&y', true, 'v0', '/base', '/base?x=1&y'],
    ['/a?', true, 'v0', '/base', '/base?'],
  ])('%s with strip_path %s, path_handling %s and service path %s is %s', async (path, strip, handling, base, sent) => {
    const gateway = await startRoute({
      route: { paths: ['/a'], strip_path: strip, path_handling: handling },
      service: (url) => ({ url: `${url}${base}` }),
      settings: { router_flavor: 'traditional' },
    })
    await gateway.request({ path })
    expect(gateway.seen[0]?.url).toBe(sent)
  })

  it('of a request to a proxy counts without its host', async () => {
    const gateway = await startRoute()
    await gateway.request({ path: 'http://other.test/a?b=1' })
    await gateway.request({ path: 'http://other.test?b=1' })
    expect(gateway.seen.map(({ url }) => url)).toEqual(['/a?b=1', '/?b=1'])
  })
})

describe('the Host', () => {
  it('is the service’s, unless the route preserves the client’s', async () => {
    const own = await startRoute()
    await own.request({ headers: { host: 'client.test:81' } })
    expect(own.seen[0]?.headers.host).toBe(new URL(own.upstreamUrl).host)
    const kept = await startRoute({ route: { preserve_host: true } })
    await kept.request({ headers: { host: 'client.test:81' } })
    expect(kept.seen[0]?.headers.host).toBe('client.test:81')
  })
})

describe('X-Forwarded headers', () => {
  const told = {
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'front.test',
    'x-forwarded-port': '8443',
    'x-forwarded-path': '/front',
    'x-forwarded-prefix': '/pre',
  }

  it('of a stranger are replaced, but for the chain of addresses', async () => {
    const gateway = await startRoute({ route: { paths: ['/a b'] } })
    await gateway.request({ path: '/a%20b/c', headers: { ...told, host: 'api.test:90' } })
    expect(gateway.seen[0]?.headers).toMatchObject({
      'x-forwarded-for': '1.2.3.4, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'api.test',
      'x-forwarded-port': '90',
      'x-forwarded-path': '/a%20b/c',
      'x-forwarded-prefix': '/a%20b',
      'x-real-ip': '127.0.0.1',
    })
  })

  it('of a trusted proxy are taken over', async () => {
    const gateway = await startRoute({ settings: { trusted_ips: '127.0.0.0/8,::1' } })
    await gateway.request({ headers: told })
    expect(gateway.seen[0]?.headers).toMatchObject({ ...told, 'x-forwarded-for': '1.2.3.4, 127.0.0.1' })
    await gateway.request({ headers: { host: '[::1]' } })
    expect(gateway.seen[1]?.headers).toMatchObject({
      'x-forwarded-host': '[::1]',
      'x-forwarded-port': new URL(gateway.url).port,
    })
  })
})

describe('other headers', () => {
  it('of one connection stay behind, those that Connection lists too', async () => {
    const gateway = await startRoute()
    await gateway.request({
      headers: {
        connection: 'close, X-Secret',
        'x-secret': '1',
        'keep-alive': 'timeout=5',
        te: 'gzip, trailers',
        proxy: 'http://evil.test',
        'proxy-connection': 'keep-alive',
        'x-team': ['red', 'blue'],
      },
    })
    const headers = gateway.seen[0]?.headers
    expect(headers).toMatchObject({ te: 'trailers', 'x-team': 'red, blue' })
    for (const name of ['x-secret', 'keep-alive', 'proxy', 'proxy-connection']) expect(headers).not.toHaveProperty(name)
  })

  it('name the gateway and the request', async () => {
    const gateway = await startRoute()
    const answer = await gateway.request({ headers: { via: '1.0 front', 'x-kong-request-id': 'made up' } })
    expect(gateway.seen[0]?.headers).toMatchObject({
      via: '1.0 front, 1.1 tollgate/0.0.0-test',
      'x-kong-request-id': answer.headers['x-kong-request-id'],
    })
    const silent = await startRoute({ settings: { headers_upstream: 'off' } })
    await silent.request({ headers: { 'x-kong-request-id': 'made up' } })
    expect(silent.seen[0]?.headers).not.toHaveProperty('x-kong-request-id')
  })
})
