/** What a listener answers to what is no request, or one that is too large or too slow. */

import { createServer, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { HttpListener, openConnections } from '../../src/server/listener.ts'
import { listenLocally, portOf } from '../support/listen-locally.ts'
import { waitFor } from '../support/wait-for.ts'
import { exchangeBytes, get, settingsOf } from './support.ts'

async function start(overrides: Record<string, string> = {}, name = 'proxy_listen'): Promise<HttpListener> {
  const settings = settingsOf(overrides)
  const [listener] = settings.proxy_listen
  if (listener === undefined) throw new Error(name)
  const server = new HttpListener({
    listener,
    settings,
    shared: false,
    handle: (incoming, outgoing) => {
      incoming.resume().on('end', () => outgoing.end(`${incoming.method} ${incoming.url}`))
    },
  })
  await server.listen()
  onTestFinished(() => {
    server.stop()
    server.destroy()
  })
  return server
}

it.each([
  ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 400, 'The request cannot be understood: '],
  ['a broken header', 'GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n', 400, 'The request cannot be understood: '],
  ['too many headers', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(5000)}\r\n\r\n`, 431, 'the limit is 4096 bytes'],
  ['an expectation', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n', 417, 'Expectation failed'],
])('answers %s in the gateway’s own shape, and ends the connection', async (_, bytes, status, message) => {
  const server = await start({ client_header_max_size: '4k' })
  const answer = await exchangeBytes(server.url, bytes)
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(head.toLowerCase()).toContain('connection: close')
  expect(head).toMatch(/Content-Type: application\/json; charset=utf-8/)
  const parsed: unknown = JSON.parse(body)
  const id = /X-Kong-Request-Id: ([0-9a-f]{32})/.exec(head)?.[1]
  expect(parsed).toEqual({ message: expect.stringContaining(message), request_id: id })
})

it('does not wait forever for headers', async () => {
  const server = await start({ client_header_timeout: '1' })
  const answer = await exchangeBytes(server.url, 'GET / HTTP/1.1\r\nHost: a\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(answer).toContain('"message": "Request timeout"')
})

it('lets a client go on that asks first', async () => {
  const server = await start()
  const answer = await exchangeBytes(
    server.url,
    'POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\nConnection: close\r\n\r\ny',
  )
  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
})

it('ends a connection that turns into garbage after an answer has begun, without a second one', async () => {
  const settings = settingsOf()
  const [listener] = settings.proxy_listen
  if (listener === undefined) throw new Error('no listener')
  const handle = (_: unknown, outgoing: ServerResponse) => void outgoing.write('begun')
  const server = new HttpListener({ listener, settings, shared: false, handle })
  const url = await server.listen()
  onTestFinished(() => {
    server.stop()
    server.destroy()
  })
  const socket = connect(server.port, new URL(url).hostname)
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  let text = ''
  for await (const piece of socket) {
    if (text === '') socket.write('\0\0garbage\r\n\r\n')
    text += String(piece)
  }
  expect(text).toContain('begun')
  expect(text).not.toContain('request_id')
})

it('tells its address and counts its connections', async () => {
  const server = await start()
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  expect((await get(`${server.url}/path`)).text).toBe('GET /path')
  await waitFor(async () => (await openConnections(server.server)) === 0)
  server.stop()
  await waitFor(() => server.url === '' && server.port === 0)
  await expect(openConnections(server.server)).resolves.toBe(0)
})

it('listens on IPv6 with its address in brackets', async () => {
  const server = await start({ proxy_listen: '[::1]:0' })
  expect(server.url).toBe(`http://[::1]:${server.port}`)
})

it('rejects a port that is taken', async () => {
  const other = createServer()
  await listenLocally(other)
  await expect(start({ proxy_listen: `127.0.0.1:${portOf(other)}` })).rejects.toThrow('EADDRINUSE')
  other.close()
})
