/** Bodies in both directions: of any size, of none, and never held when they need not be. */

import { createHash, randomBytes } from 'node:crypto'
import { get, request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { definePlugin, z } from '../../src/pdk/index.ts'
import { Gate } from '../support/gate.ts'
import { startReplayServer } from '../support/replay-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { startRoute } from './support.ts'

const config = z.object({})
const md5 = (bytes: Buffer | string) => createHash('md5').update(bytes).digest('hex')

describe('a request body', () => {
  it('of some megabytes goes through whole, with its length', async () => {
    const body = Buffer.from(randomBytes(3_000_000).toString('hex'))
    const gateway = await startRoute()
    expect((await gateway.request({ body })).status).toBe(200)
    expect(gateway.seen[0]?.headers['content-length']).toBe(String(body.length))
    expect(md5(gateway.seen[0]?.body ?? '')).toBe(md5(body))
  })

  it.each([true, false])('begins its way at once, unless it is short and to be buffered (%s)', async (buffered) => {
    const upstream = await startReplayServer()
    const gateway = await startRoute({ route: { request_buffering: buffered }, service: { url: upstream.url } })
    const outgoing = request(gateway.url, { method: 'POST', headers: { 'content-length': 10 } })
    const answered = new Promise((resolve) => outgoing.on('response', (incoming) => resolve(incoming.statusCode)))
    outgoing.write('12345')
    if (buffered) await waitFor(() => gateway.gateway.running === 1)
    else await waitFor(() => upstream.requests[0]?.body.toString() === '12345')
    expect(upstream.requests).toHaveLength(buffered ? 0 : 1)
    outgoing.end('67890')
    expect(await answered).toBe(200)
    expect(upstream.requests[0]?.body.toString()).toBe('1234567890')
    await upstream.close()
  })

  it.each([
    ['content-length', '2000'],
    ['transfer-encoding', 'chunked'],
  ])('that is too long is refused, with %s %s', async (name, value) => {
    const headers = { [name]: value }
    const gateway = await startRoute({ settings: { nginx_http_client_max_body_size: '1k' } })
    const answer = await gateway.request({ method: 'POST', headers, body: 'x'.repeat(2000) })
    expect(answer.status).toBe(413)
    expect(answer.json()).toMatchObject({ message: 'The request body is over the limit of 1024 bytes' })
  })

  it('that a plugin reads with a limit of its own is refused over that', async () => {
    const reader = definePlugin({
      name: 'reader',
      priority: 1,
      config,
      async access(kong) {
        await kong.request.getRawBody()
        await kong.request.getRawBody(5)
      },
    })
    const gateway = await startRoute({ plugins: [reader] })
    expect((await gateway.request({ body: '12345' })).status).toBe(200)
    expect((await gateway.request({ body: '123456' })).status).toBe(413)
    expect((await gateway.request()).status).toBe(200)
  })

  it.each([
    ['content-length', '10', '12345'],
    ['transfer-encoding', 'chunked', '5\r\n12345\r\n'],
  ])('that stops coming is a timeout, with %s %s', async (name, value, begun) => {
    const gateway = await startRoute({ settings: { client_body_timeout: '1' } })
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${name}: ${value}\r\n\r\n${begun}`)
    let text = ''
    for await (const piece of socket) {
      text += String(piece)
      if (text.includes('request_id')) break
    }
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
    socket.destroy()
  })
})

describe('an answer', () => {
  it.each([204, 304])('of %i has no body and no length', async (status) => {
    const gateway = await startRoute({ upstream: (_, outgoing) => outgoing.writeHead(status).end() })
    const answer = await gateway.request()
    expect(answer.status).toBe(status)
    expect(answer.text).toBe('')
    expect(answer.headers).not.toHaveProperty('content-length')
    expect(answer.headers).not.toHaveProperty('transfer-encoding')
  })

  it('to HEAD keeps the length of what it leaves out', async () => {
    const gateway = await startRoute({
      upstream: (_, outgoing) => outgoing.writeHead(200, { 'Content-Length': 99 }).end(),
    })
    const answer = await gateway.request({ method: 'HEAD' })
    expect(answer.headers['content-length']).toBe('99')
    expect(answer.text).toBe('')
    const error = await gateway.request({ method: 'HEAD', path: '/%2e%2e' })
    expect(error.status).toBe(400)
    expect(Number(error.headers['content-length'])).toBeGreaterThan(0)
    expect(error.text).toBe('')
  })

  it('to HEAD that a plugin wants whole has no length of its own making', async () => {
    const whole = definePlugin({ name: 'whole', priority: 1, config, response: () => undefined })
    const gateway = await startRoute({
      plugins: [whole],
      upstream: (_, outgoing) => outgoing.writeHead(200, { 'Content-Length': 99 }).end(),
    })
    expect((await gateway.request({ method: 'HEAD' })).headers['content-length']).toBe('99')
  })

  it('is read no faster than the client takes it', async () => {
    const body = randomBytes(30_000_000)
    let written = 0
    let waiting = false
    const gateway = await startRoute({
      upstream(_, outgoing) {
        outgoing.writeHead(200)
        const more = () => {
          while (written < body.length) {
            const piece = body.subarray(written, written + 100_000)
            written += piece.length
            if (!outgoing.write(piece)) {
              waiting = true
              outgoing.once('drain', () => {
                waiting = false
                more()
              })
              return
            }
          }
          outgoing.end()
        }
        more()
      },
    })
    const hash = createHash('md5')
    const read = new Promise<void>((resolve, reject) => {
      get(gateway.url, (incoming) => {
        let stalled = false
        incoming.on('data', (piece: Buffer) => {
          hash.update(piece)
          if (stalled) return
          stalled = true
          incoming.pause()
          // Goes on once the upstream waits too, long before all is sent.
          void waitFor(() => waiting).then(() => {
            expect(written).toBeLessThan(body.length)
            incoming.resume()
          })
        })
        incoming.on('end', () => {
          expect(stalled).toBe(true)
          resolve()
        })
        incoming.on('error', reject)
      })
    })
    await read
    expect(hash.digest('hex')).toBe(md5(body))
  })

  it('of a plugin may come in pieces', async () => {
    const gate = new Gate()
    async function* pieces() {
      yield 'one '
      await gate.pass()
      yield Buffer.from('two')
    }
    const streamer = definePlugin({
      name: 'streamer',
      priority: 1,
      config,
      access: (kong) => kong.response.exit(200, { pieces: pieces() }, { 'X-Way': 'piece by piece' }),
      filtersBody: () => true,
      bodyFilter: (_, __, piece, last) => (last ? Buffer.from('!') : piece),
    })
    const gateway = await startRoute({ plugins: [streamer] })
    const first = Promise.withResolvers<string>()
    const all = new Promise<string>((resolve) => {
      get(gateway.url, (incoming) => {
        let text = ''
        incoming.on('data', (piece) => {
          text += String(piece)
          first.resolve(text)
        })
        incoming.on('end', () => resolve(text))
      })
    })
    expect(await first.promise).toBe('one ')
    gate.open()
    expect(await all).toBe('one two!')
    expect((await gateway.record()).response).toMatchObject({ status: 200, size: 8 })
  })

  it('of a plugin that fails while it is made is cut', async () => {
    async function* pieces() {
      yield 'one'
      throw new Error('nothing more')
    }
    const streamer = definePlugin({
      name: 'streamer',
      priority: 1,
      config,
      access: (kong) => kong.response.exit(200, { pieces: pieces() }),
    })
    const gateway = await startRoute({ plugins: [streamer] })
    await expect(gateway.request()).rejects.toThrow()
    await waitFor(() => gateway.logs.some((line) => line.includes('nothing more')))
  })
})
