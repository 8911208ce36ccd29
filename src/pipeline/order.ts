/** The order of plugins in the access phase: by priority, then by what `ordering` asks for. */

import type { PluginInstance } from './plugin-instance.ts'

interface Orderable {
  readonly name: string
  readonly priority: number
  readonly candidates: readonly PluginInstance[]
}

/**
 * Sorts by priority; a plugin that says `ordering.before.access` moves up to just before the first it names, one that
 * says `ordering.after.access` waits for all it names. Any config of a plugin moves it. Names that are not in the plan
 * count for nothing; a circle is an error that names its members.
 */
export function orderSlots<Slot extends Orderable>(slots: readonly Slot[]): Slot[] {
  const byPriority = slots.toSorted(comparePriority)
  return new Ordering(byPriority).run()
}

class Ordering<Slot extends Orderable> {
  readonly #slots: ReadonlyMap<string, Slot>
  /** For each plugin, those that asked to come before it, and those that it waits for. */
  readonly #before = new Map<string, Set<string>>()
  readonly #after = new Map<string, Set<string>>()
  readonly #ordered: Slot[] = []
  readonly #done = new Set<string>()
  readonly #underWay = new Set<string>()
  #waiting: Slot[] = []

  constructor(byPriority: readonly Slot[]) {
    this.#slots = new Map(byPriority.map((slot) => [slot.name, slot]))
    for (const { name, candidates } of byPriority) {
      for (const { entity } of candidates) {
        for (const other of entity.ordering?.before?.access ?? []) this.#note(this.#before, other, name)
        for (const other of entity.ordering?.after?.access ?? []) this.#note(this.#after, name, other)
      }
    }
  }

  run(): Slot[] {
    for (const slot of this.#slots.values()) {
      if (this.#isFree(slot)) this.#place(slot)
      else this.#waiting.push(slot)
    }
    // Whoever still waits does so for one that waits itself.
    for (const slot of this.#waiting) this.#place(slot)
    return this.#ordered
  }

  #place(slot: Slot): void {
    const { name } = slot
    if (this.#done.has(name)) return
    if (this.#underWay.has(name)) {
      throw new Error(`plugins wait for one another through "ordering": ${[...this.#underWay].sort().join(', ')}`)
    }
    this.#underWay.add(name)
    for (const first of [...(this.#before.get(name) ?? []), ...(this.#after.get(name) ?? [])]) {
      const other = this.#slots.get(first)
      if (other !== undefined) this.#place(other)
    }
    this.#underWay.delete(name)
    this.#done.add(name)
    this.#ordered.push(slot)
    if (this.#underWay.size > 0) return
    const free = this.#waiting.filter((other) => this.#isFree(other))
    this.#waiting = this.#waiting.filter((other) => !free.includes(other))
    for (const other of free) this.#place(other)
  }

  #isFree({ name }: Slot): boolean {
    return this.#after.get(name)?.isSubsetOf(this.#done) ?? true
  }

  #note(relation: Map<string, Set<string>>, name: string, first: string): void {
    if (name === first || !this.#slots.has(name) || !this.#slots.has(first)) return
    const names = relation.get(name) ?? new Set()
    relation.set(name, names.add(first))
  }
}

interface Prioritized {
  readonly name: string
  readonly priority: number
}

/** The higher priority first; among equals, names from z to a, as Kong has it. */
export function comparePriority(a: Prioritized, b: Prioritized): number {
  return b.priority - a.priority || (a.name < b.name ? 1 : a.name > b.name ? -1 : 0)
}
