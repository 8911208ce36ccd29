/** Kept connections: one undici Pool for each way of reaching an address, and a bound on how many there are. */

import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { Pool } from 'undici'
import { connectorFor, servernameOf } from './connect.ts'
import type { TlsOptions, UpstreamRequest } from './types.ts'

export interface PoolsOptions {
  /** Connections of one pool that are kept when idle, 0: none; more are opened as needed and closed after one answer. */
  readonly keepaliveSize: number
  /** Milliseconds that an idle connection is kept, 0: for ever; an upstream that says less in keep-alive gets less. */
  readonly keepaliveTimeout: number
  /** Requests over one connection before it is closed; 0: no limit. */
  readonly keepaliveRequests: number
  /** Bytes of an answer's head. */
  readonly maxHeaderSize: number
  /** Pools kept at once; idle ones make room, so only as many as are busy can be above it. */
  readonly maxPools: number
}

const defaults: PoolsOptions = {
  keepaliveSize: 512,
  keepaliveTimeout: 60_000,
  keepaliveRequests: 10_000,
  maxHeaderSize: 64 * 1024,
  maxPools: 2048,
}

/** Milliseconds between sweeps where idle connections have no end of their own. */
const longSweep = 600_000
/** The longest that a timer of Node's can run. */
const maxTimer = 2 ** 31 - 1

/** A pool and what is known of its use. */
export interface PoolEntry {
  readonly pool: Pool
  readonly servername: string
  /** Requests under way. */
  running: number
  /** Used since the last sweep. */
  used: boolean
}

export class Pools {
  readonly #options: PoolsOptions
  readonly #entries = new Map<string, PoolEntry>()
  readonly #tlsKeys = new WeakMap<TlsOptions, string>()
  readonly #sweeper: NodeJS.Timeout
  #closed = false

  constructor(options: Partial<PoolsOptions> = {}) {
    this.#options = { ...defaults, ...options }
    const { keepaliveTimeout } = this.#options
    this.#sweeper = setInterval(sweep, Math.max(1000, keepaliveTimeout || longSweep), this).unref()
  }

  /** How many pools there are. */
  get size(): number {
    return this.#entries.size
  }

  get closed(): boolean {
    return this.#closed
  }

  get keepaliveSize(): number {
    return this.#options.keepaliveSize
  }

  /** The pool that the request goes through, opened if need be. */
  entryFor(request: UpstreamRequest): PoolEntry {
    const { scheme, address, timeouts, tls } = request
    let key = `${scheme}|${address.host}|${address.port}|${timeouts.connect}`
    if (scheme === 'https') key += `|${servernameOf(request)}|${tls === undefined ? '' : this.#tlsKey(tls)}`
    const entry = this.#entries.get(key) ?? this.#open(key, request)
    entry.used = true
    return entry
  }

  /** Closes the pools that nobody has used since the last call. */
  sweep(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.running === 0 && !entry.used) this.#drop(key, entry)
      entry.used = false
    }
  }

  /** Refuses new requests; resolves once those under way are over and all connections closed. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#sweeper)
    await Promise.all(Array.from(this.#entries.values(), ({ pool }) => pool.close()))
    this.#entries.clear()
  }

  /** Closes every connection at once; requests under way fail. */
  async destroy(): Promise<void> {
    this.#closed = true
    clearInterval(this.#sweeper)
    const pools = Array.from(this.#entries.values(), ({ pool }) => pool)
    this.#entries.clear()
    await Promise.all(pools.map((pool) => pool.destroy()))
  }

  #open(key: string, request: UpstreamRequest): PoolEntry {
    if (this.#entries.size >= this.#options.maxPools) this.#makeRoom()
    const { scheme, address, timeouts, tls } = request
    const { keepaliveTimeout, keepaliveRequests, maxHeaderSize } = this.#options
    const servername = servernameOf(request)
    const host = isIPv6(address.host) ? `[${address.host}]` : address.host
    const pool = new Pool(`${scheme}://${host}:${address.port}`, {
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: keepaliveTimeout || maxTimer,
      keepAliveMaxTimeout: keepaliveTimeout || maxTimer,
      maxRequestsPerClient: keepaliveRequests,
      maxHeaderSize,
      connect: connectorFor(address, servername, tls, timeouts.connect),
    })
    // A name that never changes within the pool: undici reconnects when the name it is given does.
    const entry: PoolEntry = { pool, servername: servername || address.host, running: 0, used: true }
    this.#entries.set(key, entry)
    return entry
  }

  #makeRoom(): void {
    let chosen: readonly [string, PoolEntry] | null = null
    for (const candidate of this.#entries) {
      if (candidate[1].running > 0) continue
      chosen ??= candidate
      if (candidate[1].used) continue
      chosen = candidate
      break
    }
    if (chosen !== null) this.#drop(...chosen)
  }

  #drop(key: string, { pool }: PoolEntry): void {
    this.#entries.delete(key)
    pool.close(ignore)
  }

  #tlsKey(tls: TlsOptions): string {
    const { verify, verifyDepth, ca, cert, key } = tls
    const plain = `${verify}|${verifyDepth}`
    if (ca === undefined && cert === undefined && key === undefined) return plain
    const known = this.#tlsKeys.get(tls)
    if (known !== undefined) return known
    const hashed = `${plain}|${createHash('sha256')
      .update(JSON.stringify([ca, cert, key]))
      .digest('base64')}`
    this.#tlsKeys.set(tls, hashed)
    return hashed
  }
}

function sweep(pools: Pools): void {
  pools.sweep()
}

function ignore(): void {}
