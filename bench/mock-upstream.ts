/**
 * The upstream of the bench: an LLM vendor that answers from memory, on a raw socket server, so that the gateways and not the
 * mock are what is measured. `/v1/messages` speaks Anthropic Messages, every other path OpenAI chat. What to answer stands
 * in the request's first message (see `load/bodies.ts`). Prints its port as one JSON line.
 */

import { createServer, type Socket } from 'node:net'
import { type Ask, readMarker } from './load/bodies.ts'
import { pacer } from './mock/pacer.ts'
import { jsonReply, type MockFormat, streamReply } from './mock/replies.ts'
import { requestReader } from './mock/request-reader.ts'

/** Events that leave in one write when a stream has no gaps: what a vendor's TCP segments look like to a reader. */
const BURST = 10
const DEFAULT_ASK: Ask = { answerBytes: 1024, chunks: 100, gapMs: 0 }
const STREAM = /"stream" *: *true/
const USAGE = /"include_usage" *: *true/

/** What is written for a request: `steps` one after the other, `gapMs` apart. */
interface Plan {
  readonly steps: readonly Buffer[]
  readonly gapMs: number
}

const plans = new Map<string, Plan>()
const pace = pacer()
let lastPath = ''
let lastBody = Buffer.alloc(0)
let lastPlan: Plan = { steps: [], gapMs: 0 }

function answer(socket: Socket, path: string, body: Buffer): void {
  // A load sends the same body over and over: comparing it costs a tenth of looking into it.
  if (path !== lastPath || !body.equals(lastBody)) {
    lastPlan = planFor(path, body)
    lastPath = path
    lastBody = Buffer.from(body)
  }
  const { steps, gapMs } = lastPlan
  if (gapMs > 0) pace(socket, steps, gapMs)
  else for (const step of steps) socket.write(step)
}

function planFor(path: string, body: Buffer): Plan {
  const format: MockFormat = path.startsWith('/v1/messages') ? 'anthropic' : 'openai'
  const ask = readMarker(body) ?? DEFAULT_ASK
  const text = body.toString('latin1')
  const isStream = STREAM.test(text)
  const withUsage = USAGE.test(text)
  const key = [format, isStream, withUsage, ask.answerBytes, ask.chunks, ask.gapMs].join(':')
  const plan = plans.get(key) ?? (isStream ? streamPlan(format, ask, withUsage) : jsonPlan(format, ask))
  plans.set(key, plan)
  return plan
}

function jsonPlan(format: MockFormat, ask: Ask): Plan {
  return { steps: [jsonReply(format, ask)], gapMs: 0 }
}

function streamPlan(format: MockFormat, ask: Ask, withUsage: boolean): Plan {
  const { head, steps } = streamReply(format, ask, withUsage)
  const width = ask.gapMs > 0 ? 1 : BURST
  const bursts: Buffer[] = []
  for (let at = 0; at < steps.length; at += width) bursts.push(Buffer.concat(steps.slice(at, at + width)))
  const [first = Buffer.alloc(0), ...rest] = bursts
  return { steps: [Buffer.concat([head, first]), ...rest], gapMs: ask.gapMs }
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
