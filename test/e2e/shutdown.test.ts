import { createConnection } from 'node:net'
import { Client, request, WebSocket } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Gate } from '../support/gate.ts'
import type { Gateway } from '../support/process.ts'
import { type ReplayServer, startReplayServer } from '../support/replay-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { failureOf, fixture, llmRoute, openai, sse, startBuilt } from './support.ts'
import { startWebSocketServer } from './websocket-server.ts'

const says = 'Grüße from 東京 🗼.\n\nBye'
let gateway: Gateway
let upstream: ReplayServer
let chunkGate: Gate

beforeEach(async () => {
  chunkGate = new Gate()
  upstream = await startReplayServer({
    headers: sse,
    body: fixture('openai-chat/text.stream.sse'),
    chunking: 'event',
    chunkGate,
  })
})
afterEach(async () => {
  await gateway?.stop()
  await upstream.close()
})

const start = (workers: number, drainTimeout: string) =>
  startBuilt(
    { routes: [llmRoute({ at: '/llm', client: 'openai', provider: 'openai', url: upstream.url })] },
    { env: { TOLLGATE_NGINX_WORKER_PROCESSES: String(workers), TOLLGATE_DRAIN_TIMEOUT: drainTimeout } },
  )

/** A stream of which the first words have come. */
async function startStream() {
  const seen = { text: '' }
  chunkGate.release(3)
  const done = (async () => {
    const asked = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }], stream: true as const }
    for await (const chunk of await openai(gateway, '/llm').chat.completions.create(asked)) {
      seen.text += chunk.choices[0]?.delta.content ?? ''
    }
  })()
  // It is awaited later; until then its failing is no failure of the test.
  done.catch(() => undefined)
  await waitFor(() => seen.text !== '', { what: 'the first words' })
  return { seen, done }
}

async function isRefused(): Promise<boolean> {
  const { hostname, port } = new URL(gateway.proxy[0] ?? '')
  const socket = createConnection(Number(port), hostname)
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', () => resolve(true))
  })
}

describe.each([1, 2])('with %d workers', (workers) => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s lets a stream run to its end, and takes no new connections',
    async (signal) => {
      gateway = await start(workers, '20')
      expect((await request(`${gateway.status[0]}/status/ready`)).statusCode).toBe(200)
      const { seen, done } = await startStream()
      gateway.signal(signal)
      await waitFor(isRefused, { what: 'new connections to be refused' })
      expect((await request(`${gateway.status[0]}/status/ready`)).statusCode).toBe(503)
      const before = performance.now()
      chunkGate.open()
      await done
      expect(seen.text).toBe(says)
      expect(await gateway.exited).toBe(0)
      // It ends with the stream and does not wait for the time to pass.
      expect(performance.now() - before).toBeLessThan(10_000)
      expect(gateway.stderr()).not.toContain('cut short')
    },
  )

  it('SIGTERM cuts a stream that is not done within drain_timeout', async () => {
    gateway = await start(workers, '0.5')
    const { seen, done } = await startStream()
    const before = performance.now()
    gateway.signal('SIGTERM')
    const error = await failureOf(done)
    expect(performance.now() - before).toBeGreaterThan(400)
    expect(String(error)).not.toBe('')
    expect(says.startsWith(seen.text)).toBe(true)
    expect(await gateway.exited).toBe(0)
    expect(gateway.stderr()).toContain('cut short')
    expect(await (await upstream.request(0)).outcome).toMatchObject({ how: 'aborted' })
  })

  it('an idle connection does not hold it up', async () => {
    gateway = await start(workers, '20')
    const client = new Client(gateway.proxy[0] ?? '', { keepAliveTimeout: 60_000 })
    await (await client.request({ method: 'GET', path: '/nowhere' })).body.dump()
    const before = performance.now()
    gateway.signal('SIGTERM')
    expect(await gateway.exited).toBe(0)
    expect(performance.now() - before).toBeLessThan(10_000)
    await client.destroy()
  })

  it('SIGTERM cuts a WebSocket that is still open after drain_timeout', async () => {
    const sockets = await startWebSocketServer()
    gateway = await startBuilt(
      { services: [{ name: 's', url: sockets.url, routes: [{ name: 'r', paths: ['/'] }] }] },
      { env: { TOLLGATE_NGINX_WORKER_PROCESSES: String(workers), TOLLGATE_DRAIN_TIMEOUT: '0.5' } },
    )
    const socket = new WebSocket(gateway.proxy[0]?.replace('http', 'ws') ?? '')
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve))
    gateway.signal('SIGTERM')
    await closed
    expect(await gateway.exited).toBe(0)
    await waitFor(() => sockets.closed.length === 1)
    await sockets.close()
  })

  it('a second signal ends it at once', async () => {
    gateway = await start(workers, '20')
    const { done } = await startStream()
    gateway.signal('SIGTERM')
    await waitFor(isRefused)
    gateway.signal('SIGTERM')
    expect(await gateway.exited).toBe(1)
    await failureOf(done)
  })
})
