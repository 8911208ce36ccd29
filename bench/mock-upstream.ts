/**
 * The upstream of the bench: an LLM vendor that answers from memory, on a raw socket server, so that the gateways and not the
 * mock are what is measured. `/v1/messages` speaks Anthropic Messages, every other path OpenAI chat. What to answer stands
 * in the request's first message (see `load/bodies.ts`). Prints its port as one JSON line.
 */

import { createServer, type Socket } from 'node:net'
import { readMarker } from './load/bodies.ts'
import { pacer } from './mock/pacer.ts'
import { jsonReply, type MockFormat, type StreamReply, streamReply } from './mock/replies.ts'
import { requestReader } from './mock/request-reader.ts'

/** Events that leave in one write when a stream has no gaps: what a vendor's TCP segments look like to a reader. */
const BURST = 10
const DEFAULT_ASK = { answerBytes: 1024, chunks: 100, gapMs: 0 }
const STREAM = /"stream" *: *true/
const USAGE = /"include_usage" *: *true/

const jsonReplies = new Map<string, Buffer>()
const streamReplies = new Map<string, StreamReply>()
const pace = pacer()

function answer(socket: Socket, path: string, body: Buffer): void {
  const format: MockFormat = path.startsWith('/v1/messages') ? 'anthropic' : 'openai'
  const ask = readMarker(body) ?? DEFAULT_ASK
  // Only the ends of the body are searched: that is where every gateway leaves these members, and a long prompt is not read.
  const ends =
    body.length < 4096
      ? body.toString('latin1')
      : body.toString('latin1', 0, 2048) + body.toString('latin1', body.length - 2048)
  if (!STREAM.test(ends)) {
    const key = `${format}:${ask.answerBytes}`
    const reply = jsonReplies.get(key) ?? jsonReply(format, ask)
    jsonReplies.set(key, reply)
    socket.write(reply)
    return
  }
  const withUsage = USAGE.test(ends)
  const key = `${format}:${ask.chunks}:${ask.gapMs}:${withUsage}`
  const reply = streamReplies.get(key) ?? build(format, ask, withUsage)
  streamReplies.set(key, reply)
  socket.write(reply.head)
  if (ask.gapMs > 0) pace(socket, reply.steps, ask.gapMs)
  else for (const step of reply.steps) socket.write(step)
}

function build(format: MockFormat, ask: typeof DEFAULT_ASK, withUsage: boolean): StreamReply {
  const reply = streamReply(format, ask, withUsage)
  if (ask.gapMs > 0) return reply
  const bursts: Buffer[] = []
  for (let at = 0; at < reply.steps.length; at += BURST) bursts.push(Buffer.concat(reply.steps.slice(at, at + BURST)))
  return { head: reply.head, steps: bursts }
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on(
    'data',
    requestReader((path, body) => answer(socket, path, body)),
  )
  socket.on('error', () => socket.destroy())
})

server.listen(0, '127.0.0.1', 1024, () => {
  const address = server.address()
  if (address !== null && typeof address === 'object')
    process.stdout.write(`${JSON.stringify({ port: address.port })}\n`)
})
process.on('SIGTERM', () => process.exit(0))
