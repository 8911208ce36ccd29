/** How Kong keeps passwords, so that hashes move between the two unchanged. */

import { hash, timingSafeEqual } from 'node:crypto'

/** SHA-1 over password and consumer id, hexadecimal. */
export function hashPassword(password: string, consumerId: string): string {
  return hash('sha1', password + consumerId, 'hex')
}

/** Compares in a time that does not tell how much of the hash is right. */
export function isPassword(password: string, consumerId: string, stored: string): boolean {
  const given = Buffer.from(hashPassword(password, consumerId))
  const expected = Buffer.from(stored)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
