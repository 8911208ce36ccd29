import { once } from 'node:events'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Pools } from '../../src/upstream/pools.ts'
import { send } from '../../src/upstream/send.ts'
import { noTimeouts, type RawServer, Recorder, rawServer, requestTo } from './support.ts'

let pools: Pools
let servers: RawServer[]

beforeEach(() => {
  pools = new Pools()
  servers = []
})

afterEach(async () => {
  await pools.destroy()
  await Promise.all(servers.map((server) => server.close()))
})

async function serve(...args: Parameters<typeof rawServer>): Promise<RawServer> {
  const server = await rawServer(...args)
  servers.push(server)
  return server
}

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

describe('an answer', () => {
  it('comes with lower-case headers, the raw list, the body and the trailers', async () => {
    const server = await serve((socket) => {
      socket.write(
        'HTTP/1.1 201 Created\r\nX-One: 1\r\nx-one: 2\r\nSet-Cookie: a=b\r\nTransfer-Encoding: chunked\r\n\r\n' +
          '5\r\nhello\r\n0\r\nX-Sum: 9\r\n\r\n',
      )
    })
    const recorder = new Recorder()
    send(pools, requestTo(server.address), recorder)
    await recorder.done
    expect(recorder.status).toBe(201)
    expect(recorder.head_?.headers).toEqual({ 'x-one': '1, 2', 'set-cookie': ['a=b'], 'transfer-encoding': 'chunked' })
    expect(recorder.head_?.rawHeaders.slice(0, 6)).toEqual(['X-One', '1', 'x-one', '2', 'Set-Cookie', 'a=b'])
    expect(recorder.body).toBe('hello')
    expect(recorder.trailers).toEqual({ 'x-sum': '9' })
    expect(recorder.failures).toEqual([])
  })

  it('is heard from its final head on: informational heads are skipped', async () => {
    const server = await serve((socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${ok}`))
    const recorder = new Recorder()
    send(pools, requestTo(server.address), recorder)
    await recorder.done
    expect(recorder.status).toBe(200)
    expect(recorder.body).toBe('ok')
  })

  it('to a redirect is not followed', async () => {
    const server = await serve((socket) =>
      socket.write('HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n'),
    )
    const recorder = new Recorder()
    send(pools, requestTo(server.address), recorder)
    await recorder.done
    expect(recorder.status).toBe(302)
    expect(recorder.ended).toBe(1)
  })
})

describe('a request', () => {
  it('goes out with its method, path, headers and a buffered body', async () => {
    let received = ''
    const server = await serve((socket, text) => {
      received += text
      if (received.endsWith('{"a":1}')) socket.write(ok)
    })
    const recorder = new Recorder()
    send(
      pools,
      requestTo(server.address, {
        method: 'POST',
        path: '/v1/chat?x=%20y',
        headers: ['Host', 'api.test', 'X-Key', 'k', 'content-type', 'application/json'],
        body: Buffer.from('{"a":1}'),
      }),
      recorder,
    )
    await recorder.done
    expect(recorder.body).toBe('ok')
    expect(received).toMatch(/^POST \/v1\/chat\?x=%20y HTTP\/1\.1\r\n/)
    expect(received).toContain('host: api.test\r\n')
    expect(received).toContain('X-Key: k\r\n')
    expect(received).toContain('content-length: 7\r\n')
  })

  it('streams an iterable body, chunked', async () => {
    let received = ''
    const server = await serve((socket, text) => {
      received += text
      if (received.includes('\r\n0\r\n')) socket.write(ok)
    })
    async function* pieces() {
      yield Buffer.from('one')
      yield Buffer.from('two')
    }
    const recorder = new Recorder()
    send(pools, requestTo(server.address, { method: 'POST', body: pieces() }), recorder)
    await recorder.done
    expect(recorder.status).toBe(200)
    expect(received).toContain('transfer-encoding: chunked')
    expect(received).toMatch(/3\r\none\r\n.*3\r\ntwo\r\n/s)
  })

  it('fails when the body breaks off', async () => {
    const server = await serve(() => {})
    const body = new PassThrough()
    const recorder = new Recorder()
    send(pools, requestTo(server.address, { method: 'POST', body }), recorder)
    body.write('half')
    await expect.poll(() => server.sockets.length).toBe(1)
    body.destroy(new Error('client went away'))
    await recorder.done
    expect(recorder.failure?.kind).toBe('aborted')
    expect(recorder.failures).toHaveLength(1)
  })

  it('that HTTP does not allow is refused, not sent', async () => {
    const server = await serve((socket) => socket.write(ok))
    const recorder = new Recorder()
    send(pools, requestTo(server.address, { headers: ['transfer-encoding', 'gzip'] }), recorder)
    await recorder.done
    expect(recorder.failure).toMatchObject({ kind: 'invalid', phase: 'connect' })
    expect(server.sockets).toHaveLength(0)
  })
})

describe('connections', () => {
  it('are kept and used again', async () => {
    const server = await serve((socket) => socket.write(ok))
    for (let i = 0; i < 10; i++) {
      const recorder = new Recorder()
      send(pools, requestTo(server.address), recorder)
      await recorder.done
      expect(recorder.body).toBe('ok')
    }
    // Two, since a connection is free one turn of the event loop after its answer ended.
    expect(server.sockets.length).toBeLessThanOrEqual(2)
  })

  it('are not shared by requests under way', async () => {
    const waiting: (() => void)[] = []
    const server = await serve((socket) => waiting.push(() => socket.write(ok)))
    const recorders = [new Recorder(), new Recorder()]
    for (const recorder of recorders) send(pools, requestTo(server.address), recorder)
    await expect.poll(() => waiting.length).toBe(2)
    for (const answer of waiting) answer()
    await Promise.all(recorders.map((recorder) => recorder.done))
    expect(server.sockets).toHaveLength(2)
  })

  it('beyond those that are kept serve one request', async () => {
    await pools.destroy()
    pools = new Pools({ keepaliveSize: 1 })
    const heads: string[] = []
    const waiting: (() => void)[] = []
    const server = await serve((socket, text) => {
      heads.push(text)
      waiting.push(() => socket.write(ok))
    })
    const recorders = [new Recorder(), new Recorder()]
    for (const recorder of recorders) send(pools, requestTo(server.address), recorder)
    await expect.poll(() => waiting.length).toBe(2)
    for (const answer of waiting) answer()
    await Promise.all(recorders.map((recorder) => recorder.done))
    expect(heads.filter((head) => head.includes('connection: close'))).toHaveLength(1)
  })

  it('that the upstream closed while idle do not fail the next request', async () => {
    const server = await serve((socket) => socket.write(ok))
    for (let i = 0; i < 5; i++) {
      const recorder = new Recorder()
      send(pools, requestTo(server.address, { method: 'POST', body: Buffer.from('x') }), recorder)
      await recorder.done
      expect(recorder.failures).toEqual([])
      const socket = server.sockets.at(-1)
      if (i % 2 === 0) socket?.end()
      else socket?.resetAndDestroy()
      if (socket !== undefined && !socket.closed) await once(socket, 'close')
    }
    expect(server.sockets.length).toBe(5)
  })
})

describe('an idle connection that goes bad just as a request is given to it', () => {
  it.each([
    ['by a reset', (socket: Socket) => void socket.resetAndDestroy()],
    ['by its end', (socket: Socket) => void socket.end()],
    ['by garbage', (socket: Socket) => void socket.write('garbage\r\n\r\n')],
    ['by an answer to nothing', (socket: Socket) => void socket.write(`${ok.slice(0, -2)}no`)],
    ['by a header bomb', (socket: Socket) => void socket.write(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}`)],
  ])('%s is replaced, unseen', async (_, spoil) => {
    const server = await serve((socket) => socket.write(ok))
    const first = new Recorder()
    send(pools, requestTo(server.address), first)
    await first.done
    const [socket] = server.sockets
    if (socket === undefined) throw new Error('no connection')
    // Past the turn of the event loop in which the connection becomes free.
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
    spoil(socket)
    const second = new Recorder()
    send(pools, requestTo(server.address, { method: 'POST', body: Buffer.from('x') }), second)
    await second.done
    expect(second.failures).toEqual([])
    expect(second.body).toBe('ok')
    expect(server.sockets).toHaveLength(2)
  })
})

