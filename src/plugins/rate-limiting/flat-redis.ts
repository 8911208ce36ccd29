/** The flat `redis_*` fields of older files, which mean the fields of the `redis` block. */

import { z } from 'zod'
import type { RedisConfig } from '../../redis/index.ts'

const flat = (field: string) => `Older name of \`redis.${field}\`.`

export const flatRedisFields = {
  redis_host: z.string().optional().describe(flat('host')),
  redis_port: z.int().optional().describe(flat('port')),
  redis_timeout: z.int().optional().describe(flat('timeout')),
  redis_username: z.string().optional().describe(flat('username')),
  redis_password: z.string().optional().describe(flat('password')),
  redis_database: z.int().optional().describe(flat('database')),
  redis_ssl: z.boolean().optional().describe(flat('ssl')),
  redis_ssl_verify: z.boolean().optional().describe(flat('ssl_verify')),
  redis_server_name: z.string().optional().describe(flat('server_name')),
}

type FlatRedis = { readonly [Name in keyof typeof flatRedisFields]?: z.infer<(typeof flatRedisFields)[Name]> }

/** Fills what the `redis` block leaves at its default from the flat fields; the block wins where both say something. */
export function takeFlatRedis<T extends FlatRedis & { redis: RedisConfig }>(config: T): T {
  const { redis } = config
  return {
    ...config,
    redis: {
      ...redis,
      host: redis.host ?? config.redis_host,
      port: redis.port === 6379 ? (config.redis_port ?? 6379) : redis.port,
      timeout: redis.timeout === 2000 ? (config.redis_timeout ?? 2000) : redis.timeout,
      username: redis.username ?? config.redis_username,
      password: redis.password ?? config.redis_password,
      database: redis.database || (config.redis_database ?? 0),
      ssl: redis.ssl || (config.redis_ssl ?? false),
      ssl_verify: redis.ssl_verify || (config.redis_ssl_verify ?? false),
      server_name: redis.server_name ?? config.redis_server_name,
    },
  }
}
