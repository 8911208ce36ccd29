import { createServer, type Server, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Pools } from '../../src/upstream/pools.ts'
import { send } from '../../src/upstream/send.ts'
import type { TlsOptions, UpstreamRequest } from '../../src/upstream/types.ts'
import { certificate, intermediate, privateKey, root } from './certificates.ts'
import { listen, Recorder, requestTo } from './support.ts'

let pools: Pools
let server: Server
let port: number
let seen: { servername: unknown; authorized: boolean }[]

beforeEach(async () => {
  pools = new Pools()
  seen = []
  const options = {
    cert: certificate + intermediate,
    key: privateKey,
    requestCert: true,
    rejectUnauthorized: false,
    ca: root,
  }
  server = createServer(options, (socket: TLSSocket) => {
    seen.push({ servername: socket.servername, authorized: socket.authorized })
    socket.on('error', () => {})
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'))
  })
  server.on('tlsClientError', () => {})
  port = await listen(server)
})

afterEach(async () => {
  await pools.destroy()
  await new Promise((resolve) => server.close(resolve))
})

async function get(hostname: string, tls?: TlsOptions, changes: Partial<UpstreamRequest> = {}): Promise<Recorder> {
  const recorder = new Recorder()
  const address = { host: '127.0.0.1', port, hostname }
  send(pools, requestTo(address, { scheme: 'https', tls, ...changes }), recorder)
  await recorder.done
  return recorder
}

describe('a TLS upstream', () => {
  it('is verified by the name of its target, which is also sent', async () => {
    const recorder = await get('upstream.test', { verify: true, ca: [root] })
    expect(recorder.failures).toEqual([])
    expect(recorder.body).toBe('ok')
    expect(seen).toEqual([{ servername: 'upstream.test', authorized: false }])
  })

  it('is verified by its IP address where it has no name, whatever the Host header says', async () => {
    const headers = ['host', 'other.test']
    const recorder = await get('127.0.0.1', { verify: true, ca: [root] }, { headers })
    expect(recorder.failures).toEqual([])
    expect(seen).toMatchObject([{ servername: false }])
  })

  it('is verified by the name that was set', async () => {
    const recorder = await get('127.0.0.1', { verify: true, ca: [root], servername: 'upstream.test' })
    expect(recorder.body).toBe('ok')
    expect(seen).toMatchObject([{ servername: 'upstream.test' }])
  })

  it('is verified by the name that the request says before all others', async () => {
    const tls = { verify: true, ca: [root], servername: 'other.test' }
    const recorder = await get('another.test', tls, { servername: 'upstream.test' })
    expect(recorder.body).toBe('ok')
  })

  it('is verified unless told otherwise', async () => {
    const recorder = await get('upstream.test')
    expect(recorder.failure).toMatchObject({ kind: 'tls', phase: 'connect' })
    expect(seen.filter(({ authorized }) => authorized)).toEqual([])
  })

  it('is refused under another name', async () => {
    const recorder = await get('other.test', { verify: true, ca: [root] })
    expect(recorder.failure).toMatchObject({ kind: 'tls', reason: 'the certificate is for another name' })
  })

  it('is taken as it is where nothing is verified', async () => {
    expect((await get('other.test', { verify: false })).body).toBe('ok')
  })

  it('may have as long a chain as allowed', async () => {
    const allowed = await get('upstream.test', { verify: true, ca: [root], verifyDepth: 1 })
    expect(allowed.body).toBe('ok')
    const refused = await get('upstream.test', { verify: true, ca: [root], verifyDepth: 0 })
    expect(refused.failure).toMatchObject({ kind: 'tls', reason: 'the certificate chain is too long' })
  })

  it('is shown the certificate of the client', async () => {
    const tls = { verify: true, ca: [root], cert: certificate + intermediate, key: privateKey }
    expect((await get('upstream.test', tls)).body).toBe('ok')
    expect(seen).toMatchObject([{ authorized: true }])
  })

  it('shares connections between options that say the same, and between Host headers', async () => {
    for (let i = 0; i < 6; i++) {
      const recorder = await get('upstream.test', { verify: true, ca: [root] }, { headers: ['host', `${i}.test`] })
      expect(recorder.body).toBe('ok')
    }
    expect(pools.size).toBe(1)
    expect(seen.length).toBeLessThanOrEqual(2)
    await get('upstream.test', { verify: false })
    expect(pools.size).toBe(2)
  })
})
