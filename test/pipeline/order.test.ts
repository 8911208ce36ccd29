/** The order of plugins: priority, name, and what `ordering` moves in the access phase. */

import { describe, expect, it } from 'vitest'
import { plugins } from '../../src/entities/plugin.ts'
import { definePlugin, z } from '../../src/pdk/index.ts'
import { Planner } from '../../src/pipeline/plan.ts'
import type { PluginInstance } from '../../src/pipeline/plugin-instance.ts'

interface Ordering {
  readonly before?: readonly string[]
  readonly after?: readonly string[]
}

function plugin(name: string, priority: number, { before, after }: Ordering = {}): PluginInstance {
  const definition = definePlugin({ name, priority, config: z.object({}), access() {}, headerFilter() {} })
  const entity = plugins.schema.parse({
    name,
    ordering: {
      ...(before && { before: { access: [...before] } }),
      ...(after && { after: { access: [...after] } }),
    },
  })
  return { definition, config: {}, entity }
}

function access(instances: readonly PluginInstance[]): string[] {
  return new Planner(instances, []).plan(undefined, undefined).slots.map(({ name }) => name)
}

describe('the order of the access phase', () => {
  it.each([
    ['the higher priority first', [plugin('a', 1), plugin('b', 2)], ['b', 'a']],
    ['names from z to a among equals', [plugin('a', 5), plugin('c', 5), plugin('b', 5)], ['c', 'b', 'a']],
    ['negative priorities last', [plugin('last', -1000), plugin('first', 0)], ['first', 'last']],
    ['before moves up', [plugin('a', 3), plugin('b', 2), plugin('c', 1, { before: ['a'] })], ['c', 'a', 'b']],
    ['after moves down', [plugin('a', 3, { after: ['c'] }), plugin('b', 2), plugin('c', 1)], ['b', 'c', 'a']],
    ['names that are absent count for nothing', [plugin('a', 2, { after: ['x'] }), plugin('b', 1)], ['a', 'b']],
    ['a plugin does not wait for itself', [plugin('a', 2, { after: ['a'] }), plugin('b', 1)], ['a', 'b']],
    [
      'a chain holds',
      [plugin('a', 4, { after: ['b'] }), plugin('b', 3, { after: ['c'] }), plugin('c', 2), plugin('d', 1)],
      ['c', 'b', 'a', 'd'],
    ],
  ])('%s', (_, instances, expected) => {
    expect(access(instances)).toEqual(expected)
    expect(access(instances.toReversed())).toEqual(expected)
  })

  it('refuses plugins that wait for one another, and names them', () => {
    const circle = [plugin('a', 2, { after: ['b'] }), plugin('b', 1, { after: ['a'] })]
    expect(() => access(circle)).toThrow(/wait for one another.*a, b/)
  })

  it('leaves the other phases in the order of priority', () => {
    const plan = new Planner([plugin('a', 2, { after: ['b'] }), plugin('b', 1)], []).plan(undefined, undefined)
    expect(plan.fixed?.access.map(({ definition }) => definition.name)).toEqual(['b', 'a'])
    expect(plan.fixed?.headerFilter.map(({ definition }) => definition.name)).toEqual(['a', 'b'])
  })
})
