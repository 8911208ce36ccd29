/** Cuts a socket's bytes into HTTP/1.1 requests: the little of HTTP that a proxy's requests need, as cheaply as Node can. */

const HEAD_END = Buffer.from('\r\n\r\n')
const EMPTY: Buffer = Buffer.alloc(0)

/**
 * Returns a function to be given every read of one connection; `onRequest` is called once per whole request.
 * Understands `Content-Length` and chunked bodies.
 */
export function requestReader(onRequest: (path: string, body: Buffer) => void): (bytes: Buffer) => void {
  let lastRead = EMPTY
  let lastPath = ''
  let lastBody = EMPTY
  let parts: Buffer[] = []
  let total = 0
  // A long body arrives in many reads: no use in looking again before all of it can be there.
  let needed = 0
  return function readRequest(bytes) {
    // Most reads of a load are the same request as the one before on this connection, byte for byte.
    if (total === 0 && bytes.equals(lastRead)) {
      onRequest(lastPath, lastBody)
      return
    }
    parts.push(bytes)
    total += bytes.length
    if (total < needed) return
    let buffer = parts.length === 1 ? bytes : Buffer.concat(parts)
    needed = 0
    while (buffer.length > 0) {
      const headEnd = buffer.indexOf(HEAD_END)
      if (headEnd < 0) break
      const head = buffer.toString('latin1', 0, headEnd)
      const rest = buffer.subarray(headEnd + 4)
      const taken = takeBody(head, rest)
      if (taken.kind === 'more') {
        needed = taken.bytes === undefined ? 0 : headEnd + 4 + taken.bytes
        break
      }
      const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'))
      if (buffer === bytes && taken.length === rest.length) {
        lastRead = bytes
        lastPath = path
        lastBody = taken.body
      }
      buffer = rest.subarray(taken.length)
      onRequest(path, taken.body)
    }
    parts = buffer.length === 0 ? [] : [buffer]
    total = buffer.length
  }
}

type Taken =
  | { readonly kind: 'body'; readonly body: Buffer; readonly length: number }
  | { readonly kind: 'more'; readonly bytes: number | undefined }

function takeBody(head: string, rest: Buffer): Taken {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) {
    const size = Number(length)
    if (rest.length < size) return { kind: 'more', bytes: size }
    return { kind: 'body', body: rest.subarray(0, size), length: size }
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return takeChunked(rest)
  return { kind: 'body', body: rest.subarray(0, 0), length: 0 }
}

function takeChunked(rest: Buffer): Taken {
  const pieces: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at)
    if (lineEnd < 0) return { kind: 'more', bytes: undefined }
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16)
    const end = lineEnd + 2 + size
    if (rest.length < end + 2) return { kind: 'more', bytes: end + 2 }
    if (size === 0) return { kind: 'body', body: Buffer.concat(pieces), length: end + 2 }
    pieces.push(rest.subarray(lineEnd + 2, end))
    at = end + 2
  }
}
