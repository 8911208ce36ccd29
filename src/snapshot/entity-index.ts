/** Finds entities of a snapshot by id, by a unique field, or by what they refer to; each index is built when first asked for. */

export type AnyEntity = Readonly<Record<string, unknown>>

export class EntityIndex {
  readonly #sets: Readonly<Record<string, readonly AnyEntity[]>>
  readonly #unique = new Map<string, Map<string, AnyEntity>>()
  readonly #referring = new Map<string, Map<string, AnyEntity[]>>()

  constructor(sets: Readonly<Record<string, readonly AnyEntity[]>>) {
    this.#sets = sets
  }

  get sets(): Readonly<Record<string, readonly AnyEntity[]>> {
    return this.#sets
  }

  list(entity: string): readonly AnyEntity[] {
    return this.#sets[entity] ?? []
  }

  find(entity: string, field: string, value: string): AnyEntity | null {
    const key = `${entity}.${field}`
    let index = this.#unique.get(key)
    if (index === undefined) {
      index = new Map()
      for (const item of this.list(entity)) {
        const own = item[field]
        if (typeof own === 'string') index.set(own, item)
      }
      this.#unique.set(key, index)
    }
    return index.get(value) ?? null
  }

  referring(entity: string, field: string, id: string): readonly AnyEntity[] {
    const key = `${entity}.${field}`
    let index = this.#referring.get(key)
    if (index === undefined) {
      index = new Map()
      for (const item of this.list(entity)) {
        const target = referenceId(item[field])
        if (target === undefined) continue
        const list = index.get(target)
        if (list === undefined) index.set(target, [item])
        else list.push(item)
      }
      this.#referring.set(key, index)
    }
    return index.get(id) ?? []
  }
}

function referenceId(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined
  return typeof value.id === 'string' ? value.id : undefined
}
