/** The data plane of one thread: switching protocols, draining, and settings in the pipeline's terms. */

import { connect, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { pipelineOptions } from '../../src/server/pipeline-options.ts'
import { fromPlain, toPlain } from '../../src/server/plain-config.ts'
import { createTestGateway } from '../../src/testing/index.ts'
import { Gate } from '../support/gate.ts'
import { listenLocally, portOf } from '../support/listen-locally.ts'
import { configOf, registry, settingsOf, terminating } from './support.ts'

async function start(upstreamUrl: (own: string) => string, settings: Record<string, string> = {}) {
  const gateway = await createTestGateway({
    settings,
    config: ({ upstreamUrl: own }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl(own), retries: 0, routes: [{ paths: ['/'] }] }],
    }),
  })
  onTestFinished(() => gateway.close())
  return gateway
}

const upgrade = 'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'

/** Sends, and collects until `until` is in what came or the other side ends. */
async function talk(url: string, bytes: string, until: string, then = ''): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(bytes)
  let text = ''
  let answered = false
  for await (const piece of socket) {
    text += String(piece)
    if (!answered && then !== '' && text.includes('\r\n\r\n')) {
      answered = true
      socket.write(then)
    }
    if (text.includes(until)) break
  }
  socket.destroy()
  return text
}

it.each(['', 'off'])('joins client and service once both speak WebSocket (headers: %j)', async (headers) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Own: 1\r\n\r\n')
      socket.on('data', (piece) => socket.write(`echo ${String(piece)}`))
    })
  })
  await listenLocally(server)
  onTestFinished(() => void server.close())
  const gateway = await start(() => `http://127.0.0.1:${portOf(server)}`, headers === '' ? {} : { headers })
  const text = await talk(gateway.url, upgrade, 'echo frame', 'frame')
  expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
  expect(text).toContain('X-Own: 1')
  expect(text.includes('X-Kong-Request-Id')).toBe(headers === '')
  expect(await talk(gateway.url, `${upgrade}early`, 'echo early')).toContain('echo early')
})

it('tells a client whose service does not switch', async () => {
  const gateway = await start((own) => own)
  const text = await talk(gateway.url, upgrade, '"url":"/chat"')
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  const lost = await start(() => 'http://127.0.0.1:1')
  expect(await talk(lost.url, upgrade, 'request_id')).toMatch(/^HTTP\/1\.1 502 /)
})

it('serves a request with a body whose client would also speak another protocol', async () => {
  const gateway = await start((own) => own)
  // Java's HTTP client asks for HTTP/2 like this on its first request, whatever the method.
  const head =
    'POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAE\r\n'
  const text = await talk(gateway.url, `${head}Content-Length: 4\r\n\r\nbody`, '"body"')
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(gateway.seen[0]?.body).toBe('body')
  expect(gateway.seen[0]?.headers).not.toHaveProperty('upgrade')
})

it('waits for what is under way, but not forever', async () => {
  const gate = new Gate()
  const gateway = await createTestGateway({
    upstream: (_, outgoing) => void gate.pass().then(() => outgoing.end('late')),
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl, routes: [{ paths: ['/'] }] }],
    }),
  })
  onTestFinished(() => gateway.close())
  expect(await gateway.gateway.drain(1000)).toBe(0)
  const asking = gateway.request()
  await expect.poll(() => gate.waiting).toBe(1)
  expect(await gateway.gateway.drain(10)).toBe(1)
  const drained = gateway.gateway.drain(60_000)
  gate.open()
  expect(await drained).toBe(0)
  expect((await asking).text).toBe('late')
})

it('reads addresses and blocks of trusted proxies', () => {
  const { trusted } = pipelineOptions(settingsOf({ trusted_ips: '10.0.0.1,192.168.0.0/16,2001:db8::1,fd00::/8' }))
  expect(trusted?.check('10.0.0.1', 'ipv4')).toBe(true)
  expect(trusted?.check('10.0.0.2', 'ipv4')).toBe(false)
  expect(trusted?.check('192.168.7.7', 'ipv4')).toBe(true)
  expect(trusted?.check('2001:db8::1', 'ipv6')).toBe(true)
  expect(trusted?.check('fd12::1', 'ipv6')).toBe(true)
  expect(pipelineOptions(settingsOf()).trusted).toBeNull()
})

it('a configuration survives its way to another thread', () => {
  const config = configOf(terminating('x', { consumers: [{ username: 'ada' }] }))
  const there = fromPlain(structuredClone(toPlain(config)), registry.catalog())
  expect(there.hash).toBe(config.hash)
  for (const name of config.entities.names()) expect(there.entities.all(name)).toEqual(config.entities.all(name))
})
