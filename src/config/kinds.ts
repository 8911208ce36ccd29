/** What a catalog says of kinds of entities: by name, and which may stand inside which. */

import type { EntityDefinition } from '../entities/definition.ts'
import type { ConfigCatalog } from './types.ts'

/** A kind that may be listed inside another. */
export interface NestedKind {
  readonly definition: EntityDefinition
  /** The child's field that refers to the parent. */
  readonly field: string
}

export class Kinds {
  readonly #byName = new Map<string, EntityDefinition>()
  readonly #nested = new Map<string, Map<string, NestedKind>>()

  constructor(catalog: ConfigCatalog) {
    for (const definition of catalog.entities) {
      this.#byName.set(definition.name, definition)
      for (const [field, reference] of Object.entries(definition.references ?? {})) {
        const children = this.#nested.get(reference.entity) ?? new Map<string, NestedKind>()
        children.set(reference.nestedAs ?? definition.name, { definition, field })
        this.#nested.set(reference.entity, children)
      }
    }
  }

  get(name: string): EntityDefinition | undefined {
    return this.#byName.get(name)
  }

  names(): string[] {
    return [...this.#byName.keys()]
  }

  /** What may be listed inside an entity of the kind, by key. */
  nestedIn(name: string): ReadonlyMap<string, NestedKind> {
    return this.#nested.get(name) ?? none
  }
}

const none: ReadonlyMap<string, NestedKind> = new Map()
