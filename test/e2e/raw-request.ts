/** A client without manners: it writes the bytes it is given onto a connection and reads what comes back. */

import { createConnection } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** By lower-case name; of several the last. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** All that came, as text. */
  readonly bytes: string
}

/** Writes the pieces one after the other on a connection of its own; resolves with the first answer once it is whole. */
export function rawRequest(url: string, ...pieces: readonly (string | Uint8Array)[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let bytes = ''
    const socket = createConnection(Number(port), hostname)
    const finish = (ended: boolean) => {
      const answer = parse(bytes, ended)
      if (answer === null) return
      resolve(answer)
      socket.destroy()
    }
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer came, only ${JSON.stringify(bytes)}`)))
    socket.on('data', (piece: Buffer) => {
      bytes += piece.toString('latin1')
      finish(false)
    })
    socket.on('error', reject)
    socket.on('close', () => {
      finish(true)
      reject(new Error(`the connection ended after ${JSON.stringify(bytes)}`))
    })
    for (const piece of pieces) socket.write(piece)
  })
}

/** `null` while the answer is not whole. An answer of chunks is taken as it came. */
function parse(bytes: string, ended: boolean): RawAnswer | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [first = '', ...lines] = bytes.slice(0, end).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const body = bytes.slice(end + 4)
  const length = Number(headers['content-length'] ?? Number.NaN)
  const whole = body.length >= length || (headers['transfer-encoding'] === 'chunked' && body.endsWith('0\r\n\r\n'))
  if (!whole && !ended) return null
  return { status: Number(first.split(' ')[1]), headers, body: Buffer.from(body, 'latin1').toString('utf8'), bytes }
}
