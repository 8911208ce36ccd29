/** Counts in Redis, for all nodes together: looks at every limit and counts, or does not, in one step. */

import type { AccessPdk } from '../../pdk/index.ts'
import { RedisScript, redisOf } from '../../redis/index.ts'
import type { RateLimitingConfig } from './config.ts'
import type { Counter, Taken } from './counters.ts'

/**
 * KEYS: the counters. ARGV: the limits, then the seconds that each counter has to live, which are set once.
 * Returns 1 where a limit was reached, else 0, then the counts.
 */
const script = new RedisScript(`
local n = #KEYS
local reply = { 0 }
for i = 1, n do
  local count = tonumber(redis.call('GET', KEYS[i]) or '0')
  if count >= tonumber(ARGV[i]) then reply[1] = 1 end
  reply[i + 1] = count
end
if reply[1] == 1 then return reply end
for i = 1, n do
  local count = redis.call('INCR', KEYS[i])
  if count == 1 then redis.call('EXPIRE', KEYS[i], ARGV[n + i]) end
  reply[i + 1] = count
end
return reply
`)

/** Seconds that a counter outlives its window, for nodes whose clocks are behind. */
const grace = 10

/** `now` is in Unix seconds. Throws where Redis fails. */
export async function takeInRedis(
  kong: AccessPdk,
  config: RateLimitingConfig,
  counters: readonly Counter[],
  now: number,
): Promise<Taken> {
  const connection = redisOf(kong.node.getResources(), config.redis)
  const keys = counters.map(({ key }) => key)
  const limits = counters.map(({ limit }) => limit)
  const lives = counters.map(({ end }) => Math.ceil(end - now) + grace)
  const reply = await script.run(connection, keys, [...limits, ...lives])
  if (!Array.isArray(reply) || reply.length !== counters.length + 1) throw new Error('Redis sent an unknown reply')
  const [full, ...counts] = reply.map(Number)
  return { full: full === 1, counts }
}

/** True at most once in ten seconds for each Redis: whether it is time to log that it fails. */
export function mayComplain(kong: AccessPdk, config: RateLimitingConfig): boolean {
  return redisOf(kong.node.getResources(), config.redis).mayComplain()
}
