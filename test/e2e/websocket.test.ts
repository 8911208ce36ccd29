import { once } from 'node:events'
import { createConnection } from 'node:net'
import { WebSocket } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Gateway } from '../support/process.ts'
import { startRawServer } from '../support/raw-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { rawRequest } from './raw-request.ts'
import { startBuilt } from './support.ts'
import { encodeMasked, opcodes, startWebSocketServer, type WebSocketServer } from './websocket-server.ts'

let gateway: Gateway
let upstream: WebSocketServer

beforeAll(async () => {
  upstream = await startWebSocketServer()
  const gone = await startRawServer({ bytes: '' })
  await gone.close()
  gateway = await startBuilt({
    services: [
      {
        name: 'sockets',
        url: upstream.url,
        // A WebSocket may be silent for longer than an answer may take.
        read_timeout: 500,
        routes: [
          { name: 'open', paths: ['/open'] },
          { name: 'guarded', paths: ['/guarded'], plugins: [{ name: 'key-auth' }] },
        ],
      },
      { name: 'gone', url: gone.url, routes: [{ name: 'gone', paths: ['/gone'] }] },
    ],
    consumers: [{ username: 'ada', keyauth_credentials: [{ key: 'client-key-1' }] }],
  })
})
afterAll(async () => {
  await gateway?.stop()
  await upstream?.close()
})

/** A client that keeps what it is told. */
async function connect(path: string, protocols: string[] = []) {
  const socket = new WebSocket(`${gateway.proxy[0]?.replace('http', 'ws')}${path}`, protocols)
  const messages: unknown[] = []
  const closed = Promise.withResolvers<{ code: number; reason: string }>()
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('message', ({ data }) => messages.push(data))
  socket.addEventListener('close', ({ code, reason }) => closed.resolve({ code, reason }))
  const opened = Promise.withResolvers<void>()
  socket.addEventListener('open', () => opened.resolve())
  socket.addEventListener('error', ({ message }) => opened.reject(new Error(message)))
  await opened.promise
  return { socket, messages, closed: closed.promise }
}

describe('a WebSocket through the gateway', () => {
  it('carries messages both ways, and the client’s close', async () => {
    const { socket, messages, closed } = await connect('/open/chat?room=1')
    socket.send('hello')
    await waitFor(() => messages.length === 1)
    socket.send('grüße 🗼')
    await waitFor(() => messages.length === 2)
    expect(messages).toEqual(['HELLO', 'GRÜSSE 🗼'])
    expect(upstream.handshakes.at(-1)?.url).toBe('/chat?room=1')
    socket.close(4000, 'done')
    expect(await closed).toEqual({ code: 4000, reason: 'done' })
    await waitFor(() => upstream.closed.at(-1) === 4000)
  })

  it('carries the close of the upstream, with its reason', async () => {
    const { socket, closed } = await connect('/open')
    socket.send('close 4001 out of cheese')
    expect(await closed).toEqual({ code: 4001, reason: 'out of cheese' })
  })

  it('carries what the upstream says unasked, in order', async () => {
    const { socket, messages } = await connect('/open')
    socket.send('count 2000')
    await waitFor(() => messages.length === 2000)
    expect(messages).toEqual(Array.from({ length: 2000 }, (_, index) => String(index)))
    socket.close()
  })

  it('carries large binary messages unchanged', async () => {
    const { socket, messages } = await connect('/open')
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251)
    socket.send(bytes)
    const [answer] = await waitFor(() => messages.length === 1 && messages)
    if (!(answer instanceof ArrayBuffer)) throw new Error('the answer is not binary')
    expect(Buffer.compare(Buffer.from(answer), Buffer.from(bytes))).toBe(0)
    socket.close()
  })

  it('agrees on a subprotocol', async () => {
    const { socket } = await connect('/open', ['graphql-ws', 'other'])
    expect(socket.protocol).toBe('graphql-ws')
    socket.close()
  })

  it('may be silent for longer than the service may take to answer', async () => {
    const { socket, messages } = await connect('/open')
    const silentUntil = performance.now() + 1000
    await waitFor(() => performance.now() > silentUntil)
    socket.send('still here')
    await waitFor(() => messages.includes('STILL HERE'))
    socket.close()
  })

  it('is cut where the upstream is', async () => {
    const { socket, closed } = await connect('/open')
    socket.send('cut')
    expect((await closed).code).toBe(1006)
  })

  it('is let in with a key', async () => {
    const { socket, messages } = await connect('/guarded?apikey=client-key-1')
    socket.send('a')
    await waitFor(() => messages.includes('A'))
    socket.close()
  })
})

describe('a handshake', () => {
  const { proxy } = { proxy: () => gateway.proxy[0] ?? '' }
  const handshake = (path: string, more = '') =>
    `GET ${path} HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`

  it('is refused as the upstream refuses it', async () => {
    const answer = await rawRequest(proxy(), handshake('/open/refused'))
    expect(answer.status).toBe(403)
    expect(answer.headers['x-reason']).toBe('members')
    expect(answer.body).toBe('members!')
  })

  it.each([
    ['without a key', '/guarded', 401],
    ['without a route', '/nowhere', 404],
    ['without an upstream', '/gone', 502],
  ])('%s is refused by the gateway', async (_, path, status) => {
    const answer = await rawRequest(proxy(), handshake(path))
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body)).toMatchObject({ request_id: answer.headers['x-kong-request-id'] })
    const healthy = await connect('/open')
    healthy.socket.close()
  })

  it('for another protocol is an ordinary request', async () => {
    const answer = await rawRequest(proxy(), handshake('/open').replace('websocket', 'h2c'))
    expect(answer.status).toBe(200)
    expect(answer.body).toContain('no WebSocket was asked for')
  })

  it('may be followed by a message at once', async () => {
    const { hostname, port } = new URL(proxy())
    const socket = createConnection(Number(port), hostname)
    let seen = ''
    socket.on('data', (piece: Buffer) => {
      seen += piece.toString('latin1')
    })
    socket.write(Buffer.concat([Buffer.from(handshake('/open')), encodeMasked(opcodes.text, 'early')]))
    await waitFor(() => seen.includes('EARLY'))
    expect(seen).toContain('HTTP/1.1 101 ')
    // RFC 6455, 1.3: the answer to the key of the handshake.
    expect(seen).toContain('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
    const before = upstream.closed.length
    socket.resetAndDestroy()
    await once(socket, 'close')
    await waitFor(() => upstream.closed.length > before)
    expect(upstream.closed.at(-1)).toBe(1006)
  })
})
