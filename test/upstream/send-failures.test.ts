import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Pools } from '../../src/upstream/pools.ts'
import { send } from '../../src/upstream/send.ts'
import type { Timeouts, UpstreamRequest } from '../../src/upstream/types.ts'
import { noTimeouts, Recorder, rawServer, requestTo } from './support.ts'

let pools: Pools

beforeEach(() => {
  pools = new Pools()
})

afterEach(() => pools.destroy())

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
const within = (changes: Partial<Timeouts>): Partial<UpstreamRequest> => ({ timeouts: { ...noTimeouts, ...changes } })

interface Case {
  name: string
  answer: (socket: Socket) => void
  request?: Partial<UpstreamRequest>
  failure: { kind: string; phase: string; reason?: string }
  status?: number
}

const cases: Case[] = [
  {
    name: 'says nothing before the head',
    answer: () => {},
    request: within({ firstByte: 50 }),
    failure: { kind: 'timeout', phase: 'firstByte', reason: 'no answer in time' },
  },
  {
    name: 'stops within the head',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-le'),
    request: within({ firstByte: 50 }),
    failure: { kind: 'timeout', phase: 'firstByte' },
  },
  {
    name: 'stops within the body',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\npart'),
    request: within({ idle: 50 }),
    failure: { kind: 'timeout', phase: 'body', reason: 'the answer stalled' },
    status: 200,
  },
  {
    name: 'drips its body past the total time',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n')
      const drip = setInterval(() => (socket.destroyed ? clearInterval(drip) : socket.write('.')), 10)
    },
    request: within({ idle: 1000, total: 100 }),
    failure: { kind: 'timeout', phase: 'body', reason: 'the answer took too long' },
    status: 200,
  },
  {
    name: 'closes without a word',
    answer: (socket) => socket.end(),
    failure: { kind: 'reset', phase: 'firstByte' },
  },
  {
    name: 'resets before the head',
    answer: (socket) => socket.resetAndDestroy(),
    failure: { kind: 'reset', phase: 'firstByte' },
  },
  {
    name: 'resets within the body',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\npart', () => socket.resetAndDestroy())
    },
    failure: { kind: 'reset', phase: 'body' },
    status: 200,
  },
  {
    name: 'sends less than its content-length, on a kept connection',
    answer: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\npart'),
    failure: { kind: 'reset', phase: 'body' },
    status: 200,
  },
  {
    name: 'sends less than its content-length, on a closing connection',
    answer: (socket) => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\npart'),
    failure: { kind: 'reset', phase: 'body', reason: 'the answer was cut short' },
    status: 200,
  },
  {
    name: 'leaves out the last chunk',
    answer: (socket) =>
      socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n'),
    failure: { kind: 'reset', phase: 'body' },
    status: 200,
  },
  {
    name: 'sends chunks without sizes',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\npart\r\n'),
    failure: { kind: 'invalid', phase: 'body' },
    status: 200,
  },
  {
    name: 'does not speak HTTP',
    answer: (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'),
    failure: { kind: 'invalid', phase: 'firstByte', reason: 'the answer is not HTTP' },
  },
  {
    name: 'sends both content-length and transfer-encoding',
    answer: (socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
    failure: { kind: 'invalid', phase: 'firstByte' },
  },
  {
    name: 'sends two content-lengths',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok'),
    failure: { kind: 'invalid', phase: 'firstByte' },
  },
  {
    name: 'folds a header over two lines',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\nx-a: one\r\n two\r\ncontent-length: 2\r\n\r\nok'),
    failure: { kind: 'invalid', phase: 'firstByte' },
  },
  {
    name: 'sends one header without end',
    answer: (socket) => socket.write(`HTTP/1.1 200 OK\r\nx-bomb: ${'a'.repeat(200_000)}\r\n\r\n`),
    failure: { kind: 'invalid', phase: 'firstByte', reason: 'the headers of the answer are too large' },
  },
  {
    name: 'sends headers without end',
    answer: (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'x-bomb: a\r\n'.repeat(20_000)}\r\n`),
    failure: { kind: 'invalid', phase: 'firstByte', reason: 'the headers of the answer are too large' },
  },
  {
    name: 'asks for a body that was not announced',
    answer: (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'),
    failure: { kind: 'invalid', phase: 'firstByte' },
  },
  {
    name: 'switches protocols unasked',
    answer: (socket) => socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    failure: { kind: 'invalid', phase: 'firstByte' },
  },
]

describe('an upstream that', () => {
  it.each(cases)('$name', async ({ answer, request, failure, status }) => {
    let first = true
    const server = await rawServer((socket) => {
      if (!first) {
        socket.write(ok)
        return
      }
      first = false
      answer(socket)
    })
    const recorder = new Recorder()
    send(pools, requestTo(server.address, request), recorder)
    await recorder.done
    expect(recorder.failure).toMatchObject(failure)
    expect(recorder.status).toBe(status)
    expect(recorder.failure?.message).not.toContain('127.0.0.1')
    expect(recorder.ended).toBe(0)

    const next = new Recorder()
    send(pools, requestTo(server.address, request), next)
    await next.done
    expect(next.failures).toEqual([])
    expect(next.body).toBe('ok')
    expect(recorder.failures).toHaveLength(1)
    await server.close()
  })

  it('refuses', async () => {
    const server = await rawServer(() => {})
    await server.close()
    const recorder = new Recorder()
    send(pools, requestTo(server.address), recorder)
    await recorder.done
    expect(recorder.failure).toMatchObject({ kind: 'connect', phase: 'connect', reason: 'connection refused' })
    expect(recorder.failure?.message).not.toContain('127.0.0.1')
  })

  it('has no address', async () => {
    const recorder = new Recorder()
    send(pools, requestTo({ host: 'nowhere.invalid', port: 80, hostname: 'nowhere.invalid' }), recorder)
    await recorder.done
    expect(recorder.failure).toMatchObject({ kind: 'connect', phase: 'connect', reason: 'name resolution failed' })
  })

  it('sends more than its content-length does not spoil the next answer', async () => {
    const server = await rawServer((socket) => {
      socket.write(
        'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok and HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil',
      )
    })
    for (let i = 0; i < 4; i++) {
      const recorder = new Recorder()
      send(pools, requestTo(server.address, { method: 'POST', body: Buffer.from('x') }), recorder)
      await recorder.done
      expect(recorder.body).toBe('ok')
      expect(recorder.failures).toEqual([])
    }
    await server.close()
  })

  it('sends an answer ahead of the next request is not believed', async () => {
    const server = await rawServer((socket) => {
      socket.write(ok, () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil'))
    })
    for (let i = 0; i < 4; i++) {
      const recorder = new Recorder()
      send(pools, requestTo(server.address), recorder)
      await recorder.done
      expect(recorder.body).toBe('ok')
      expect(recorder.failures).toEqual([])
    }
    await server.close()
  })

  it('does not complete the connection in time', async () => {
    // A TLS handshake that is never answered: the one connection that hangs without leaving this host.
    const server = await rawServer(() => {})
    const recorder = new Recorder()
    send(pools, requestTo(server.address, { scheme: 'https', ...within({ connect: 100 }) }), recorder)
    await recorder.done
    expect(recorder.failure).toMatchObject({ kind: 'timeout', phase: 'connect', reason: 'connecting took too long' })
    await server.close()
  })

  it('takes longer to connect than the whole try may', async () => {
    const server = await rawServer(() => {})
    const recorder = new Recorder()
    send(pools, requestTo(server.address, { scheme: 'https', ...within({ connect: 5000, total: 50 }) }), recorder)
    await recorder.done
    expect(recorder.failure).toMatchObject({ kind: 'timeout', phase: 'connect' })
    await server.close()
  })

  it('does not speak TLS', async () => {
    const server = await rawServer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const recorder = new Recorder()
    send(pools, requestTo(server.address, { scheme: 'https' }), recorder)
    await recorder.done
    expect(recorder.failure).toMatchObject({ kind: 'tls', phase: 'connect', reason: 'the TLS handshake failed' })
    await server.close()
  })
})

it('a handler that throws aborts its own try alone', async () => {
  const server = await rawServer((socket) => socket.write(ok))
  const recorder = new Recorder()
  recorder.data = () => {
    throw new Error('bug')
  }
  send(pools, requestTo(server.address), recorder)
  await recorder.done
  expect(recorder.failure).toMatchObject({ kind: 'aborted', phase: 'body' })
  expect(recorder.failure?.cause).toMatchObject({ message: 'bug' })
  await server.close()
})
