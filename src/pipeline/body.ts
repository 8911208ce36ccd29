/** Reads a request body once, whole, within a limit and without trusting what the client says of its length. */

import { TollError } from '../errors/registry.ts'
import type { Exchange } from './exchange.ts'

/** The body; later calls give the same bytes. Throws TOLL_BODY_TOO_LARGE, TOLL_REQUEST_TIMEOUT, TOLL_BAD_REQUEST. */
export function readBody(exchange: Exchange, limit = 0): Promise<Buffer> {
  exchange.body ??= collect(exchange, smaller(limit, exchange.host.options.maxRequestBody))
  return limit === 0 ? exchange.body : exchange.body.then((body) => checked(body, limit))
}

function checked(body: Buffer, limit: number): Buffer {
  if (body.length > limit) throw new TollError('TOLL_BODY_TOO_LARGE', { limit })
  return body
}

function smaller(a: number, b: number): number {
  if (a === 0) return b
  return b === 0 ? a : Math.min(a, b)
}

function collect({ incoming, host }: Exchange, limit: number): Promise<Buffer> {
  const declared = Number(incoming.headers['content-length'] ?? 0)
  if (limit > 0 && declared > limit) return Promise.reject(new TollError('TOLL_BODY_TOO_LARGE', { limit }))
  if (incoming.readableEnded) return Promise.resolve(Buffer.alloc(0))
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    incoming.setTimeout(host.options.bodyTimeout, () => reject(new TollError('TOLL_REQUEST_TIMEOUT')))
    incoming.on('data', (piece: Buffer) => {
      size += piece.length
      if (limit > 0 && size > limit) {
        incoming.removeAllListeners('data')
        incoming.resume()
        reject(new TollError('TOLL_BODY_TOO_LARGE', { limit }))
      } else pieces.push(piece)
    })
    incoming.on('end', () => {
      incoming.socket.setTimeout(0)
      const [only] = pieces
      resolve(pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, size))
    })
    const broken = () => reject(new TollError('TOLL_BAD_REQUEST'))
    incoming.on('error', broken)
    incoming.on('aborted', broken)
  })
}
