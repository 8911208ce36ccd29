/** Which plugins run for a request, with which config and in what order: computed once for each route and service. */

import type { ConsumerGroup } from '../entities/consumer-group.ts'
import type { ErrorFormat } from '../errors/bodies.ts'
import { type Phase, phases } from '../pdk/phases.ts'
import { comparePriority, orderSlots } from './order.ts'
import type { PluginInstance } from './plugin-instance.ts'

/** All configs of one plugin that may apply to a route and service, the most specific first. */
export interface Slot {
  readonly name: string
  readonly priority: number
  readonly candidates: readonly PluginInstance[]
  /** The config where it does not depend on who calls. */
  readonly fixed: PluginInstance | null
}

export type PhaseLists = Readonly<Record<Phase, readonly PluginInstance[]>>

export interface Plan {
  /** In the order of the access phase. */
  readonly slots: readonly Slot[]
  /** The instances of each phase, where they do not depend on who calls. */
  readonly fixed: PhaseLists | null
  readonly errorFormat: ErrorFormat | null
}

/**
 * Kong's precedence: a config is the more specific the smaller its rank, and only the most specific one of a plugin
 * applies. Keyed by what the config is bound to.
 */
const ranks: Readonly<Record<string, number>> = {
  'consumer+route+service': 1,
  'group+route+service': 2,
  'consumer+route': 3,
  'consumer+service': 4,
  'group+route': 5,
  'group+service': 6,
  'route+service': 7,
  consumer: 8,
  group: 9,
  route: 10,
  service: 11,
  '': 12,
}

function rankOf({ entity }: PluginInstance): number {
  const bound: string[] = []
  if (entity.consumer) bound.push('consumer')
  else if (entity.consumer_group) bound.push('group')
  if (entity.route) bound.push('route')
  if (entity.service) bound.push('service')
  return ranks[bound.join('+')] ?? 12
}

/** Builds plans for one snapshot and keeps them. */
export class Planner {
  readonly #instances: readonly PluginInstance[]
  readonly #groupNames: ReadonlyMap<string, string>
  readonly #plans = new Map<string, Plan>()

  constructor(instances: readonly PluginInstance[], groups: readonly ConsumerGroup[]) {
    this.#instances = instances.filter(({ entity }) => entity.enabled)
    this.#groupNames = new Map(groups.map((group) => [group.id, group.name]))
  }

  /** The plan of a route and a service; either may be absent. Their number bounds the cache. */
  plan(routeId: string | undefined, serviceId: string | undefined): Plan {
    const key = `${routeId ?? ''}:${serviceId ?? ''}`
    let plan = this.#plans.get(key)
    if (plan === undefined) {
      plan = this.#build(routeId, serviceId)
      this.#plans.set(key, plan)
    }
    return plan
  }

  #build(routeId: string | undefined, serviceId: string | undefined): Plan {
    const byName = new Map<string, PluginInstance[]>()
    for (const instance of this.#instances) {
      const { route, service } = instance.entity
      if ((route && route.id !== routeId) || (service && service.id !== serviceId)) continue
      const { name } = instance.definition
      const list = byName.get(name)
      if (list === undefined) byName.set(name, [instance])
      else list.push(instance)
    }
    const slots = orderSlots([...byName.values()].map((candidates) => this.#slot(candidates)))
    const first = slots.find((slot) => slot.candidates[0]?.definition.errorFormat)?.candidates[0]
    return {
      slots,
      fixed: slots.every((slot) => slot.fixed !== null) ? phaseLists(slots.map((slot) => slot.fixed)) : null,
      errorFormat: first?.definition.errorFormat?.(first.config) ?? null,
    }
  }

  #slot(candidates: PluginInstance[]): Slot {
    candidates.sort((a, b) => rankOf(a) - rankOf(b) || this.#groupName(a).localeCompare(this.#groupName(b)))
    const [best] = candidates
    const personal = candidates.some(({ entity }) => entity.consumer || entity.consumer_group)
    return {
      name: best?.definition.name ?? '',
      priority: best?.definition.priority ?? 0,
      candidates,
      fixed: personal ? null : (best ?? null),
    }
  }

  #groupName({ entity }: PluginInstance): string {
    return this.#groupNames.get(entity.consumer_group?.id ?? '') ?? ''
  }
}

/** The config of a plugin for this caller: the most specific one that fits. */
export function pick(slot: Slot, consumerId: string | undefined, groupIds: readonly string[]): PluginInstance | null {
  if (slot.fixed !== null) return slot.fixed
  for (const candidate of slot.candidates) {
    const { consumer, consumer_group: group } = candidate.entity
    if (consumer && consumer.id !== consumerId) continue
    if (group && !groupIds.includes(group.id)) continue
    return candidate
  }
  return null
}

/** The instances that have a handler, phase by phase; all phases but access go strictly by priority. */
export function phaseLists(chosen: readonly (PluginInstance | null)[]): PhaseLists {
  const present = chosen.filter((instance) => instance !== null)
  const byPriority = present.toSorted((a, b) => comparePriority(a.definition, b.definition))
  const lists: Partial<Record<Phase, PluginInstance[]>> = {}
  for (const handler of phases) {
    const order = handler === 'access' ? present : byPriority
    lists[handler] = order.filter((instance) => handles(instance, handler))
  }
  return { ...empty, ...lists }
}

function handles({ definition, config }: PluginInstance, handler: Phase): boolean {
  if (definition[handler] === undefined) return false
  return handler !== 'bodyFilter' || definition.filtersBody?.(config) !== false
}

const empty: PhaseLists = {
  rewrite: [],
  access: [],
  chatRequest: [],
  response: [],
  headerFilter: [],
  bodyFilter: [],
  chatEvents: [],
  chatDone: [],
  log: [],
}
