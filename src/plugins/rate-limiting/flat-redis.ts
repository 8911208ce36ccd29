/** The flat `redis_*` fields of older files, which mean the fields of the `redis` block. */

import { z } from 'zod'
import { type RedisConfig, redisConfig } from '../../redis/config.ts'

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

const defaults = redisConfig.parse({})

/** What is said twice, and differently; a block at its default says nothing. */
export function flatRedisProblems({ redis, ...config }: FlatRedis & { redis: RedisConfig }): string[] {
  const problems: string[] = []
  for (const [field, value] of Object.entries(redis)) {
    const old = Object.entries(config).find(([name]) => name === `redis_${field}`)?.[1]
    const isDefault = Object.entries(defaults).some(([name, usual]) => name === field && usual === value)
    if (old === undefined || old === value || isDefault) continue
    problems.push(`both deprecated and new field are used but their values mismatch: old = ${old} vs new = ${value}`)
  }
  return problems
}

/** Fills what the `redis` block leaves at its default from the flat fields. */
export function takeFlatRedis<T extends FlatRedis & { redis: RedisConfig }>(config: T): T {
  const { redis } = config
  return {
    ...config,
    redis: {
      ...redis,
      host: redis.host ?? config.redis_host,
      port: redis.port === defaults.port ? (config.redis_port ?? redis.port) : redis.port,
      timeout: redis.timeout === defaults.timeout ? (config.redis_timeout ?? redis.timeout) : redis.timeout,
      username: redis.username ?? config.redis_username,
      password: redis.password ?? config.redis_password,
      database: redis.database || (config.redis_database ?? redis.database),
      ssl: redis.ssl || (config.redis_ssl ?? redis.ssl),
      ssl_verify: redis.ssl_verify || (config.redis_ssl_verify ?? redis.ssl_verify),
      server_name: redis.server_name ?? config.redis_server_name,
    },
  }
}
