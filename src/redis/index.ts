/** Redis, for whatever nodes of the gateway share. */

export { type RedisConfig, redisConfig } from './config.ts'
export { RedisConnection, RedisUnavailable, redisOf } from './connection.ts'
export { RedisScript } from './script.ts'
