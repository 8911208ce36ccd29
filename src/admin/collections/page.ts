/** Lists come in pages: `size` says how many entries, `offset` where the next ones begin. */

import type { Context } from 'hono'
import { json } from '../answer.ts'
import { invalidOffset, invalidSize } from '../kong-errors.ts'

const usualSize = 100
const greatestSize = 1000

export interface PageOptions<T> {
  /** Identifies an entry, so that a page begins where the last one ended also after the list has changed. */
  readonly keyOf: (row: T) => string
  readonly print: (row: T) => unknown
  /** Whether the address of the next page repeats `size` and `tags`: in Kong that of a nested list does not. */
  readonly nested?: boolean
}

/** Answers with one page of the rows. */
export function pageOf<T>(c: Context, rows: readonly T[], { keyOf, print, nested = false }: PageOptions<T>): Response {
  const size = readSize(c.req.query('size'))
  const start = readOffset(c.req.query('offset'), rows, keyOf)
  const following = rows[start + size]
  const data = rows.slice(start, start + size).map(print)
  if (following === undefined) return json({ data, next: null })
  const offset = Buffer.from(`${start + size}:${keyOf(following)}`).toString('base64')
  return json({ data, next: nextPath(c, offset, nested), offset })
}

function nextPath(c: Context, offset: string, nested: boolean): string {
  const path = new URL(c.req.url).pathname.replace(/\/+$/, '')
  const kept = nested ? [] : (['tags', 'size'] as const)
  const others = kept.flatMap((name) => {
    const value = c.req.query(name)
    return value === undefined ? [] : [`&${name}=${encodeURIComponent(value)}`]
  })
  return `${path}?offset=${encodeURIComponent(offset)}${others.join('')}`
}

function readSize(text: string | undefined): number {
  if (text === undefined) return usualSize
  const size = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (size < 1 || size > greatestSize) throw invalidSize()
  return size
}

/** The place where the page begins: that of the entry it was made for, or the same number if that one is gone. */
function readOffset<T>(text: string | undefined, rows: readonly T[], keyOf: (row: T) => string): number {
  if (text === undefined) return 0
  if (text === '' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw invalidOffset(text, 'bad base64 encoding')
  const found = /^(\d+):(.*)$/s.exec(Buffer.from(text, 'base64').toString())
  if (found === null) throw invalidOffset(text, 'it was not made by this gateway')
  const index = Number(found[1])
  const row = rows[index]
  if (row !== undefined && keyOf(row) === found[2]) return index
  const moved = rows.findIndex((other) => keyOf(other) === found[2])
  return moved === -1 ? Math.min(index, rows.length) : moved
}
