import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ActiveChecker } from '../../../src/upstream/health/active.ts'
import { type ProbeResult, probeFor } from '../../../src/upstream/health/probe.ts'
import { type AddressHealth, UpstreamHealth } from '../../../src/upstream/health/upstream-health.ts'
import { Pools } from '../../../src/upstream/pools.ts'
import { upstream } from '../balancer/support.ts'
import { certificate, intermediate, privateKey } from '../certificates.ts'
import { listen, rawServer } from '../support.ts'

let pools: Pools
const closing: (() => unknown)[] = []

beforeEach(() => {
  pools = new Pools()
})

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await pools.destroy()
})

async function started(server: Server): Promise<number> {
  const port = await listen(server)
  closing.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
  return port
}

function checks(active: Record<string, unknown>) {
  return upstream({ healthchecks: { active } }).healthchecks
}

function addressAt(port: number, hostname = 'site.test'): AddressHealth {
  return new UpstreamHealth('up', checks({})).of('127.0.0.1', port, hostname)
}

function probe(active: Record<string, unknown>, address: AddressHealth, hostHeader: string | null = null) {
  return probeFor(checks(active).active, hostHeader, pools)(address)
}

async function closedPort(): Promise<number> {
  const server = await rawServer(() => {})
  await server.close()
  return server.port
}

describe('a probe over HTTP', () => {
  it('asks for the path, names the host, sends the headers, and closes', async () => {
    const seen: { url: string | undefined; headers: IncomingHttpHeaders }[] = []
    const port = await started(
      createServer(({ url, headers }, response) => {
        seen.push({ url, headers })
        response.writeHead(302).end('x')
      }),
    )
    const settings = { http_path: '/health?x=1', headers: { 'X-Probe': ['a', 'b'] } }
    expect(await probe(settings, addressAt(port))).toBe(302)
    expect(await probe(settings, addressAt(port), 'front.test')).toBe(302)
    expect(await probe({ headers: { Host: ['own.test'] } }, addressAt(port))).toBe(302)
    expect(seen.map(({ url }) => url)).toEqual(['/health?x=1', '/health?x=1', '/'])
    expect(seen.map(({ headers }) => headers.host)).toEqual(['site.test', 'front.test', 'own.test'])
    expect(seen[0]?.headers).toMatchObject({ 'x-probe': 'a, b', connection: 'close' })
  })

  it('does not wait for a body without end', async () => {
    const port = await started(createServer((_, response) => response.write('...')))
    expect(await probe({}, addressAt(port))).toBe(200)
  })

  it.each([
    ['refuses', 'tcp', async () => closedPort()],
    ['stays silent', 'timeout', async () => started(createServer(() => {}))],
    [
      'switches protocols',
      'tcp',
      async () => {
        const answer = 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'
        const server = await rawServer((socket) => socket.write(answer))
        closing.push(() => server.close())
        return server.port
      },
    ],
    ['hangs up', 'tcp', async () => started(createServer((request) => request.socket.destroy()))],
  ] as const)('of a target that %s fails by %s', async (_, result, serve) => {
    expect(await probe({ timeout: 0.1 }, addressAt(await serve()))).toBe(result)
  })

  it('over TLS verifies the certificate, or not, by the name that is set', async () => {
    const options = { cert: certificate + intermediate, key: privateKey }
    const port = await started(createHttpsServer(options, (_, response) => response.end()))
    expect(await probe({ type: 'https' }, addressAt(port))).toBe('tcp')
    expect(await probe({ type: 'https', https_verify_certificate: false }, addressAt(port))).toBe(200)
    const named = { type: 'https', https_verify_certificate: false, https_sni: 'upstream.test' }
    expect(await probe(named, addressAt(port, '127.0.0.1'))).toBe(200)
  })
})

describe('a probe over TCP', () => {
  it('is content with a connection', async () => {
    const server = await rawServer(() => {})
    closing.push(() => server.close())
    expect(await probe({ type: 'tcp' }, addressAt(server.port))).toBe(true)
    expect(await probe({ type: 'tcp' }, addressAt(await closedPort()))).toBe('tcp')
  })
})

describe('the active checker', () => {
  const active = {
    concurrency: 2,
    healthy: { interval: 0.01, successes: 1 },
    unhealthy: { interval: 0.01, tcp_failures: 1, http_failures: 1 },
  }

  it('takes a target out when it fails, and in again when it answers', async () => {
    let status = 200
    const port = await started(createServer((_, response) => response.writeHead(status).end()))
    const changes: boolean[] = []
    const { healthchecks } = upstream({ healthchecks: { active } })
    const health = new UpstreamHealth('up', healthchecks, undefined, ({ healthy }) => changes.push(healthy))
    const address = health.of('127.0.0.1', port, 'site.test')
    const checker = new ActiveChecker(health, probeFor(healthchecks.active, null, pools), () => [address])
    checker.start()
    closing.push(() => checker.stop())
    status = 500
    await expect.poll(() => changes).toEqual([false])
    status = 200
    await expect.poll(() => changes).toEqual([false, true])
  })

  it('runs as many probes at once as allowed, and one round at a time', async () => {
    const { healthchecks } = upstream({ healthchecks: { active } })
    const health = new UpstreamHealth('up', healthchecks)
    const addresses = Array.from({ length: 5 }, (_, i) => health.of('127.0.0.1', i + 1, 'a'))
    let rounds = 0
    const waiting: ((result: ProbeResult) => void)[] = []
    const checker = new ActiveChecker(
      health,
      () => new Promise((resolve) => waiting.push(resolve)),
      () => {
        rounds += 1
        return addresses
      },
    )
    checker.start()
    closing.push(() => checker.stop())
    await expect.poll(() => waiting.length).toBe(2)
    const before = rounds
    // The rhythm of unhealthy targets goes on meanwhile; that it does shows that time has passed.
    await expect.poll(() => rounds).toBeGreaterThan(before + 2)
    expect(waiting).toHaveLength(2)
    for (let i = 0; i < 5; i++) {
      await expect.poll(() => waiting.length).toBeGreaterThan(i)
      waiting[i]?.(200)
    }
    await expect.poll(() => waiting.length).toBeGreaterThan(5)
  })

  it('hears nothing once stopped', async () => {
    const { healthchecks } = upstream({ healthchecks: { active } })
    const health = new UpstreamHealth('up', healthchecks)
    const address = health.of('127.0.0.1', 1, 'a')
    let finish: (result: ProbeResult) => void = () => {}
    const probing = new Promise<void>((resolve) => {
      const checker = new ActiveChecker(
        health,
        () =>
          new Promise((done) => {
            finish = done
            checker.stop()
            resolve()
          }),
        () => [address],
      )
      checker.start()
    })
    await probing
    finish('tcp')
    await new Promise((resolve) => setImmediate(resolve))
    expect(address.usable).toBe(true)
  })
})
