/** A target: one host and port of an upstream, with its weight. */

import { isIPv6 } from 'node:net'
import { z } from 'zod'
import { defineEntity } from './definition.ts'
import { between, common, integer, reference, tags } from './fields.ts'
import { isHost, splitPort, unbracket } from './text-checks.ts'

const defaultPort = 8000
const seconds = () => Date.now() / 1000

const address = z
  .string()
  .superRefine((value, context) => {
    if (normalizeTarget(value) === null) {
      context.addIssue({ code: 'custom', message: `Invalid target ('${value}'); not a valid hostname or ip address` })
    }
  })
  .overwrite((value) => normalizeTarget(value) ?? value)

const shape = z.strictObject({
  ...common,
  /** Seconds since 1970, with their fraction. */
  created_at: z.number().default(seconds),
  updated_at: z.number().default(seconds),
  tags,
  upstream: reference,
  /** Always `host:port` once parsed. */
  target: address,
  /** Share of the traffic; 0 takes the target out. */
  weight: between(integer, 0, 65535).default(100),
  /** Takes traffic only while no other target is healthy. */
  failover: z.boolean().default(false),
})

export type Target = z.infer<typeof shape>

export const targets = defineEntity({
  name: 'targets',
  endpointKey: 'target',
  endpointKeyScope: 'upstream',
  cacheKey: ['upstream', 'target'],
  references: { upstream: { entity: 'upstreams', required: true, nestedAs: 'targets', onDelete: 'cascade' } },
  schema: shape,
})

/** `host:port` of what a target is written as, with port 8000 where it names none; null where it is no address. */
export function normalizeTarget(value: string): string | null {
  const { host, port } = splitPort(value)
  if (port !== undefined && (port === '' || Number(port) > 65535)) return null
  if (!isHost(host)) return null
  const bare = unbracket(host)
  return `${isIPv6(bare) ? `[${bare}]` : bare}:${port === undefined ? defaultPort : Number(port)}`
}
