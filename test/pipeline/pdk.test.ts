/** What each function of the PDK tells and does, in a real exchange. */

import { describe, expect, it } from 'vitest'
import { type AccessPdk, type AnyPlugin, definePlugin, type HeaderFilterPdk, z } from '../../src/pdk/index.ts'
import { waitFor } from '../support/wait-for.ts'
import { startRoute } from './support.ts'

const config = z.object({})

const inAccess = (access: (kong: AccessPdk) => void | Promise<void>): AnyPlugin =>
  definePlugin({ name: 'probe', priority: 3, config, access: (kong) => access(kong) })

describe('kong.request', () => {
  it('tells of the client’s request', async () => {
    const probe = inAccess(({ request, client, response }) => {
      response.exit(200, {
        id: request.getId(),
        scheme: request.getScheme(),
        host: request.getHost(),
        port: request.getPort(),
        forwarded: [
          request.getForwardedScheme(),
          request.getForwardedHost(),
          request.getForwardedPort(),
          request.getForwardedPath(),
          request.getForwardedPrefix(),
        ],
        version: request.getHttpVersion(),
        method: request.getMethod(),
        paths: [request.getPath(), request.getRawPath(), request.getPathWithQuery()],
        query: [request.getRawQuery(), request.getQueryArg('a'), request.getQueryArg('none'), request.getQuery()],
        headers: [request.getHeader('X-Team'), request.getHeader('Set-Cookie'), request.getHeaders()['x-team']],
        started: request.getStartTime() <= Date.now(),
        captures: request.getUriCaptures(),
        client: [client.getIp(), client.getForwardedIp(), client.getPort() > 0],
        nobody: [client.getConsumer(), client.getCredential(), client.getConsumerGroups()],
      })
    })
    const gateway = await startRoute({ plugins: [probe], route: { paths: ['~/(?<team>\\w+)/(\\w+)'] } })
    const answer = await gateway.request({
      path: '/red/%62lue?a=1&b',
      headers: { host: 'api.test:81', 'x-team': ['a', 'b'], 'set-cookie': ['c', 'd'] },
    })
    expect(answer.json()).toMatchObject({
      id: answer.headers['x-kong-request-id'],
      scheme: 'http',
      host: 'api.test',
      port: 81,
      forwarded: ['http', 'api.test', 81, '/red/%62lue', expect.any(String)],
      version: '1.1',
      method: 'GET',
      paths: ['/red/blue', '/red/%62lue', '/red/blue?a=1&b'],
      query: ['a=1&b', '1', null, { a: '1', b: true }],
      headers: ['a, b', 'c', 'a, b'],
      started: true,
      captures: { named: { team: 'red' } },
      client: ['127.0.0.1', '127.0.0.1', true],
      nobody: [null, null, []],
    })
  })

  it.each([
    ['application/json', '{"a":1}', 200, { a: 1 }],
    ['application/x-www-form-urlencoded', 'a=1&b', 200, { a: '1', b: true }],
    ['application/json', '{', 400, undefined],
    ['text/plain', 'x', 415, undefined],
    ['', 'x', 415, undefined],
  ])('reads a body of type %j', async (type, body, status, parsed) => {
    const probe = inAccess(async (kong) => kong.response.exit(200, { body: await kong.request.getBody() }))
    const gateway = await startRoute({ plugins: [probe] })
    const answer = await gateway.request({
      headers: type === '' ? {} : { 'content-type': type },
      body: Buffer.from(body),
    })
    expect(answer.status).toBe(status)
    if (parsed !== undefined) expect(answer.json()).toEqual({ body: parsed })
  })
})

