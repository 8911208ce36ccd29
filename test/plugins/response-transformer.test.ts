import type { ServerResponse } from 'node:http'
import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { parseWith } from '../../src/config/kong-messages.ts'
import { config as schema } from '../../src/plugins/response-transformer/config.ts'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'

let gateway: TestGateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

async function start(config: object, respond: (outgoing: ServerResponse) => void): Promise<TestGateway> {
  gateway = await createTestGateway({
    upstream: (_, outgoing) => respond(outgoing),
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl, routes: [{ name: 'r', paths: ['/'] }] }],
      plugins: [{ name: 'response-transformer', config }],
    }),
  })
  return gateway
}

const json =
  (body: string | Buffer, headers: Record<string, string | string[]> = {}) =>
  (outgoing: ServerResponse) => {
    outgoing.writeHead(200, { 'content-type': 'application/json', ...headers })
    outgoing.end(body)
  }

const all = {
  remove: { json: ['gone'] },
  rename: { json: ['old:new', 'absent:never', 'new:new'] },
  replace: {
    json: ['new:5', 'nowhere:1', 'flag:false', 'broken:x'],
    json_types: ['number', 'string', 'boolean', 'number'],
  },
  add: { json: ['added:true', 'text:hello', 'flag:true'], json_types: ['boolean'] },
  append: { json: ['list:3', 'single:y', 'first:1'], json_types: ['number', 'string', 'number'] },
}

describe('headers', () => {
  it('removes, renames, replaces, adds and appends in this order', async () => {
    const { headers } = await (
      await start(
        {
          remove: { headers: ['x-gone'] },
          rename: { headers: ['x-old:x-new', 'x-absent:x-never'] },
          replace: { headers: ['x-new:replaced', 'x-nowhere:no'] },
          add: { headers: ['x-new:kept', 'x-added:http://a:80/'] },
          append: { headers: ['x-added: more', 'set-cookie:c=3', 'x-empty:'] },
        },
        json('{}', { 'x-gone': '1', 'x-old': '2', 'set-cookie': ['a=1', 'b=2'] }),
      )
    ).request()
    expect(headers).toMatchObject({
      'x-new': 'replaced',
      'x-added': 'http://a:80/, more',
      'set-cookie': ['a=1', 'b=2', 'c=3'],
    })
    for (const name of ['x-gone', 'x-old', 'x-never', 'x-nowhere', 'x-empty']) expect(headers).not.toHaveProperty(name)
  })

  it('keeps every value of a header that it renames', async () => {
    const { headers } = await (
      await start({ rename: { headers: ['Set-Cookie:x-cookies'] } }, json('{}', { 'set-cookie': ['a=1', 'b=2'] }))
    ).request()
    expect(headers['x-cookies']).toBe('a=1, b=2')
  })

  it('changes the headers of answers that the gateway makes itself', async () => {
    gateway = await createTestGateway({
      config: () => ({
        _format_version: '3.0',
        plugins: [{ name: 'response-transformer', config: { add: { headers: ['x-a:1'] } } }],
      }),
    })
    const answer = await gateway.request()
    expect(answer.status).toBe(404)
    expect(answer.headers['x-a']).toBe('1')
  })
})

describe('JSON bodies', () => {
  it('changes fields in their types, and gives the new length', async () => {
    const answer = await (
      await start(
        all,
        json('{"gone":1,"old":2,"flag":true,"broken":1,"list":[1,2],"single":"x","id":12345678901234567890}'),
      )
    ).request()
    expect(answer.text).toContain('"id":12345678901234567890')
    expect(answer.json()).toMatchObject({
      new: 5,
      flag: false,
      broken: 1,
      added: true,
      text: 'hello',
      list: [1, 2, 3],
      single: ['x', 'y'],
      first: [1],
    })
    for (const name of ['gone', 'old', 'never', 'nowhere']) expect(answer.json()).not.toHaveProperty(name)
    expect(answer.headers['content-length'] ?? String(answer.text.length)).toBe(String(answer.text.length))
  })

  it('puts together a body that comes in pieces cut inside a character', async () => {
    const whole = Buffer.from('{"name":"żółw","gone":1}')
    const { text } = await (
      await start(all, (outgoing) => {
        outgoing.writeHead(200, { 'content-type': 'application/vnd.api+json; charset=utf-8' })
        outgoing.write(whole.subarray(0, 10))
        setImmediate(() => outgoing.end(whole.subarray(10)))
      })
    ).request()
    expect(JSON.parse(text)).toMatchObject({ name: 'żółw', added: true })
  })

  it.each([
    ['an array', '[1,2]', 'application/json'],
    ['broken JSON', '{"a":', 'application/json'],
    ['no body', '', 'application/json'],
    ['another type', '{"gone":1}', 'text/plain'],
    ['lines of JSON', '{"gone":1}', 'application/x-ndjson'],
  ])('leaves %s as it came', async (_, body, type) => {
    const { text } = await (await start(all, json(body, { 'content-type': type }))).request()
    expect(text).toBe(body)
  })

  it('leaves a compressed body as it came', async () => {
    const body = gzipSync('{"gone":1}')
    const { headers, status } = await (await start(all, json(body, { 'content-encoding': 'gzip' }))).request()
    expect(status).toBe(200)
    expect(headers['content-encoding']).toBe('gzip')
  })

  it('lets a stream through piece by piece', async () => {
    let finish = () => {}
    const started = await start(all, (outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
      outgoing.write('data: {"gone":1}\n\n')
      finish = () => outgoing.end('data: [DONE]\n\n')
    })
    const text = await new Promise<string>((resolve, reject) => {
      const outgoing = request(started.url, (incoming) => {
        let received = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (piece: string) => {
          received += piece
          // The end is sent only once the first event was seen here.
          finish()
        })
        incoming.on('end', () => resolve(received))
      })
      outgoing.on('error', reject)
      outgoing.end()
    })
    expect(text).toBe('data: {"gone":1}\n\ndata: [DONE]\n\n')
  })

  it('lets a body through as it is that is too long to be held', async () => {
    const body = JSON.stringify({ gone: 1, long: 'x'.repeat(16 * 1024 * 1024) })
    const started = await start(all, json(body))
    const { text } = await started.request()
    expect(text).toBe(body)
    expect(started.logs.join('')).toContain('too long to be changed')
  })
})

describe('config', () => {
  it('refuses entries that are no pairs, and types that are none', () => {
    const parsed = parseWith(schema, {
      add: { json: ['novalue'], json_types: ['object'], headers: [':x', 'bad name:1'] },
    })
    expect(parsed.ok ? [] : parsed.complaints.map(({ message }) => message)).toEqual([
      'invalid value: novalue (expected name:value)',
      'expected one of: boolean, number, string',
      "':x' is not a valid header",
      "'bad name' is not a valid header",
    ])
  })
})
