/** An upstream: a name that stands for several targets, and how one is chosen. */

import { defineEntity } from './definition.ts'
import { checkUpstream } from './upstream-checks.ts'
import { shape } from './upstream-shape.ts'

export type { Upstream } from './upstream-shape.ts'

export const upstreams = defineEntity({
  name: 'upstreams',
  endpointKey: 'name',
  references: { client_certificate: { entity: 'certificates' } },
  expand: chooseAlgorithm,
  schema: shape.superRefine((upstream, context) => {
    checkUpstream(upstream, (path, message) => context.addIssue({ code: 'custom', path: [...path], message }))
  }),
})

/** To hash on something means consistent hashing; the algorithms that look at load hash on nothing. */
function chooseAlgorithm(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { algorithm, hash_on: hashOn } = raw
  if (algorithm === 'least-connections' || algorithm === 'latency') return { ...raw, hash_on: 'none' }
  if (algorithm === undefined && hashOn !== undefined && hashOn !== 'none') {
    return { ...raw, algorithm: 'consistent-hashing' }
  }
  return { ...raw }
}
