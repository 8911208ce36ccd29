/** Compiles entities into a snapshot, off the path of any request. */

import type { EntitySet } from '../config/entity-set.ts'
import type { LoadedConfig } from '../config/types.ts'
import type { ConsumerGroup } from '../entities/consumer-group.ts'
import { Planner } from '../pipeline/plan.ts'
import type { PluginInstance } from '../pipeline/plugin-instance.ts'
import { compileRouter } from '../router/index.ts'
import { Upstreams } from '../upstream/index.ts'
import type { Pools } from '../upstream/pools.ts'
import { EntityIndex } from './entity-index.ts'
import type { PluginRegistry } from './plugin-registry.ts'
import { resolveSecrets } from './resolve-secrets.ts'
import type { Snapshot } from './snapshot.ts'

export interface BuildOptions {
  readonly registry: PluginRegistry
  readonly flavor: 'traditional_compatible' | 'traditional'
  readonly env: NodeJS.ProcessEnv
  readonly pools: Pools
  /** Hears every value that came from a vault, so that it can be kept out of logs. */
  readonly onSecret: (secret: string) => void
  /** Hears what is not as it should be and does not stop the snapshot. */
  readonly onWarning: (message: string) => void
  /** Whose state of balancers and health goes on. */
  readonly previous: Snapshot | null
}

/** Throws where entities that are each valid do not work together, as a circle of `ordering`. */
export function buildSnapshot(config: LoadedConfig, options: BuildOptions): Snapshot {
  const { set, pluginConfigs } = resolveSecrets(config.entities, options)
  const services = new Map(set.services.map((service) => [service.id, service]))
  const plugins = instances(set, pluginConfigs, options.registry)
  const planner = new Planner(plugins, set.consumerGroups)
  const upstreams = new Upstreams(
    set.upstreams,
    Map.groupBy(set.targets, (target) => target.upstream.id),
    { pools: options.pools },
    options.previous?.upstreams,
  )
  // Plans are made now rather than by the first request: a wrong `ordering` must stop the snapshot.
  for (const route of set.routes) planner.plan(route.id, route.service?.id)
  return {
    hash: config.hash,
    raw: config.entities,
    entities: new EntityIndex(set),
    router: compileRouter(set.routes, services, options.flavor),
    planner,
    globalPlan: planner.plan(undefined, undefined),
    plugins,
    upstreams,
    groupsOf: groupsOf(set),
    consumersById: new Map(set.consumers.map((consumer) => [consumer.id, consumer])),
    consumersByName: new Map(
      set.consumers.flatMap((consumer) => (consumer.username ? [[consumer.username, consumer]] : [])),
    ),
    flavor: options.flavor,
  }
}

function instances(set: EntitySet, configs: ReadonlyMap<string, unknown>, registry: PluginRegistry): PluginInstance[] {
  return set.plugins.map((entity) => {
    const definition = registry.get(entity.name)
    if (definition === undefined) throw new Error(`plugin '${entity.name}' not enabled`)
    return { definition, config: configs.get(entity.id) ?? entity.config, entity }
  })
}

function groupsOf(set: EntitySet): Map<string, ConsumerGroup[]> {
  const groups = new Map(set.consumerGroups.map((group) => [group.id, group]))
  const result = new Map<string, ConsumerGroup[]>()
  for (const { consumer, consumer_group: reference } of set.memberships) {
    const group = groups.get(reference.id)
    if (group === undefined) continue
    const list = result.get(consumer.id)
    if (list === undefined) result.set(consumer.id, [group])
    else list.push(group)
  }
  for (const list of result.values()) list.sort((a, b) => a.name.localeCompare(b.name))
  return result
}
