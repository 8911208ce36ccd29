/** A WebSocket upstream as small as it gets: it shouts back what it is told, and does what a few words ask for. */

import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { listenLocally, portOf } from '../support/listen-locally.ts'

export interface WebSocketServer {
  readonly url: string
  /** Handshakes that came. */
  readonly handshakes: readonly IncomingMessage[]
  /** Close codes that clients sent; 1006 for a connection that was cut. */
  readonly closed: readonly number[]
  close(): Promise<void>
}

/**
 * - `close 4001 reason` is answered by that close
 * - `cut` by the end of the connection, without one
 * - `count 100` by as many messages
 * - everything else in capitals
 *
 * A path of `/refused` is answered by 403.
 */
export async function startWebSocketServer(): Promise<WebSocketServer> {
  const handshakes: IncomingMessage[] = []
  const closed: number[] = []
  const sockets = new Set<Duplex>()
  const server = createServer((_, outgoing) => outgoing.end('no WebSocket was asked for'))
  server.on('upgrade', (incoming, socket, head) => {
    handshakes.push(incoming)
    sockets.add(socket)
    if (incoming.url === '/refused') {
      socket.end(
        'HTTP/1.1 403 Forbidden\r\nContent-Length: 8\r\nX-Reason: members\r\nConnection: close\r\n\r\nmembers!',
      )
      return
    }
    const key = `${incoming.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const protocol = incoming.headers['sec-websocket-protocol']?.split(',')[0]
    const lines = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${createHash('sha1').update(key).digest('base64')}`,
      ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    talk(socket, head, closed)
  })
  await listenLocally(server)
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    handshakes,
    closed,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function talk(socket: Duplex, head: Buffer, closed: number[]): void {
  let rest = head
  let told = false
  const take = (piece: Buffer) => {
    rest = Buffer.concat([rest, piece])
    for (let frame = parseFrame(rest); frame !== null; frame = parseFrame(rest)) {
      rest = rest.subarray(frame.size)
      if (frame.opcode === opcodes.close) {
        told = true
        closed.push(frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1005)
        socket.end(encodeFrame(opcodes.close, frame.payload))
      } else if (frame.opcode === opcodes.ping) socket.write(encodeFrame(opcodes.pong, frame.payload))
      else answer(socket, frame.opcode, frame.payload)
    }
  }
  socket.on('data', take)
  socket.on('error', () => socket.destroy())
  // Sockets of an HTTP server stay half open by themselves.
  socket.on('end', () => socket.end())
  socket.on('close', () => {
    if (!told) closed.push(1006)
  })
  take(Buffer.alloc(0))
}

function answer(socket: Duplex, opcode: number, payload: Buffer): void {
  const [word, first = '', ...more] = payload.toString('utf8').split(' ')
  if (opcode !== opcodes.text) socket.write(encodeFrame(opcode, payload))
  else if (word === 'cut') socket.destroy()
  else if (word === 'close') {
    const code = Buffer.alloc(2)
    code.writeUInt16BE(Number(first))
    socket.write(encodeFrame(opcodes.close, Buffer.concat([code, Buffer.from(more.join(' '))])))
  } else if (word === 'count') {
    for (let index = 0; index < Number(first); index += 1) socket.write(encodeFrame(opcode, Buffer.from(String(index))))
  } else socket.write(encodeFrame(opcode, Buffer.from(payload.toString('utf8').toUpperCase())))
}

export const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

interface Frame {
  readonly opcode: number
  readonly payload: Buffer
  /** Bytes of the whole frame. */
  readonly size: number
}

/** RFC 6455, 5.2; `null` while it is not whole. Messages of several frames are not understood. */
function parseFrame(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null
  const short = bytes.readUInt8(1) & 0x7f
  const start = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < start + 4) return null
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const masked = (bytes.readUInt8(1) & 0x80) !== 0
  const at = start + (masked ? 4 : 0)
  if (bytes.length < at + length) return null
  const payload = Buffer.from(bytes.subarray(at, at + length))
  const mask = bytes.subarray(start, start + 4)
  if (masked) for (const [index, byte] of payload.entries()) payload[index] = byte ^ (mask[index % 4] ?? 0)
  return { opcode: bytes.readUInt8(0) & 0x0f, payload, size: at + length }
}

/** A server's frame: without a mask. */
export function encodeFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head.writeUInt8(0x80 | opcode, 0)
  if (length < 126) head.writeUInt8(length, 1)
  else if (length < 65_536) {
    head.writeUInt8(126, 1)
    head.writeUInt16BE(length, 2)
  } else {
    head.writeUInt8(127, 1)
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  return Buffer.concat([head, payload])
}

/** A client's frame: masked, with a mask that changes nothing. */
export function encodeMasked(opcode: number, text: string): Buffer {
  const payload = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}
