/** What the gateway adds to answers, and answers that it makes itself: redirects, errors by media type. */

import { describe, expect, it } from 'vitest'
import { startRoute } from './support.ts'

describe('the headers of an answer', () => {
  it('tell of the gateway, and keep the service’s own Server', async () => {
    const gateway = await startRoute({
      upstream: (_, outgoing) => {
        outgoing.writeHead(200, {
          Server: 'nginx',
          Via: '1.1 inner',
          Connection: 'X-Gone',
          'X-Gone': '1',
          'X-Kept': '2',
        })
        outgoing.end('ok')
      },
    })
    const answer = await gateway.request()
    expect(answer.headers).toMatchObject({
      server: 'nginx',
      via: '1.1 inner, 1.1 tollgate/0.0.0-test',
      'x-kept': '2',
      'x-kong-proxy-latency': expect.stringMatching(/^\d+$/),
      'x-kong-upstream-latency': expect.stringMatching(/^\d+$/),
    })
    expect(answer.headers).not.toHaveProperty('x-gone')
    expect(answer.headers).not.toHaveProperty('x-kong-upstream-status')
  })

  it('name the gateway as the server where nobody else does', async () => {
    const gateway = await startRoute()
    expect((await gateway.request()).headers.server).toBe('tollgate/0.0.0-test')
    const own = await startRoute({ route: { paths: ['/x'] } })
    expect((await own.request()).headers).toMatchObject({
      server: 'tollgate/0.0.0-test',
      'x-kong-response-latency': expect.stringMatching(/^\d+$/),
    })
  })

  it('are as many as the setting says', async () => {
    const off = await startRoute({ settings: { headers: 'off' } })
    for (const answer of [await off.request(), await off.request({ path: '/%2e%2e/' })]) {
      for (const name of ['via', 'server', 'x-kong-request-id', 'x-kong-proxy-latency', 'x-kong-response-latency']) {
        expect(answer.headers).not.toHaveProperty(name)
      }
    }
    const status = await startRoute({ settings: { headers: 'X-Kong-Upstream-Status,via' } })
    const { headers } = await status.request()
    expect(headers).toMatchObject({ 'x-kong-upstream-status': '200', via: '1.1 tollgate/0.0.0-test' })
    expect(headers).not.toHaveProperty('x-kong-request-id')
  })

  it('name route and service to a client that debugs, where it may', async () => {
    const on = await startRoute({ settings: { allow_debug_header: 'on' } })
    expect((await on.request({ headers: { 'kong-debug': '1' } })).headers).toMatchObject({
      'kong-route-name': 'r',
      'kong-service-name': 's',
      'kong-route-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'kong-service-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect((await on.request()).headers).not.toHaveProperty('kong-route-id')
    const off = await startRoute()
    expect((await off.request({ headers: { 'kong-debug': '1' } })).headers).not.toHaveProperty('kong-route-id')
  })
})

describe('a route for HTTPS alone', () => {
  it.each([301, 302, 307, 308])('sends a client elsewhere with %i', async (https_redirect_status_code) => {
    const gateway = await startRoute({ route: { protocols: ['https'], https_redirect_status_code } })
    const answer = await gateway.request({ path: '/a%20b?c=d', headers: { host: 'api.test:8000' } })
    expect(answer.status).toBe(https_redirect_status_code)
    expect(answer.headers.location).toBe('https://api.test/a%20b?c=d')
    expect(answer.text).toBe('')
    expect(gateway.seen).toEqual([])
    expect((await gateway.record()).source).toBe('kong')
  })

  it('asks for an upgrade by default', async () => {
    const gateway = await startRoute({ route: { protocols: ['https'] } })
    const answer = await gateway.request()
    expect(answer.status).toBe(426)
    expect(answer.headers).toMatchObject({
      connection: expect.stringMatching(/upgrade/i),
      upgrade: 'TLS/1.2, HTTP/1.1',
    })
    expect(answer.json()).toMatchObject({ message: 'Please use HTTPS protocol' })
  })

  it('takes the word of a trusted proxy', async () => {
    const route = { protocols: ['https'] }
    const trusted = await startRoute({ route, settings: { trusted_ips: '127.0.0.1' } })
    expect((await trusted.request({ headers: { 'x-forwarded-proto': 'https' } })).status).toBe(200)
    const stranger = await startRoute({ route })
    expect((await stranger.request({ headers: { 'x-forwarded-proto': 'https' } })).status).toBe(426)
  })
})

describe('an error', () => {
  it.each([
    [undefined, 'application/json', /^\{\s+"message": "no Route matched/],
    ['text/html', 'text/html', /^<!doctype html>/],
    ['text/plain', 'text/plain', /^no Route matched with those values\nrequest_id: [0-9a-f]{32}\n$/],
    ['application/xml;q=0.9, text/plain;q=0.2', 'application/xml', /<message>no Route matched/],
    ['image/png', 'application/json', /^\{/],
  ])('for a client that accepts %s is %s', async (accept, type, text) => {
    const gateway = await startRoute({ route: { paths: ['/x'] } })
    const answer = await gateway.request(accept === undefined ? {} : { headers: { accept } })
    expect(answer.status).toBe(404)
    expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`)
    expect(answer.text).toMatch(text)
  })

  it('is told where a route has no service, or a host is unknown', async () => {
    const none = await startRoute({
      entities: () => ({ services: [], routes: [{ name: 'r', paths: ['/'] }] }),
    })
    expect((await none.request()).json()).toMatchObject({ message: 'no Service found with those values' })
    const lost = await startRoute({ service: { url: 'http://nowhere.invalid' } })
    const answer = await lost.request()
    expect(answer.status).toBe(503)
    expect(answer.json()).toMatchObject({ message: 'name resolution failed' })
  })
})
