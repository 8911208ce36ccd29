/** The health of upstreams and of their targets, told and set by hand. */

import type { Context } from 'hono'
import { targets } from '../../entities/target.ts'
import { upstreams } from '../../entities/upstream.ts'
import type { TargetHealth } from '../../upstream/health/report.ts'
import { AdminError, json } from '../answer.ts'
import { findEntity, getEntity, type Store } from '../collections/catalog.ts'
import { listEntities } from '../collections/list-entities.ts'
import type { AdminContext } from '../context.ts'
import { type Endpoints, isTruthy, pathParameter } from '../endpoints.ts'
import { notFound } from '../kong-errors.ts'
import { printable } from '../redact.ts'

/** What is below `/upstreams/{upstream}` besides its targets. */
export function addUpstreams(endpoints: Endpoints, context: AdminContext, store: Store): void {
  const known = (c: Context) => {
    const { id } = getEntity(store.entities(), upstreams, pathParameter(c, 'upstreams'))
    const upstream = store.entities().get(upstreams, id)
    if (upstream === undefined) throw notFound()
    return upstream
  }
  endpoints.add('/upstreams/:upstreams/targets/all', {
    GET(c) {
      const { id } = known(c)
      const own = new Set(store.entities().targets.flatMap((target) => (target.upstream.id === id ? [target.id] : [])))
      return listEntities(c, store, targets, { nested: true, among: (target) => own.has(target.id) })
    },
  })
  endpoints.add('/upstreams/:upstreams/health', {
    async GET(c) {
      const report = await context.upstreamHealth(known(c).name)
      if (report === null) throw notFound()
      const print = (health: TargetHealth) => printHealth(health, store)
      const { balancer } = report
      const data = isTruthy(c.req.query('balancer_health'))
        ? { ...balancer, details: balancer.details.map(print) }
        : report.targets.map(print)
      return json({ data, next: null, node_id: context.nodeId })
    },
  })
  for (const [word, healthy] of [
    ['healthy', true],
    ['unhealthy', false],
  ] as const) {
    const set = async (c: Context) => {
      const upstream = known(c)
      const scope = { field: 'upstream', parent: upstream }
      const found = findEntity(store.entities(), targets, pathParameter(c, 'targets'), scope)
      const target = found === undefined ? undefined : store.entities().get(targets, found.id)
      if (target === undefined) throw notFound()
      const address = c.req.param('address')
      if (await context.setTargetHealth(upstream.name, target.target, healthy, address)) return json(null, 204)
      const report = await context.upstreamHealth(upstream.name)
      if (report !== null && report.balancer.health !== 'HEALTHCHECKS_OFF') throw notFound()
      throw new AdminError(400, `no healthchecker found for ${upstream.name}`)
    }
    endpoints.add(`/upstreams/:upstreams/targets/:targets/${word}`, { PUT: set })
    endpoints.add(`/upstreams/:upstreams/targets/:targets/:address/${word}`, { PUT: set })
  }
}

function printHealth({ target, health, data }: TargetHealth, store: Store): object {
  return { ...printable(targets, target, store.catalog), health, data }
}
