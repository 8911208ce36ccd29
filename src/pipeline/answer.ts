/** Sends an answer that was made here: an exit of a plugin, or an error of the gateway. */

import { once } from 'node:events'
import { defaultMessage, errorBody } from '../errors/bodies.ts'
import type { ExitBody } from '../pdk/api.ts'
import type { Exchange } from './exchange.ts'
import { addOwnHeaders } from './own-headers.ts'

/** What the answer needs of the runner. */
interface Filters {
  readonly exchange: Exchange
  filterHeaders(): void
  filterBody(piece: Buffer, last: boolean): Buffer
}

/** Resolves once the last byte is handed to the connection, or the client has left. */
export async function sendReply(filters: Filters): Promise<void> {
  const { exchange } = filters
  const { reply, outgoing, marks } = exchange
  if (outgoing.headersSent) return
  if (outgoing.destroyed || exchange.incoming.socket.destroyed) {
    exchange.aborted = true
    return
  }
  marks.head = performance.now()
  const body = reply.exit?.body ?? null
  if (isStreamed(body)) return sendPieces(filters, body.pieces)
  filters.filterHeaders()
  const bytes = filters.filterBody(toBuffer(body), true)
  const bodiless = reply.status === 204 || reply.status === 304
  if (bodiless) reply.headers.delete('content-length')
  else reply.headers.set('Content-Length', String(bytes.length))
  addOwnHeaders(exchange)
  closeIfUnread(exchange)
  outgoing.writeHead(reply.status, reply.headers.toRaw())
  reply.size = bytes.length
  if (bodiless || exchange.request.method === 'HEAD') outgoing.end()
  else outgoing.end(bytes)
}

/** The last resort: an error that no plugin's filter sees, since a filter is what failed. */
export function sendBare({ outgoing, reply, errorFormat, id, incoming }: Exchange): void {
  if (outgoing.headersSent) {
    outgoing.destroy()
    return
  }
  const { type, body } = errorBody(errorFormat, 500, defaultMessage(500), id, incoming.headers.accept)
  reply.status = 500
  reply.source = 'error'
  outgoing.writeHead(500, { 'Content-Type': type, 'X-Kong-Request-Id': id, Connection: 'close' })
  outgoing.end(body)
}

async function sendPieces(filters: Filters, pieces: AsyncIterable<string | Buffer>): Promise<void> {
  const { exchange } = filters
  const { reply, outgoing } = exchange
  filters.filterHeaders()
  addOwnHeaders(exchange)
  outgoing.writeHead(reply.status, reply.headers.toRaw())
  outgoing.flushHeaders()
  for await (const piece of pieces) {
    if (outgoing.destroyed) {
      exchange.aborted = true
      return
    }
    const bytes = filters.filterBody(toBuffer(piece), false)
    reply.size += bytes.length
    if (bytes.length > 0 && !outgoing.write(bytes) && !outgoing.destroyed) {
      await Promise.race([once(outgoing, 'drain'), once(outgoing, 'close')])
    }
  }
  const rest = filters.filterBody(Buffer.alloc(0), true)
  reply.size += rest.length
  outgoing.end(rest.length > 0 ? rest : undefined)
}

/** A body that nobody will read stands in the way of the next request on its connection. */
function closeIfUnread({ incoming, reply }: Exchange): void {
  if (incoming.complete) return
  reply.headers.set('Connection', 'close')
}

function isStreamed(body: ExitBody): body is { readonly pieces: AsyncIterable<string | Buffer> } {
  return body !== null && typeof body === 'object' && 'pieces' in body
}

function toBuffer(body: string | Buffer | Readonly<Record<string, unknown>> | null): Buffer {
  if (body === null) return Buffer.alloc(0)
  if (Buffer.isBuffer(body)) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}
