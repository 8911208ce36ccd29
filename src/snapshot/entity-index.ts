/** Finds entities of a snapshot by a unique field, or by what they refer to; each index is built when first asked for. */

import type { Entity, EntitySet } from '../config/entity-set.ts'

export class EntityIndex {
  readonly set: EntitySet
  readonly #unique = new Map<string, Map<string, Entity>>()
  readonly #referring = new Map<string, Map<string, Entity[]>>()

  constructor(set: EntitySet) {
    this.set = set
  }

  find(entity: string, field: string, value: string): Entity | null {
    if (field === 'id') return this.set.find(entity, value) ?? null
    const key = `${entity}.${field}`
    let index = this.#unique.get(key)
    if (index === undefined) {
      index = new Map()
      for (const item of this.set.all(entity)) {
        const own = item[field]
        if (typeof own === 'string') index.set(own, item)
      }
      this.#unique.set(key, index)
    }
    return index.get(value) ?? null
  }

  /** All of that kind whose `field` refers to the entity with that id. */
  referring(entity: string, field: string, id: string): readonly Entity[] {
    const key = `${entity}.${field}`
    let index = this.#referring.get(key)
    if (index === undefined) {
      index = Map.groupBy(this.set.all(entity), (item) => referenceId(item[field]) ?? '')
      this.#referring.set(key, index)
    }
    return index.get(id) ?? []
  }
}

function referenceId(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined
  return typeof value.id === 'string' ? value.id : undefined
}
