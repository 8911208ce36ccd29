/** Which origins a config allows, and what `Access-Control-Allow-Origin` says to each. */

/** One entry of `origins`: all, one origin, or a pattern over the host or the whole origin. */
type Entry =
  | { readonly kind: 'all' }
  | { readonly kind: 'origin'; readonly origin: string }
  | { readonly kind: 'pattern'; readonly pattern: RegExp; readonly byHost: boolean }

/** What the answer says of the origin. */
export interface Allowed {
  /** Value of Access-Control-Allow-Origin; null: the header must not be there. */
  readonly origin: string | null
  /** Whether the answer differs between origins. */
  readonly varies: boolean
}

/** Takes an entry apart; null where it is a pattern that does not compile. */
export function parseEntry(entry: string): Entry | null {
  if (entry === '*') return { kind: 'all' }
  if (/^[A-Za-z0-9.:/-]+$/.test(entry)) return { kind: 'origin', origin: normalize(entry).origin }
  const caseless = entry.startsWith('(?i)')
  try {
    const pattern = new RegExp(`^(?:${caseless ? entry.slice(4) : entry})$`, caseless ? 'i' : '')
    return { kind: 'pattern', pattern, byHost: !entry.replace(/\(\?:/g, '').includes(':') }
  } catch {
    return null
  }
}

export class AllowedOrigins {
  readonly #entries: readonly Entry[]
  /** Set where one plain origin is allowed: it is named whoever asks. */
  readonly #only: string | undefined
  readonly #all: boolean

  constructor(origins: readonly string[] = []) {
    const [first] = origins
    this.#all = origins.length === 0 || (origins.length === 1 && first === '*')
    this.#entries = origins.map(parseEntry).filter((entry) => entry !== null)
    this.#only = origins.length === 1 && this.#entries[0]?.kind === 'origin' ? first : undefined
  }

  /** `withCredentials`: browsers refuse `*` then, so the asking origin is named in its place. */
  allowed(origin: string | undefined, withCredentials: boolean): Allowed {
    if (this.#all) return all(origin, withCredentials, false)
    if (this.#only !== undefined) return { origin: this.#only, varies: true }
    if (origin === undefined) return { origin: null, varies: true }
    const asked = normalize(origin)
    for (const entry of this.#entries) {
      if (entry.kind === 'all') return all(origin, withCredentials, true)
      if (matches(entry, asked)) return { origin: asked.origin, varies: true }
    }
    return { origin: null, varies: true }
  }
}

function all(origin: string | undefined, withCredentials: boolean, varies: boolean): Allowed {
  if (withCredentials && origin !== undefined) return { origin, varies: true }
  return { origin: '*', varies }
}

interface Asked {
  /** Without a port that the scheme has anyway. */
  readonly origin: string
  readonly host: string
}

function matches(entry: Exclude<Entry, { kind: 'all' }>, asked: Asked): boolean {
  if (entry.kind === 'origin') return entry.origin === asked.origin
  return entry.pattern.test(entry.byHost ? asked.host : asked.origin)
}

function normalize(origin: string): Asked {
  const found = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(\[[^\]]*\]|[^:/?#]+)(?::(\d+))?/.exec(origin)
  const scheme = found?.[1]
  const host = found?.[2]
  if (scheme === undefined || host === undefined) return { origin, host: origin }
  const port = found?.[3]
  const usual = (scheme === 'http' && port === '80') || (scheme === 'https' && port === '443')
  return { origin: `${scheme}://${host}${port === undefined || usual ? '' : `:${port}`}`, host }
}
