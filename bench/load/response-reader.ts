/** Reads HTTP/1.1 responses off a socket and counts their server-sent events, at a cost that leaves the core to the mock. */

/** One finished response. */
export interface Finished {
  readonly status: number
  /** Body bytes, without framing. */
  readonly bytes: number
  /** Server-sent events in the body. */
  readonly events: number
}

/** What the reader tells its connection. */
export interface ReaderHandlers {
  /** The first byte of a body has come. */
  readonly onFirstByte: () => void
  /** Whole body received. */
  readonly onFinished: (response: Finished) => void
  /** Every slice of a body, where a caller wants to keep it. */
  readonly onBody?: ((slice: Buffer) => void) | undefined
}

/** Reads one connection: `read` takes what the socket gives, `eventsSoFar` counts over all of its responses. */
export interface ResponseReader {
  read(bytes: Buffer): void
  eventsSoFar(): number
}

type State = 'head' | 'length' | 'size' | 'data' | 'dataEnd' | 'trailer'

const LF = 10
const EVENT_END = Buffer.from('\n\n')

/** A reader for one keep-alive connection. Throws an Error on bytes that are not HTTP/1.1. */
export function responseReader(handlers: ReaderHandlers): ResponseReader {
  let state: State = 'head'
  let line = ''
  let remaining = 0
  let status = 0
  let bodyBytes = 0
  let events = 0
  let allEvents = 0
  let endedWithLf = false

  function beginBody(head: string): void {
    status = Number(head.slice(9, 12))
    if (!head.startsWith('HTTP/1.1 ') || !(status > 0)) throw new Error(`not HTTP/1.1: ${head.slice(0, 40)}`)
    bodyBytes = 0
    events = 0
    endedWithLf = false
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length !== undefined) {
      remaining = Number(length)
      state = 'length'
      if (remaining === 0) finish()
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) state = 'size'
    else throw new Error(`no body framing: ${head.slice(0, 60)}`)
  }

  function finish(): void {
    state = 'head'
    line = ''
    allEvents += events
    const finished = { status, bytes: bodyBytes, events }
    events = 0
    handlers.onFinished(finished)
  }

  function takeSlice(bytes: Buffer, from: number, to: number): void {
    if (bodyBytes === 0) handlers.onFirstByte()
    bodyBytes += to - from
    handlers.onBody?.(bytes.subarray(from, to))
    let at = from
    if (endedWithLf && bytes[from] === LF) {
      events += 1
      at = from + 1
    }
    for (;;) {
      const found = bytes.indexOf(EVENT_END, at)
      if (found < 0 || found + 2 > to) break
      events += 1
      at = found + 2
    }
    endedWithLf = at < to && bytes[to - 1] === LF
  }

  /** Appends to the current line; true once the line is whole, without its CRLF. */
  function takeLine(bytes: Buffer, at: number): number {
    const lf = bytes.indexOf(LF, at)
    const end = lf < 0 ? bytes.length : lf + 1
    line += bytes.toString('latin1', at, end)
    return end
  }

  function readHead(bytes: Buffer, at: number): number {
    const before = line.length
    line += bytes.toString('latin1', at)
    const end = line.indexOf('\r\n\r\n', Math.max(0, before - 3))
    if (end < 0) return bytes.length
    const next = at + (end + 4 - before)
    const head = line.slice(0, end)
    line = ''
    beginBody(head)
    return next
  }

  function readSize(bytes: Buffer, at: number): number {
    const next = takeLine(bytes, at)
    if (line.endsWith('\n')) {
      remaining = Number.parseInt(line, 16)
      if (!(remaining >= 0)) throw new Error(`bad chunk size: ${line}`)
      line = ''
      state = remaining === 0 ? 'trailer' : 'data'
    }
    return next
  }

  function readData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + remaining)
    takeSlice(bytes, at, end)
    remaining -= end - at
    if (remaining === 0) {
      if (state === 'length') finish()
      else state = 'dataEnd'
    }
    return end
  }

  function readDataEnd(bytes: Buffer, at: number): number {
    const next = takeLine(bytes, at)
    if (line.endsWith('\n')) {
      line = ''
      state = 'size'
    }
    return next
  }

  function readTrailer(bytes: Buffer, at: number): number {
    const next = takeLine(bytes, at)
    if (line.endsWith('\n')) {
      const empty = line === '\r\n'
      line = ''
      if (empty) finish()
    }
    return next
  }

  const steps: Record<State, (bytes: Buffer, at: number) => number> = {
    head: readHead,
    length: readData,
    size: readSize,
    data: readData,
    dataEnd: readDataEnd,
    trailer: readTrailer,
  }

  return {
    read(bytes) {
      let at = 0
      while (at < bytes.length) at = steps[state](bytes, at)
    },
    eventsSoFar: () => allEvents + events,
  }
}