describe('kong.service', () => {
  it('changes the request to the service', async () => {
    const told: unknown[] = []
    const probe = inAccess(async ({ service: { request } }) => {
      request.setScheme('http')
      request.setPath('/other')
      request.setMethod('PUT')
      told.push(request.getRawQuery(), { ...request.getQuery() })
      request.setQuery({ b: ['1', true], a: 'x' })
      told.push(request.getRawQuery())
      request.setHeader('X-Set', 'one')
      request.addHeader('X-Set', 'two')
      request.addHeader('X-Came', ['more'])
      request.addHeader('X-New', 'new')
      request.clearHeader('X-Gone')
      request.setHeaders({ 'X-Many': ['a', 'b'], Host: 'set.test', 'Content-Length': '999', Connection: 'close' })
      told.push(
        request.getHeader('x-set'),
        request.getHeader('x-gone') ?? null,
        request.getHeader('user-agent') ?? null,
      )
      told.push(request.getHeaderValues('x-many'), request.getHeaderValues('x-gone'), request.getHeaderValues('x-came'))
      told.push((await request.getRawBody()).toString())
      request.setRawBody('changed')
      told.push((await request.getRawBody()).toString())
    })
    const gateway = await startRoute({ plugins: [probe] })
    await gateway.request({ path: '/a?c=d', headers: { 'x-came': 'came', 'x-gone': '1' }, body: 'body' })
    expect(told).toEqual([
      'c=d',
      { c: 'd' },
      'a=x&b=1&b',
      'one',
      null,
      null,
      ['a', 'b'],
      [],
      ['came', 'more'],
      'body',
      'changed',
    ])
    const [seen] = gateway.seen
    expect(seen).toMatchObject({ method: 'PUT', url: '/other?a=x&b=1&b', body: 'changed' })
    expect(seen?.headers).toMatchObject({
      host: 'set.test',
      'x-set': 'one, two',
      'x-came': 'came, more',
      'x-new': 'new',
      'x-many': 'a, b',
      'content-length': '7',
    })
    expect(seen?.headers).not.toHaveProperty('x-gone')
  })

  it('may take the query away, or set it raw', async () => {
    const none = await startRoute({ plugins: [inAccess((kong) => kong.service.request.setRawQuery(''))] })
    await none.request({ path: '/a?b=c' })
    expect(none.seen[0]?.url).toBe('/a')
    const raw = await startRoute({ plugins: [inAccess((kong) => kong.service.request.setRawQuery('x=%20'))] })
    await raw.request({ path: '/a?b=c' })
    expect(raw.seen[0]?.url).toBe('/a?x=%20')
  })

  it('sends elsewhere, with times and tries of its own', async () => {
    const probe = inAccess(({ service }) => {
      service.setTarget('127.0.0.1', 1)
      service.setRetries(2)
      service.setTimeouts(100, 100, 100)
    })
    const gateway = await startRoute({ plugins: [probe] })
    expect((await gateway.request()).status).toBe(502)
    expect((await gateway.record()).tries).toHaveLength(3)
    const named = await startRoute({
      plugins: [inAccess(({ service }) => service.setUpstream('pool.test'))],
      service: { url: 'http://127.0.0.1:1' },
      entities: ({ upstreamPort }) => ({
        upstreams: [{ name: 'pool.test', targets: [{ target: `127.0.0.1:${upstreamPort}` }] }],
      }),
    })
    expect((await named.request()).status).toBe(200)
  })

  it('tells of the service’s answer', async () => {
    const told: unknown[] = []
    const probe = definePlugin({
      name: 'probe',
      priority: 3,
      config,
      headerFilter({ service: { response }, response: reply }: HeaderFilterPdk) {
        told.push(response.getStatus(), response.getHeader('X-Own'), response.getHeader('set-cookie'))
        told.push(response.getHeaders()['x-own'])
        reply.setStatus(202)
        reply.setHeaders({ 'X-Own': 'changed', 'X-New': ['1', '2'] })
        reply.addHeader('X-New', '3')
        reply.clearHeader('Content-Type')
        told.push(reply.getStatus(), reply.getHeader('x-own'), reply.getHeaders()['x-new'], reply.getSource())
      },
    })
    const gateway = await startRoute({
      plugins: [probe],
      upstream: (_, outgoing) => {
        outgoing
          .writeHead(200, { 'X-Own': 'mine', 'Set-Cookie': ['a=1', 'b=2'], 'Content-Type': 'text/plain' })
          .end('x')
      },
    })
    const answer = await gateway.request()
    expect(told).toEqual([200, 'mine', 'a=1', 'mine', 202, 'changed', ['1', '2', '3'], 'service'])
    expect(answer.status).toBe(202)
    expect(answer.headers).toMatchObject({ 'x-own': 'changed', 'x-new': '1, 2, 3' })
    expect(answer.headers).not.toHaveProperty('content-type')
  })
})

describe('arguments that cannot be', () => {
  it.each<[string, (kong: AccessPdk) => void]>([
    ['a path without a slash', (kong) => kong.service.request.setPath('a')],
    ['a method of other letters', (kong) => kong.service.request.setMethod('get')],
    ['a header with a line end', (kong) => kong.service.request.setHeader('X-A', 'a\r\nb')],
    ['a header with no name', (kong) => kong.response.addHeader('', 'a')],
    ['a status below the first', (kong) => kong.response.exit(99)],
    ['a status that is no error', (kong) => kong.response.error(200)],
    ['a status that is no number', (kong) => kong.response.setStatus(200.5)],
    ['a header of an exit', (kong) => kong.response.exit(200, null, { 'X-A': ['a', '\0'] })],
  ])('%s is an error of the plugin, told to nobody but the log', async (_, call) => {
    const gateway = await startRoute({ plugins: [inAccess(call)] })
    const answer = await gateway.request()
    expect(answer.status).toBe(500)
    expect(answer.json()).toMatchObject({ message: 'An unexpected error occurred' })
    await waitFor(() => gateway.logs.some((line) => line.includes('TOLL_PDK_ARGUMENT') || line.includes('kong.')))
  })
})

