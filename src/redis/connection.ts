/** One connection to Redis for each address, which comes back by itself and never makes a request wait for long. */

import { Redis } from 'ioredis'
import { type Closable, ResourcePool, type ResourceScope } from '../pdk/resources.ts'
import { clientOptions, defaultHost } from './client-options.ts'
import type { RedisConfig } from './config.ts'

/** Redis cannot be reached, or did not answer in time. */
export class RedisUnavailable extends Error {}

/** Milliseconds for which further complaints about one connection are held back. */
const complaintPause = 10_000

/**
 * A connection that is opened on first use.
 *
 * While it is being opened, or opened again right after it broke, commands wait, no longer than the timeout. Once a try
 * has failed they fail at once, and tries go on in the background.
 */
export class RedisConnection implements Closable {
  readonly #client: Redis
  readonly #address: string
  readonly #timeout: number
  /** The last try to connect failed. */
  #down = false
  #wasReady = false
  #reason = 'not connected yet'
  #waiting: PromiseWithResolvers<void> | null = null
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #complainedAt = Number.NEGATIVE_INFINITY

  constructor(config: RedisConfig) {
    this.#address = `${config.host ?? defaultHost}:${config.port}`
    this.#timeout = config.timeout
    this.#client = new Redis(clientOptions(config))
    this.#client.on('error', (error: Error) => {
      this.#reason = error.message || error.name
    })
    this.#client.on('ready', () => {
      this.#wasReady = true
      this.#down = false
      this.#settle()
    })
    this.#client.on('close', () => {
      // The first close after a connection that worked is followed by a try at once; the next one is a failed try.
      if (!this.#wasReady) {
        this.#down = true
        this.#settle()
      }
      this.#wasReady = false
    })
  }

  /**
   * Runs a command.
   *
   * @throws {RedisUnavailable} if there is no connection, it breaks, or the answer does not come in time
   */
  async use<T>(command: (client: Redis) => Promise<T>): Promise<T> {
    if (this.#client.status !== 'ready' || this.#closed) await this.#ready()
    try {
      return await command(this.#client)
    } catch (error) {
      if (isReplyError(error)) throw error
      const reason = error instanceof Error ? error.message : String(error)
      // Whoever does not answer once is not waited for again: the next command waits for a new connection.
      if (reason === 'Command timed out' && this.#client.status === 'ready') this.#client.disconnect(true)
      throw new RedisUnavailable(`Redis at ${this.#address}: ${reason}`, { cause: error })
    }
  }

  /** True at most once in ten seconds: whether it is time to log that Redis fails. */
  mayComplain(): boolean {
    const now = performance.now()
    if (now - this.#complainedAt < complaintPause) return false
    this.#complainedAt = now
    return true
  }

  close(): void {
    this.#closed = true
    this.#reason = 'the gateway is shutting down'
    this.#client.disconnect()
    this.#settle()
  }

  async #ready(): Promise<void> {
    if (!this.#closed && this.#client.status === 'wait') this.#client.connect().catch(() => {})
    if (!this.#closed && !this.#down) {
      this.#waiting ??= this.#wait()
      await this.#waiting.promise
    }
    if (this.#client.status !== 'ready' || this.#closed) {
      throw new RedisUnavailable(`Redis at ${this.#address}: ${this.#reason}`)
    }
  }

  /** A connection takes more than one answer to be ready, but all of them together have no longer than one. */
  #wait(): PromiseWithResolvers<void> {
    this.#timer = setTimeout(() => {
      this.#down = true
      this.#reason = `not ready after ${this.#timeout} ms`
      this.#settle()
    }, this.#timeout)
    return Promise.withResolvers()
  }

  #settle(): void {
    clearTimeout(this.#timer)
    this.#waiting?.resolve()
    this.#waiting = null
  }
}

/** Redis answered, with an error. */
function isReplyError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError'
}

const pool = new ResourcePool<RedisConnection>()
/** A config is an object of its snapshot, so its key is made once. */
const keys = new WeakMap<RedisConfig, string>()

/** The gateway's connection to that Redis; configs that say the same share one. */
export function redisOf(scope: ResourceScope, config: RedisConfig): RedisConnection {
  let key = keys.get(config)
  if (key === undefined) {
    key = JSON.stringify(config)
    keys.set(config, key)
  }
  return pool.get(scope, key, () => new RedisConnection(config))
}
