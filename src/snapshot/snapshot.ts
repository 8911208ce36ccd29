/** All entities, compiled and frozen; one request sees one snapshot. */

import type { EntitySet } from '../config/entity-set.ts'
import type { Consumer } from '../entities/consumer.ts'
import type { ConsumerGroup } from '../entities/consumer-group.ts'
import type { Plan, Planner } from '../pipeline/plan.ts'
import type { PluginInstance } from '../pipeline/plugin-instance.ts'
import type { Router } from '../router/types.ts'
import type { Upstreams } from '../upstream/index.ts'
import type { EntityIndex } from './entity-index.ts'

export interface Snapshot {
  /** MD5 of the configuration's text, hexadecimal, as Kong reports it. */
  readonly hash: string
  /** As the file has them: references to vaults are not resolved. For the Admin API. */
  readonly raw: EntitySet
  /** With every reference resolved. */
  readonly entities: EntityIndex
  readonly router: Router
  readonly planner: Planner
  /** The plan of requests that match no route. */
  readonly globalPlan: Plan
  readonly plugins: readonly PluginInstance[]
  readonly upstreams: Upstreams
  /** Groups of a consumer, by the consumer's id, sorted by name. */
  readonly groupsOf: ReadonlyMap<string, readonly ConsumerGroup[]>
  readonly consumersById: ReadonlyMap<string, Consumer>
  readonly consumersByName: ReadonlyMap<string, Consumer>
  readonly flavor: 'traditional_compatible' | 'traditional'
}
