/** The request bodies of the bench, so that every stack is sent the same bytes and the mock knows what to answer. */

/** What the mock upstream is to answer; it travels inside the first message, which every gateway must leave alone. */
export interface Ask {
  /** Size of a JSON answer, in bytes (about). */
  readonly answerBytes: number
  /** Content chunks of a streamed answer. */
  readonly chunks: number
  /** Milliseconds between two chunks; 0 sends the stream as fast as the socket takes it. */
  readonly gapMs: number
}

/** A chat request as the bench sends it. */
export interface BodyOptions extends Ask {
  /** Size of the request, in bytes (about, never less). */
  readonly requestBytes: number
  readonly stream: boolean
  /** Left out where the gateway's configuration names the model. */
  readonly model?: string | undefined
}

const FILLER = 'The quick brown fox jumps over the lazy dog while seven wizards boil nine jugs of quiet ginger tea. '
const MESSAGE_BYTES = 900

/** The marker that the mock reads back, for example `bench:1024,100,10;`. */
export function marker(ask: Ask): string {
  return `bench:${ask.answerBytes},${ask.chunks},${ask.gapMs};`
}

/** Reads the marker out of a request body; undefined if there is none. */
export function readMarker(body: Buffer): Ask | undefined {
  const start = body.indexOf('bench:')
  if (start < 0) return undefined
  const end = body.indexOf(';', start)
  if (end < 0 || end - start > 60) return undefined
  const [answerBytes, chunks, gapMs] = body
    .toString('latin1', start + 6, end)
    .split(',')
    .map(Number)
  if (answerBytes === undefined || chunks === undefined || gapMs === undefined) return undefined
  return { answerBytes, chunks, gapMs }
}

/** An OpenAI chat request of the asked size: a short one has 3 messages, a long one a message for every 900 bytes. */
export function chatBody(options: BodyOptions): string {
  const messages = [
    { role: 'system', content: `${marker(options)} You are a helpful assistant.` },
    { role: 'user', content: 'Say something about tea.' },
  ]
  const stream = options.stream ? { stream: true } : {}
  const envelope = { model: options.model, ...stream, temperature: 0.7, max_tokens: 1024, messages }
  let missing = options.requestBytes - JSON.stringify(envelope).length
  while (missing > 0) {
    const length = Math.max(1, Math.min(MESSAGE_BYTES, missing - 31))
    const role = messages.length % 2 === 0 ? 'assistant' : 'user'
    messages.push({ role, content: FILLER.repeat(Math.ceil(length / FILLER.length)).slice(0, length) })
    missing = options.requestBytes - JSON.stringify(envelope).length
  }
  return JSON.stringify(envelope)
}
