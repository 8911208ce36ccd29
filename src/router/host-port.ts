/** Host and port of a Host header or of a route's host. */

export interface HostPort {
  readonly host: string
  /** Null where none is written. */
  readonly port: number | null
}

/**
 * Splits at the first colon if only digits follow, so an IPv6 address in brackets stays whole with its port, as Kong's
 * `traditional_compatible` has it.
 */
export function splitHostPort(text: string): HostPort {
  const colon = text.indexOf(':')
  if (colon < 0) return { host: text, port: null }
  const digits = text.slice(colon + 1)
  return /^\d+$/.test(digits) ? { host: text.slice(0, colon), port: Number(digits) } : { host: text, port: null }
}

/** The same for `traditional`, which also takes an IPv6 address out of its brackets, and a colon with nothing behind. */
export function splitBracketed(text: string): HostPort {
  const found = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(text)
  if (found === null) return { host: text, port: null }
  return { host: found[1] ?? found[2] ?? '', port: found[3] ? Number(found[3]) : null }
}
