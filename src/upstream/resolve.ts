/** Names to addresses: asked once, kept for a while, and asked again in the background while the old answer serves. */

import { lookup as dnsLookup, resolveSrv as dnsResolveSrv } from 'node:dns/promises'
import { isIP } from 'node:net'
import { TollError } from '../errors/registry.ts'

/** One answer of name resolution. */
export interface Resolved {
  /** IP address. */
  readonly host: string
  /** From SRV records alone; they override the port asked for. */
  readonly port?: number
  /** From SRV records alone; at least 1. */
  readonly weight?: number
  /** From SRV records alone: the name that the record points to. */
  readonly srvName?: string
}

export interface SrvRecord {
  readonly name: string
  readonly port: number
  readonly priority: number
  readonly weight: number
}

export interface ResolverOptions {
  /** Milliseconds that an answer is fresh. The system's resolver, which honours /etc/hosts, does not tell a TTL. */
  readonly ttl: number
  /** Milliseconds past `ttl` that an old answer serves while a new one is awaited, or fails to come. */
  readonly staleTtl: number
  /** Milliseconds that a failure is remembered. */
  readonly errorTtl: number
  /** Milliseconds that one question may take: the system's resolver has limits of its own, and long ones. */
  readonly timeout: number
  /** Names kept. */
  readonly maxNames: number
  readonly lookup: (name: string) => Promise<readonly string[]>
  readonly resolveSrv: (name: string) => Promise<readonly SrvRecord[]>
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
}

const defaults: ResolverOptions = {
  ttl: 30_000,
  staleTtl: 3_600_000,
  errorTtl: 1000,
  timeout: 10_000,
  maxNames: 10_000,
  lookup: lookUp,
  resolveSrv: dnsResolveSrv,
  now: () => performance.now(),
}

interface Entry {
  answer: readonly Resolved[] | null
  error: unknown
  freshUntil: number
  staleUntil: number
  asking: Promise<readonly Resolved[]> | null
}

export class Resolver {
  readonly #options: ResolverOptions
  readonly #entries = new Map<string, Entry>()

  constructor(options: Partial<ResolverOptions> = {}) {
    this.#options = { ...defaults, ...options }
  }

  /** Milliseconds after which asking again may bring something new. */
  get ttl(): number {
    return this.#options.ttl
  }

  /** As `resolve`, though an answer that is no longer fresh is never served while a new one can be had. */
  resolveFresh(name: string): readonly Resolved[] | Promise<readonly Resolved[]> {
    const entry = this.#entries.get(name)
    if (entry?.answer === undefined || entry.answer === null) return this.resolve(name)
    return this.#options.now() < entry.freshUntil ? entry.answer : (entry.asking ?? this.#ask(name, entry))
  }

  /**
   * The addresses of a name, at once where they are known. A name with a leading underscore, as `_http._tcp.example.com`, is
   * resolved by its SRV records: those of the first priority.
   *
   * Throws TOLL_NAME_RESOLUTION where there is no address.
   */
  resolve(name: string): readonly Resolved[] | Promise<readonly Resolved[]> {
    if (isIP(name) !== 0) return [{ host: name }]
    const now = this.#options.now()
    const entry = this.#entries.get(name)
    if (entry === undefined) return this.#ask(name, this.#remember(name))
    if (now >= entry.freshUntil) {
      const asking = entry.asking ?? this.#ask(name, entry)
      if (entry.answer === null || now >= entry.staleUntil) return asking
      asking.catch(ignore)
    }
    if (entry.answer !== null) return entry.answer
    throw failed(entry.error)
  }

  #remember(name: string): Entry {
    const oldest = this.#entries.size >= this.#options.maxNames ? this.#entries.keys().next() : null
    if (oldest?.done === false) this.#entries.delete(oldest.value)
    const entry: Entry = { answer: null, error: null, freshUntil: 0, staleUntil: 0, asking: null }
    this.#entries.set(name, entry)
    return entry
  }

  #ask(name: string, entry: Entry): Promise<readonly Resolved[]> {
    const asking = this.#query(name).then(
      (answer) => {
        entry.answer = answer
        entry.freshUntil = this.#options.now() + this.#options.ttl
        entry.staleUntil = entry.freshUntil + this.#options.staleTtl
        entry.asking = null
        return answer
      },
      (error: unknown) => {
        const now = this.#options.now()
        entry.error = error
        entry.freshUntil = now + this.#options.errorTtl
        if (now >= entry.staleUntil) entry.answer = null
        entry.asking = null
        throw failed(error)
      },
    )
    entry.asking = asking
    return asking
  }

  async #query(name: string): Promise<readonly Resolved[]> {
    const asked = name.startsWith('_') ? this.#querySrv(name) : this.#queryAddresses(name)
    const answer = await within(this.#options.timeout, asked)
    if (answer.length === 0) throw new Error('the answer is empty')
    // Servers rotate their answers; what is the same shall look the same.
    return answer.toSorted(byAddress)
  }

  async #queryAddresses(name: string): Promise<readonly Resolved[]> {
    return (await this.#lookup(name)).map(toResolved)
  }

  async #querySrv(name: string): Promise<readonly Resolved[]> {
    const records = await this.#options.resolveSrv(name)
    const first = Math.min(...records.map(({ priority }) => priority))
    const best = records.filter(({ priority }) => priority === first)
    const answers = await Promise.all(
      best.map(async ({ name: srvName, port, weight }) => {
        const hosts = await this.#lookup(srvName)
        return hosts.map((host) => ({ host, port, weight: Math.max(1, weight), srvName }))
      }),
    )
    return answers.flat()
  }

  #lookup(name: string): Promise<readonly string[]> {
    return isIP(name) === 0 ? this.#options.lookup(name) : Promise.resolve([name])
  }
}

/** IPv6 addresses count only where there are no others: too many hosts have them and no way to reach them. */
async function lookUp(name: string): Promise<string[]> {
  const found = await dnsLookup(name, { all: true })
  const v4 = found.filter(({ family }) => family === 4)
  return (v4.length > 0 ? v4 : found).map(({ address }) => address)
}

function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer in ${milliseconds} ms`)), milliseconds)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function byAddress(a: Resolved, b: Resolved): number {
  if (a.host !== b.host) return a.host < b.host ? -1 : 1
  return (a.port ?? 0) - (b.port ?? 0)
}

function toResolved(host: string): Resolved {
  return { host }
}

function failed(cause: unknown): TollError {
  return new TollError('TOLL_NAME_RESOLUTION', {}, { cause })
}

function ignore(): void {}
