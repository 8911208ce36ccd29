/** Lua scripts that Redis runs as one step: sent by their hash, and whole to a server that does not know them yet. */

import { hash } from 'node:crypto'
import type { RedisConnection } from './connection.ts'

export class RedisScript {
  readonly #source: string
  readonly #hash: string

  constructor(source: string) {
    this.#source = source
    this.#hash = hash('sha1', source, 'hex')
  }

  /** One round trip; what the script returns. Throws RedisUnavailable, or what the script fails with. */
  run(connection: RedisConnection, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    return connection.use(async (client) => {
      try {
        return await client.evalsha(this.#hash, keys.length, ...keys, ...args)
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
        return await client.eval(this.#source, keys.length, ...keys, ...args)
      }
    })
  }
}
