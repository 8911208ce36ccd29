/** Configuration of rate-limiting. */

import { z } from 'zod'
import { atLeastOneOf, type Complain, conditional } from '../../entities/checks.ts'
import { checked } from '../../entities/fields.ts'
import { checkHeaderName } from '../../entities/text-checks.ts'
import { redisConfig } from '../../redis/config.ts'
import { flatRedisFields, flatRedisProblems, takeFlatRedis } from './flat-redis.ts'

const limit = (period: string) => z.number().gt(0).optional().describe(`Requests that may pass in a ${period}.`)

const shape = z.strictObject({
  second: limit('second'),
  minute: limit('minute'),
  hour: limit('hour'),
  day: limit('day'),
  month: limit('month'),
  year: limit('year'),
  limit_by: z
    .enum(['consumer', 'credential', 'ip', 'service', 'header', 'path', 'consumer-group'])
    .default('consumer')
    .describe('Whose requests are counted together; whoever has none of it is counted by address.'),
  header_name: checked(checkHeaderName).optional().describe('Header to count by; with `limit_by: header`.'),
  path: z.string().startsWith('/').optional().describe('Path to count by; with `limit_by: path`.'),
  policy: z
    .enum(['local', 'cluster', 'redis'])
    .default('local')
    .describe(
      'Where counts are kept: in the memory of this node, or in Redis for all nodes. `cluster` needs a database and is `local` here.',
    ),
  fault_tolerant: z
    .boolean()
    .default(true)
    .describe('Whether requests pass uncounted while Redis fails; else they are answered with 500.'),
  redis: redisConfig.prefault({}).describe('The Redis of policy `redis`.'),
  hide_client_headers: z.boolean().default(false).describe('Whether answers do not tell limits and what is left.'),
  error_code: z.number().int().min(400).max(599).default(429).describe('Status of a refusal.'),
  error_message: z.string().min(1).default('API rate limit exceeded').describe('Text of a refusal.'),
  sync_rate: z
    .number()
    .default(-1)
    .describe('Accepted and without effect: every request is counted in Redis at once, so that no limit is overrun.'),
  ...flatRedisFields,
})

export type RateLimitingConfig = z.infer<typeof shape>

export const rateLimitingConfig = shape.superRefine(check).overwrite(takeFlatRedis)

function check(config: RateLimitingConfig, context: z.RefinementCtx): void {
  const complain: Complain = (path, message) => context.addIssue({ code: 'custom', path: [...path], message })
  atLeastOneOf(config, ['second', 'minute', 'hour', 'day', 'month', 'year'], complain)
  orderOfLimits(config, complain)
  for (const problem of flatRedisProblems(config)) complain([], problem)
  if (config.limit_by === 'header' && config.header_name === undefined) {
    conditional('limit_by', 'header_name', 'required field missing', complain)
  }
  if (config.limit_by === 'path' && config.path === undefined) {
    conditional('limit_by', 'path', 'required field missing', complain)
  }
  if (config.policy === 'redis' && (config.redis.host ?? config.redis_host) === undefined) {
    context.addIssue({ code: 'custom', path: ['redis', 'host'], message: 'required field missing' })
    complain([], `failed conditional validation given value of field 'policy'`)
  }
}

const periods = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const

/** A longer period with a smaller limit makes the shorter one meaningless. */
function orderOfLimits(config: RateLimitingConfig, complain: Complain): void {
  let shorter: (typeof periods)[number] | undefined
  for (const period of periods) {
    const limit = config[period]
    if (limit === undefined) continue
    const least = shorter === undefined ? undefined : config[shorter]
    if (shorter !== undefined && least !== undefined && limit < least) {
      complain(
        [],
        `The limit for ${period}(${limit.toFixed(1)}) cannot be lower than the limit for ${shorter}(${least.toFixed(1)})`,
      )
    }
    shorter = period
  }
}
