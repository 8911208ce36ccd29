/** rate-limiting: so many requests a second, a minute, an hour, a day, a month, a year. */

import { type AccessPdk, definePlugin } from '../../pdk/index.ts'
import { type RateLimitingConfig, rateLimitingConfig } from './config.ts'
import { type Counter, countersOf, type Taken } from './counters.ts'
import { limitHeaders } from './headers.ts'
import { identifierOf } from './identifier.ts'
import { takeLocally } from './take-local.ts'

/** Gateways that were told that `cluster` is `local` here. */
const warned = new WeakSet<object>()

export default definePlugin({
  name: 'rate-limiting',
  priority: 910,
  config: rateLimitingConfig,

  access(kong, config): void | Promise<void> {
    const now = Math.floor(Date.now() / 1000)
    const counters = countersOf(config, kong.plugin.getScope(), identifierOf(kong, config), now)
    if (config.policy === 'redis') return limitInRedis(kong, config, counters, now)
    if (config.policy === 'cluster') warnOnce(kong)
    settle(kong, config, counters, takeLocally(kong, counters), now)
  },
})

/** The client of Redis is loaded by the first request that needs it: a gateway without Redis never pays for it. */
let redis: Promise<typeof import('./take-redis.ts')> | undefined

async function limitInRedis(
  kong: AccessPdk,
  config: RateLimitingConfig,
  counters: readonly Counter[],
  now: number,
): Promise<void> {
  redis ??= import('./take-redis.ts')
  const { takeInRedis, mayComplain } = await redis
  let taken: Taken
  try {
    taken = await takeInRedis(kong, config, counters, now)
  } catch (error) {
    if (mayComplain(kong, config)) kong.log.err('failed to get usage', { error })
    if (!config.fault_tolerant) kong.response.error(500, 'An unexpected error occurred')
    return
  }
  settle(kong, config, counters, taken, now)
}

function settle(
  kong: AccessPdk,
  config: RateLimitingConfig,
  counters: readonly Counter[],
  taken: Taken,
  now: number,
): void {
  if (config.hide_client_headers) {
    if (taken.full) kong.response.error(config.error_code, config.error_message)
    return
  }
  const { headers, reset } = limitHeaders(counters, taken, now)
  if (taken.full) {
    kong.response.error(config.error_code, config.error_message, { ...headers, 'Retry-After': String(reset) })
  } else kong.response.setHeaders(headers)
}

function warnOnce(kong: AccessPdk): void {
  const gateway = kong.node.getResources()
  if (warned.has(gateway)) return
  warned.add(gateway)
  kong.log.warn('policy "cluster" counts in this node alone; use policy "redis" to count over all nodes')
}
