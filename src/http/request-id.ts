/** Ids of requests: 32 hexadecimal characters, as Kong's. */

import { randomFillSync } from 'node:crypto'

const idBytes = 16
const pool = Buffer.allocUnsafe(idBytes * 256)
let next = pool.length

/** Random bytes are drawn for many ids at once: one draw costs as much as the rest of the work on an id. */
export function requestId(): string {
  if (next === pool.length) {
    randomFillSync(pool)
    next = 0
  }
  next += idBytes
  return pool.toString('hex', next - idBytes, next)
}
