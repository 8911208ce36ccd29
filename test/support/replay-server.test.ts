import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { Gate } from './gate.ts'
import { type RawReply, startRawServer } from './raw-server.ts'
import { type ReplyChoice, startReplayServer } from './replay-server.ts'
import { waitFor } from './wait-for.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function replay(choice?: ReplyChoice) {
  const server = await startReplayServer(choice)
  closers.push(server.close)
  return server
}

async function raw(reply: RawReply) {
  const server = await startRawServer(reply)
  closers.push(server.close)
  return server
}

async function get(url: string, body?: string): Promise<IncomingMessage> {
  const outgoing = request(url, { method: body === undefined ? 'GET' : 'POST', agent: false }).end(body)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject)
  })
  return response
}

describe('replay server', () => {
  test('answers with status, headers and body, and records what it was sent', async () => {
    const server = await replay({ status: 201, headers: { 'X-A': ['1', '2'] }, body: 'hello' })
    const response = await get(`${server.url}/a?b=1`, 'question')
    expect(response.statusCode).toBe(201)
    expect(response.headers).toMatchObject({ 'x-a': '1, 2', 'content-length': '5' })
    expect(await text(response)).toBe('hello')
    const [recorded] = server.requests
    expect(recorded).toMatchObject({ method: 'POST', url: '/a?b=1', rawHeaders: expect.arrayContaining(['Host']) })
    expect(recorded?.body.toString()).toBe('question')
    expect(await recorded?.outcome).toMatchObject({ how: 'answered', at: expect.any(Number) })
  })

  test('takes replies in turn, by function, and anew', async () => {
    const server = await replay([{ body: 'one' }, { body: 'two' }])
    const said = async () => text(await get(server.url))
    expect([await said(), await said(), await said()]).toEqual(['one', 'two', 'two'])
    server.reply((recorded, index) => ({ body: `${recorded.method} ${index}` }))
    expect(await said()).toBe('GET 3')
    server.reply(() => {
      throw new Error('broken fixture')
    })
    const response = await get(server.url)
    expect([response.statusCode, await text(response)]).toEqual([599, 'Error: broken fixture'])
  })

  test('holds the head and each chunk until it is released', async () => {
    const headGate = new Gate()
    const chunkGate = new Gate()
    const server = await replay({ body: 'data: 1\n\ndata: 2\n\n', chunking: 'event', headGate, chunkGate })
    const coming = get(server.url)
    await waitFor(() => headGate.waiting === 1)
    expect((await server.request(0)).url).toBe('/')
    headGate.release()
    const response = await coming
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      await waitFor(() => chunkGate.waiting === 1)
      expect(response.readableLength).toBe(0)
      chunkGate.release()
      const next = once(response, 'data')
      response.resume()
      const [piece] = await next
      response.pause()
      expect(String(piece)).toBe(event)
    }
    response.resume()
    await waitFor(() => chunkGate.waiting === 1)
    expect(response.complete).toBe(false)
    chunkGate.open()
    await once(response, 'end')
  })

  test('tells when the client goes away, also while a gate is closed', async () => {
    const server = await replay({ body: 'abc', chunking: 'byte', chunkGate: new Gate() })
    const before = performance.now()
    const response = await get(server.url)
    response.once('error', () => undefined)
    response.destroy()
    const recorded = await server.request(0)
    expect(await recorded.aborted).toBeGreaterThan(before)
    expect(await recorded.outcome).toMatchObject({ how: 'aborted' })
  })

  test.each([0, 4])('closes abruptly after %d bytes', async (closeAfter) => {
    const server = await replay({ body: 'abcdefgh', chunking: { random: 1 }, closeAfter })
    const response = await get(server.url)
    let seen = ''
    response.on('data', (piece: Buffer) => {
      seen += piece.toString()
    })
    await expect(once(response, 'end')).rejects.toThrow('aborted')
    expect(seen).toBe('abcd'.slice(0, closeAfter))
    expect(await server.requests[0]?.outcome).toMatchObject({ how: 'cut' })
  })

  test('claims a wrong length', async () => {
    const long = await get((await replay({ body: 'abc', contentLength: 10 })).url)
    expect(long.headers['content-length']).toBe('10')
    await expect(text(long)).rejects.toThrow('aborted')
    const short = await get((await replay({ body: 'abc', contentLength: 1 })).url)
    expect(await text(short)).toBe('a')
  })
})

describe('raw server', () => {
  test('sends bytes as they are once the client has spoken, then ends', async () => {
    const server = await raw({ bytes: 'HTTP/1.1 200 OK\r\n\r\nuntil the end' })
    expect(await text(await get(server.url))).toBe('until the end')
    expect(server.received[0]?.toString()).toMatch(/^GET \/ HTTP\/1.1\r\n/)
  })

  test('sends garbage, resets, and stays silent', async () => {
    await expect(get((await raw({ bytes: 'garbage\r\n\r\n', after: 'keep' })).url)).rejects.toThrow('Parse Error')
    await expect(get((await raw({ bytes: '', after: 'reset' })).url)).rejects.toThrow(/ECONNRESET|hang up/)
    await expect(get((await raw({ bytes: 'HTTP/1.1 ', on: 'connect' })).url)).rejects.toThrow()
  })
})