describe('kong.response', () => {
  it('answers with bytes, text, nothing, or an error with its usual words', async () => {
    const probe = inAccess((kong) => {
      switch (kong.request.getPath()) {
        case '/bytes':
          return kong.response.exit(200, Buffer.from([1, 2]))
        case '/text':
          return kong.response.exit(203, 'text', { 'Content-Type': 'text/plain' })
        case '/nothing':
          return kong.response.exit(204)
        default:
          return kong.response.error(429, undefined, { 'Retry-After': '3' })
      }
    })
    const gateway = await startRoute({ plugins: [probe] })
    expect((await gateway.request({ path: '/bytes' })).text).toBe('\u0001\u0002')
    expect(await gateway.request({ path: '/text' })).toMatchObject({ status: 203, text: 'text' })
    const nothing = await gateway.request({ path: '/nothing' })
    expect(nothing.status).toBe(204)
    expect(nothing.headers).not.toHaveProperty('content-length')
    const error = await gateway.request()
    expect(error.json()).toMatchObject({ message: 'Too many requests' })
    expect(error.headers['retry-after']).toBe('3')
  })

  it('keeps headers that were set before there was an answer, beside the service’s cookies', async () => {
    const probe = inAccess(({ response }) => {
      response.setHeader('X-Early', 'one')
      response.addHeader('X-Early', 'two')
      response.setHeader('X-Undone', '1')
      response.clearHeader('X-Undone')
      response.addHeader('Set-Cookie', 'gateway=1')
    })
    const gateway = await startRoute({
      plugins: [probe],
      upstream: (_, outgoing) => void outgoing.writeHead(200, { 'Set-Cookie': ['own=1', 'other=2'] }).end(),
    })
    const answer = await gateway.request()
    expect(answer.headers['x-early']).toBe('one, two')
    expect(answer.headers).not.toHaveProperty('x-undone')
    expect(answer.headers['set-cookie']).toEqual(['own=1', 'other=2', 'gateway=1'])
  })
})

describe('what is known around an exchange', () => {
  it('is told by kong.router, kong.ctx, kong.node, kong.entities and kong.client', async () => {
    const writer = definePlugin({
      name: 'writer',
      priority: 4,
      config,
      access: (kong) => kong.ctx.setShared('key', 'shared'),
    })
    const probe = inAccess((kong) => {
      const service = kong.router.getService()
      const ada = kong.client.loadConsumer('ada', true)
      kong.client.authenticate(ada, { id: 'c-1' })
      const until = Math.ceil(Date.now() / 1000) + 60
      kong.response.exit(200, {
        route: kong.router.getRoute()?.name,
        service: service?.name,
        shared: [kong.ctx.getShared('key'), kong.ctx.getShared('none') ?? null],
        node: [kong.node.getId().length, kong.node.getHostname().length > 0],
        counts: [kong.node.count('k', 2, until), kong.node.count('k', 1, until), kong.node.readCount('k', until)],
        consumer: [kong.client.getConsumer()?.username, kong.client.loadConsumer(ada?.id ?? '')?.username],
        unknown: [kong.client.loadConsumer('ada'), kong.client.loadConsumer('bob', true)],
        groups: kong.client.getConsumerGroups().map(({ name }) => name),
        credential: kong.client.getCredential(),
        found: kong.entities.find('consumers', 'username', 'ada')?.username,
        routes: kong.entities.referring('routes', 'service', service?.id ?? '').length,
        llm: kong.llm.getRecord(),
      })
    })
    const gateway = await startRoute({
      plugins: [writer, probe],
      entities: () => ({
        consumer_groups: [{ name: 'gold' }],
        consumers: [{ username: 'ada', groups: [{ name: 'gold' }] }],
      }),
    })
    expect((await gateway.request()).json()).toEqual({
      route: 'r',
      service: 's',
      shared: ['shared', null],
      node: [36, true],
      counts: [2, 3, 3],
      consumer: ['ada', 'ada'],
      unknown: [null, null],
      groups: ['gold'],
      credential: { id: 'c-1' },
      found: 'ada',
      routes: 1,
      llm: null,
    })
  })

  it('is written to the log with the request and the plugin', async () => {
    const probe = inAccess(({ log, node }) => {
      log.debug('a debug')
      log.info('an info')
      log.notice('a notice', { fact: 1 })
      log.warn('a warning')
      log.err('an error')
      node.getLog().info('of the node')
    })
    const gateway = await startRoute({ plugins: [probe], settings: { log_level: 'debug' } })
    const answer = await gateway.request()
    const lines = gateway.logs.map((line): unknown => JSON.parse(line))
    const id = answer.headers['x-kong-request-id']
    for (const msg of ['a debug', 'an info', 'a notice', 'a warning', 'an error']) {
      expect(lines).toContainEqual(expect.objectContaining({ msg, request_id: id, plugin: 'probe' }))
    }
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'a notice', fact: 1 }))
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'of the node' }))
  })
})

it('a plugin that could not be is refused where it is declared', () => {
  const base = { name: 'x', config }
  expect(() => definePlugin({ ...base, priority: 1.5 })).toThrow('priority is not an integer: 1.5')
  expect(() => definePlugin({ ...base, priority: 1, response() {}, headerFilter() {} })).toThrow('keep one kind')
})
