/** HTTP headers: a small ordered map that keeps the spelling of names, and the lists of names that must not travel. */

import type { IncomingHttpHeaders } from 'node:http'

/** Headers that concern one connection alone (RFC 9110, 7.6.1), and those that nginx clears besides. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy',
])

export function isHopByHop(lowerName: string): boolean {
  return hopByHop.has(lowerName)
}

/** The names that a Connection header lists, lower-case; `null` where it lists none that matter. */
export function connectionNames(connection: string | undefined): ReadonlySet<string> | null {
  if (connection === undefined) return null
  const plain = connection.toLowerCase()
  if (plain === 'keep-alive' || plain === 'close' || plain === 'upgrade') return null
  return new Set(plain.split(',').map((name) => name.trim()))
}

/** Lower-case spellings of the names that come up again and again; names are few, whoever makes them up. */
const lowerNames = new Map<string, string>()
const mostNames = 1000

export function lowerCase(name: string): string {
  let lower = lowerNames.get(name)
  if (lower === undefined) {
    lower = name.toLowerCase()
    if (lowerNames.size < mostNames) lowerNames.set(name, lower)
  }
  return lower
}

interface Entry {
  name: string
  value: string | string[]
}

export class HeaderMap {
  readonly #entries = new Map<string, Entry>()

  /** Takes over the headers of a response, without what concerns one connection alone. */
  take(headers: IncomingHttpHeaders): void {
    const listed = connectionNames(headers.connection)
    for (const name in headers) {
      const value = headers[name]
      if (value === undefined || hopByHop.has(name) || listed?.has(name)) continue
      this.#entries.set(name, { name, value })
    }
  }

  get(name: string): string | undefined {
    const value = this.#entries.get(name.toLowerCase())?.value
    return Array.isArray(value) ? value[0] : value
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase())
  }

  set(name: string, value: string | readonly string[]): void {
    this.#entries.set(lowerCase(name), { name, value: typeof value === 'string' ? value : [...value] })
  }

  add(name: string, value: string | readonly string[]): void {
    const entry = this.#entries.get(name.toLowerCase())
    if (entry === undefined) this.set(name, value)
    else entry.value = [entry.value, value].flat()
  }

  delete(name: string): void {
    this.#entries.delete(name.toLowerCase())
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Lower-case names. */
  toObject(): Record<string, string | string[]> {
    const object: Record<string, string | string[]> = {}
    for (const [name, entry] of this.#entries) object[name] = entry.value
    return object
  }

  /** Names and values in turn, as they go on the wire. */
  toRaw(): string[] {
    const raw: string[] = []
    for (const { name, value } of this.#entries.values()) {
      if (typeof value === 'string') raw.push(name, value)
      else for (const one of value) raw.push(name, one)
    }
    return raw
  }
}

const goodNames = new Set<string>()

/** Whether the name is a token (RFC 9110, 5.6.2). */
export function isHeaderName(name: string): boolean {
  if (goodNames.has(name)) return true
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return false
  if (goodNames.size < mostNames) goodNames.add(name)
  return true
}

/** A header value that could end the line it stands on is never sent, and neither is one that no line can hold. */
export function isHeaderValue(value: string): boolean {
  return !/[^\t\u0020-\u007e\u0080-\u00ff]/.test(value)
}
