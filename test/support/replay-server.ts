/** An upstream for tests: it answers with fixtures, cut and paced as the test wants, and remembers what it was sent. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { type Chunking, chunkBytes } from './chunk-bytes.ts'
import type { Gate } from './gate.ts'
import { listenLocally, portOf } from './listen-locally.ts'

export interface Reply {
  /** Absent: 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
  /** Absent: `whole`, with a content-length; all others are sent with chunked transfer coding. */
  readonly chunking?: Chunking
  /** Status and headers wait here. */
  readonly headGate?: Gate
  /** Every chunk waits here, and the end of the body too: a body of n chunks needs n + 1 releases. */
  readonly chunkGate?: Gate
  /** Destroys the connection after this many bytes of the body, 0 included. */
  readonly closeAfter?: number
  /** Content-length to claim whatever the body's; the connection ends after the body. */
  readonly contentLength?: number
}

/** How a request ended: `answered` in full, `aborted` by the client, `cut` by `closeAfter`. */
export interface Outcome {
  readonly how: 'answered' | 'aborted' | 'cut'
  /** By `performance.now()`. */
  readonly at: number
}

export interface RecordedRequest {
  readonly method: string
  readonly url: string
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[]
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** By `performance.now()`, when the headers were there. */
  readonly at: number
  /** Complete once the reply is asked for; what has come so far if the client left before. */
  readonly body: Buffer
  readonly outcome: Promise<Outcome>
  /** Resolves with the time once the client goes away before the end; never if it does not. */
  readonly aborted: Promise<number>
}

export interface ReplayServer {
  /** As `http://127.0.0.1:1234`. */
  readonly url: string
  readonly port: number
  /** In the order of their coming. */
  readonly requests: readonly RecordedRequest[]
  /** Resolves with the request of this number, from 0, as soon as its body has come. */
  request(index: number): Promise<RecordedRequest>
  /** Replaces the reply for requests from now on. */
  reply(reply: ReplyChoice): void
  close(): Promise<void>
}

/** One reply for all requests, one for each in turn (the last repeats), or a function of the request. */
export type ReplyChoice =
  | Reply
  | readonly Reply[]
  | ((request: RecordedRequest, index: number) => Reply | Promise<Reply>)

/**
 * Starts a replay server on a free port of 127.0.0.1.
 *
 * @example
 * const chunkGate = new Gate()
 * const upstream = await startReplayServer({ body: sse, chunking: 'event', chunkGate })
 */
export async function startReplayServer(first: ReplyChoice = {}): Promise<ReplayServer> {
  let choice = first
  const requests: RecordedRequest[] = []
  const arrivals: PromiseWithResolvers<RecordedRequest>[] = []
  const arrival = (index: number) => {
    arrivals[index] ??= Promise.withResolvers<RecordedRequest>()
    return arrivals[index]
  }

  const server = createServer(async (incoming, outgoing) => {
    const index = requests.length
    const recorder = record(incoming, outgoing)
    requests.push(recorder.request)
    try {
      await recorder.received
      arrival(index).resolve(recorder.request)
      await send(outgoing, await choose(choice, recorder.request, index), recorder)
    } catch (error) {
      // A client that leaves is an outcome and not a failure; a reply that throws must be seen.
      if (!recorder.isOver()) outgoing.writeHead(599).end(String(error))
    }
  })
  // Timeouts of the server would cut off a test that holds a gate.
  server.requestTimeout = 0
  server.keepAliveTimeout = 0
  await listenLocally(server)
  const port = portOf(server)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    request: (index) => arrival(index).promise,
    reply(next) {
      choice = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Recorder {
  readonly request: RecordedRequest
  readonly received: Promise<void>
  /** Resolves once the connection or the answer is over. */
  readonly over: Promise<unknown>
  isOver(): boolean
  cut(): void
}

function record(incoming: IncomingMessage, outgoing: ServerResponse): Recorder {
  const pieces: Buffer[] = []
  const received = Promise.withResolvers<void>()
  const outcome = Promise.withResolvers<Outcome>()
  const aborted = Promise.withResolvers<number>()
  let over = false
  const settle = (how: Outcome['how']) => {
    if (over) return
    over = true
    const at = performance.now()
    outcome.resolve({ how, at })
    if (how === 'aborted') aborted.resolve(at)
  }
  incoming.on('data', (piece: Buffer) => pieces.push(piece))
  incoming.on('end', () => received.resolve())
  incoming.on('error', () => received.resolve())
  // A write that meets a client's leaving is told by the outcome.
  outgoing.on('error', () => undefined)
  outgoing.on('close', () => {
    settle(outgoing.writableFinished ? 'answered' : 'aborted')
    received.resolve()
  })
  return {
    request: {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      rawHeaders: incoming.rawHeaders,
      headers: incoming.headers,
      at: performance.now(),
      get body() {
        return Buffer.concat(pieces)
      },
      outcome: outcome.promise,
      aborted: aborted.promise,
    },
    received: received.promise,
    over: outcome.promise,
    isOver: () => over,
    cut() {
      settle('cut')
      outgoing.socket?.destroy()
    },
  }
}

async function choose(choice: ReplyChoice, request: RecordedRequest, index: number): Promise<Reply> {
  if (typeof choice === 'function') return choice(request, index)
  if (!isList(choice)) return choice
  return choice[Math.min(index, choice.length - 1)] ?? {}
}

function isList(choice: Reply | readonly Reply[]): choice is readonly Reply[] {
  return Array.isArray(choice)
}

async function send(outgoing: ServerResponse, reply: Reply, recorder: Recorder): Promise<void> {
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : (reply.body ?? new Uint8Array())
  const chunking = reply.chunking ?? 'whole'
  await Promise.race([reply.headGate?.pass(), recorder.over])
  if (recorder.isOver()) return

  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    outgoing.setHeader(name, typeof value === 'string' ? value : [...value])
  }
  const claimed = reply.contentLength ?? (chunking === 'whole' ? body.length : undefined)
  if (claimed !== undefined && !outgoing.hasHeader('content-length')) outgoing.setHeader('content-length', claimed)
  outgoing.statusCode = reply.status ?? 200
  outgoing.flushHeaders()

  const limit = reply.closeAfter ?? Number.POSITIVE_INFINITY
  let sent = 0
  for (const chunk of chunkBytes(body, chunking)) {
    await Promise.race([reply.chunkGate?.pass(), recorder.over])
    if (recorder.isOver()) return
    const piece = chunk.subarray(0, Math.max(0, limit - sent))
    if (piece.length > 0) await write(outgoing, piece, recorder)
    sent += piece.length
    if (sent >= limit) break
  }
  if (sent >= limit) {
    // What was written must reach the client before the connection is gone.
    await turn()
    recorder.cut()
    return
  }
  await Promise.race([reply.chunkGate?.pass(), recorder.over])
  if (recorder.isOver()) return
  const { socket } = outgoing
  outgoing.end()
  if (claimed !== undefined && claimed !== body.length) socket?.end()
}

async function write(outgoing: ServerResponse, piece: Uint8Array, recorder: Recorder): Promise<void> {
  const written = new Promise((resolve) => outgoing.write(piece, resolve))
  await Promise.race([written, recorder.over])
  // The client's side of the event loop gets a turn, so that chunks seldom arrive as one.
  await turn()
}