describe('a protocol switch', () => {
  it('hands over the socket with what was read past the head', async () => {
    const server = await serve((socket, text, read) => {
      if (read > 1) {
        socket.write(`echo:${text}`)
        return
      }
      expect(text).toContain('upgrade: websocket')
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nfirst')
    })
    const recorder = new Recorder()
    send(pools, requestTo(server.address, { upgrade: 'websocket' }), recorder)
    await recorder.done
    expect(recorder.status).toBe(101)
    expect(recorder.head_?.headers.upgrade).toBe('websocket')
    const { socket } = recorder
    if (socket === null) throw new Error('no socket')
    expect(String((await once(socket, 'data'))[0])).toBe('first')
    socket.write('ping')
    expect(String((await once(socket, 'data'))[0])).toBe('echo:ping')
    socket.destroy()
  })

  it('that is refused is an answer', async () => {
    const server = await serve((socket) => socket.write(ok))
    const recorder = new Recorder()
    send(pools, requestTo(server.address, { upgrade: 'websocket' }), recorder)
    await recorder.done
    expect(recorder.status).toBe(200)
    expect(recorder.socket).toBeNull()
  })
})

describe('a slow reader', () => {
  it('pauses the upstream, and gets the rest when it resumes', async () => {
    const size = 32 * 1024 * 1024
    const server = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`)
      socket.write(Buffer.alloc(size))
    })
    const recorder = new Recorder(false)
    const control = send(pools, requestTo(server.address, { timeouts: { ...noTimeouts, idle: 50 } }), recorder)
    await recorder.fed
    // The idle timeout must not count while the reader is what is slow: another answer with the same timeout shows when it is over.
    const stalled = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n'))
    const other = new Recorder()
    send(pools, requestTo(stalled.address, { timeouts: { ...noTimeouts, idle: 50 } }), other)
    await other.done
    expect(other.failure?.kind).toBe('timeout')
    expect(recorder.failures).toEqual([])
    expect(recorder.chunks).toHaveLength(1)
    const socket = server.sockets[0]
    expect(socket?.writableLength).toBeGreaterThan(size / 2)
    recorder.data = (chunk) => {
      recorder.chunks.push(chunk)
      setImmediate(() => control.resume())
      return false
    }
    control.resume()
    await recorder.done
    expect(recorder.failures).toEqual([])
    expect(recorder.chunks.reduce((sum, chunk) => sum + chunk.length, 0)).toBe(size)
  })

  it('may hold the body back from the head on', async () => {
    const server = await serve((socket) => socket.write(ok))
    const recorder = new Recorder()
    const headed = new Promise<void>((resolve) => {
      recorder.head = () => {
        resolve()
        return false
      }
    })
    const control = send(pools, requestTo(server.address), recorder)
    await headed
    await new Promise((resolve) => setImmediate(resolve))
    expect(recorder.chunks).toEqual([])
    control.resume()
    await recorder.done
    expect(recorder.body).toBe('ok')
  })
})

describe('aborting', () => {
  it('reaches the upstream at once', async () => {
    const server = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart'))
    const recorder = new Recorder()
    const control = send(pools, requestTo(server.address), recorder)
    await recorder.fed
    const [socket] = server.sockets
    if (socket === undefined) throw new Error('no connection')
    const started = performance.now()
    control.abort()
    expect(recorder.failure).toMatchObject({ kind: 'aborted', phase: 'body' })
    await once(socket, 'close')
    expect(performance.now() - started).toBeLessThan(100)
    control.abort()
    expect(recorder.failures).toHaveLength(1)
  })

  it('before the connection is there sends nothing', async () => {
    let received = 0
    const server = await serve(() => {
      received += 1
    })
    const recorder = new Recorder()
    const control = send(pools, requestTo(server.address), recorder)
    control.abort()
    expect(recorder.failure).toMatchObject({ kind: 'aborted', phase: 'connect' })
    await expect.poll(() => server.sockets.some((socket) => socket.closed)).toBe(true)
    expect(received).toBe(0)
  })

  it('after the end does nothing', async () => {
    const server = await serve((socket) => socket.write(ok))
    const recorder = new Recorder()
    const control = send(pools, requestTo(server.address), recorder)
    await recorder.done
    control.abort()
    control.resume()
    expect(recorder.failures).toEqual([])
    expect(recorder.ended).toBe(1)
  })
})

it('refuses requests once the pools are closed', async () => {
  await pools.close()
  const recorder = new Recorder()
  send(pools, requestTo({ host: '127.0.0.1', port: 1, hostname: '127.0.0.1' }), recorder)
  await recorder.done
  expect(recorder.failure).toMatchObject({ kind: 'aborted', reason: 'the gateway is shutting down' })
})
