/** The order of plugins in the access phase: by priority, then by what `ordering` asks for. */

import type { PluginInstance } from './plugin-instance.ts'

interface Orderable {
  readonly name: string
  readonly priority: number
  readonly candidates: readonly PluginInstance[]
}

/**
 * Sorts by priority and lets `ordering.before.access` and `ordering.after.access` of any config of a plugin move it.
 * Of the plugins that nothing holds back, the one of the highest priority comes next. Names that are not in the plan
 * count for nothing; a circle is an error that names its members.
 */
export function orderSlots<Slot extends Orderable>(slots: readonly Slot[]): Slot[] {
  const waiting = slots.toSorted(comparePriority)
  const before = predecessors(waiting)
  if (before.size === 0) return waiting
  const ordered: Slot[] = []
  const done = new Set<string>()
  while (waiting.length > 0) {
    const next = waiting.findIndex((slot) => isFree(before.get(slot.name), done))
    const slot = waiting[next]
    if (slot === undefined) {
      const names = waiting.map(({ name }) => name).join(', ')
      throw new Error(`plugins wait for one another through "ordering": ${names}`)
    }
    waiting.splice(next, 1)
    ordered.push(slot)
    done.add(slot.name)
  }
  return ordered
}

function isFree(names: ReadonlySet<string> | undefined, done: ReadonlySet<string>): boolean {
  return names === undefined || names.isSubsetOf(done)
}

/** For each plugin, the names of those that must come first. */
function predecessors(slots: readonly Orderable[]): Map<string, Set<string>> {
  const present = new Set(slots.map(({ name }) => name))
  const result = new Map<string, Set<string>>()
  const add = (name: string, first: string) => {
    if (!present.has(name) || !present.has(first) || name === first) return
    const set = result.get(name)
    if (set === undefined) result.set(name, new Set([first]))
    else set.add(first)
  }
  for (const slot of slots) {
    for (const { entity } of slot.candidates) {
      for (const other of entity.ordering?.before?.access ?? []) add(other, slot.name)
      for (const other of entity.ordering?.after?.access ?? []) add(slot.name, other)
    }
  }
  return result
}

interface Prioritized {
  readonly name: string
  readonly priority: number
}

/** The higher priority first; among equals, names from z to a, as Kong has it. */
export function comparePriority(a: Prioritized, b: Prioritized): number {
  return b.priority - a.priority || (a.name < b.name ? 1 : a.name > b.name ? -1 : 0)
}
