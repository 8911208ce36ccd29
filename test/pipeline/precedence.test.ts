/** Which config of a plugin applies: Kong's twelve ranks, each against every one below it, and what switches a config off. */

import { describe, expect, it } from 'vitest'
import { consumerGroups } from '../../src/entities/consumer-group.ts'
import type { PluginEntity } from '../../src/entities/plugin.ts'
import { plugins } from '../../src/entities/plugin.ts'
import { definePlugin, z } from '../../src/pdk/index.ts'
import { Planner, pick } from '../../src/pipeline/plan.ts'
import type { PluginInstance } from '../../src/pipeline/plugin-instance.ts'

const ids = {
  route: '11111111-1111-4111-8111-111111111111',
  service: '22222222-2222-4222-8222-222222222222',
  consumer: '33333333-3333-4333-8333-333333333333',
  group: '44444444-4444-4444-8444-444444444444',
  otherGroup: '55555555-5555-4555-8555-555555555555',
  other: '66666666-6666-4666-8666-666666666666',
}

const definition = definePlugin({ name: 'probe', priority: 1, config: z.object({}).loose(), access() {} })

type Scope = 'consumer' | 'group' | 'route' | 'service'

/** A config bound to these scopes; its label is what the test looks for. */
function instance(scopes: readonly Scope[], more: Partial<PluginEntity> = {}): PluginInstance {
  const entity = plugins.schema.parse({
    name: 'probe',
    ...(scopes.includes('consumer') && { consumer: { id: ids.consumer } }),
    ...(scopes.includes('group') && { consumer_group: { id: ids.group } }),
    ...(scopes.includes('route') && { route: { id: ids.route } }),
    ...(scopes.includes('service') && { service: { id: ids.service } }),
    ...more,
  })
  return { definition, config: { label: scopes.join('+') || 'global' }, entity }
}

/** From the most to the least specific, as Kong Enterprise documents it. */
const ranks: readonly (readonly Scope[])[] = [
  ['consumer', 'route', 'service'],
  ['group', 'route', 'service'],
  ['consumer', 'route'],
  ['consumer', 'service'],
  ['group', 'route'],
  ['group', 'service'],
  ['route', 'service'],
  ['consumer'],
  ['group'],
  ['route'],
  ['service'],
  [],
]

const groups = [
  consumerGroups.schema.parse({ id: ids.group, name: 'gold' }),
  consumerGroups.schema.parse({ id: ids.otherGroup, name: 'amber' }),
]

interface Caller {
  readonly consumer?: string
  readonly groups?: readonly string[]
}
const known: Caller = { consumer: ids.consumer, groups: [ids.group] }

function chosen(instances: readonly PluginInstance[], caller: Caller = known, on = ids): unknown {
  const [slot] = new Planner(instances, groups).plan(on.route, on.service).slots
  return slot === undefined ? undefined : pick(slot, caller.consumer, caller.groups ?? [])?.config
}

const pairs = ranks.flatMap((specific, index) => ranks.slice(index + 1).map((general) => ({ specific, general })))

describe('the most specific config wins', () => {
  it.each(pairs.map((pair) => ({ ...pair, name: `${label(pair.specific)} over ${label(pair.general)}` })))(
    '$name',
    ({ specific, general }) => {
      expect(chosen([instance(general), instance(specific)])).toEqual({ label: label(specific) })
      expect(chosen([instance(specific), instance(general)])).toEqual({ label: label(specific) })
    },
  )
})

function label(scopes: readonly Scope[]): string {
  return scopes.join('+') || 'global'
}

describe('a config that does not fit the request is passed over', () => {
  it.each(ranks.filter((scopes) => scopes.length > 0).map((scopes) => ({ scopes, name: label(scopes) })))(
    '$name, when all of its scopes are somebody else’s',
    ({ scopes }) => {
      const elsewhere = { ...ids, route: ids.other, service: ids.other }
      expect(chosen([instance(scopes), instance([])], { consumer: ids.other }, elsewhere)).toEqual({ label: 'global' })
    },
  )

  it.each(ranks.slice(0, 11).map((scopes) => ({ scopes, name: label(scopes) })))(
    '$name, when it is not enabled',
    ({ scopes }) => {
      expect(chosen([instance(scopes, { enabled: false }), instance([])])).toEqual({ label: 'global' })
    },
  )

  it('of a consumer, as long as nobody is known', () => {
    expect(chosen([instance(['consumer']), instance(['route'])], {})).toEqual({ label: 'route' })
  })

  it('of everybody, when there is none', () => {
    expect(chosen([instance(['consumer'])], {})).toBeUndefined()
  })
})

describe('of several groups', () => {
  it('the first by name counts', () => {
    const gold = instance(['group'])
    const amber: PluginInstance = {
      ...instance(['group'], { consumer_group: { id: ids.otherGroup } }),
      config: { label: 'amber' },
    }
    const both = { consumer: ids.consumer, groups: [ids.group, ids.otherGroup] }
    expect(chosen([gold, amber], both)).toEqual({ label: 'amber' })
    expect(chosen([amber, gold], both)).toEqual({ label: 'amber' })
    expect(chosen([gold, amber])).toEqual({ label: 'group' })
  })
})

describe('a plan', () => {
  it('is fixed where no config depends on who calls, and is made once', () => {
    const planner = new Planner([instance(['route']), instance([])], groups)
    const plan = planner.plan(ids.route, ids.service)
    expect(plan.fixed?.access.map(({ config }) => config)).toEqual([{ label: 'route' }])
    expect(planner.plan(ids.route, ids.service)).toBe(plan)
  })

  it('is not fixed where one does', () => {
    expect(new Planner([instance(['consumer'])], groups).plan(ids.route, ids.service).fixed).toBeNull()
  })
})
