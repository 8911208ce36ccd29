/** Ids that a provider accepts, out of ids that another made. */

import { createHash } from 'node:crypto'

const plain = /^[A-Za-z0-9_-]{1,64}$/

/**
 * The id itself where it has only letters, digits, `_` and `-` and at most 64 of them, else one made of its hash:
 * the same for a call and for the result that names it.
 */
export function safeToolId(id: string): string {
  if (plain.test(id)) return id
  return `call_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`
}

/** `id` with the prefix that clients of a format expect. */
export function withPrefix(prefix: string, id: string): string {
  return id.startsWith(prefix) ? id : prefix + id
}
