/** How the Redis client is set up, so that it never makes a request wait for long and never counts twice. */

import { isIP } from 'node:net'
import type { RedisOptions } from 'ioredis'
import { unbracket } from '../entities/text-checks.ts'
import type { RedisConfig } from './config.ts'

export const defaultHost = '127.0.0.1'

/** Milliseconds between two tries to connect, at most. */
const longestPause = 2000

export function clientOptions(config: RedisConfig) {
  const { port, timeout, password, username, database } = config
  const host = unbracket(config.host ?? defaultHost)
  return {
    host,
    port,
    db: database,
    ...(password && { password, username }),
    ...(config.ssl && { tls: tlsOptions(config, host) }),
    connectTimeout: timeout,
    commandTimeout: timeout,
    // A server that stopped answering does not answer a farewell either.
    disconnectTimeout: 100,
    lazyConnect: true,
    // A command that may or may not have run is not run again: it would count twice.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    // Proxies and older servers know no other.
    protocol: 2,
    disableClientInfo: true,
    // A server that became a replica cannot count any more; its name may lead to the new primary.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    retryStrategy: (tries: number) => Math.min(50 * 2 ** (tries - 1), longestPause),
  } satisfies RedisOptions
}

function tlsOptions(config: RedisConfig, host: string): { rejectUnauthorized: boolean; servername?: string } {
  const servername = config.server_name ?? (isIP(host) === 0 ? host : undefined)
  return { rejectUnauthorized: config.ssl_verify, ...(servername !== undefined && { servername }) }
}
