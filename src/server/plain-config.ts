/** A configuration as plain data, on its way to another thread. */

import { type Entity, EntitySet } from '../config/entity-set.ts'
import type { ConfigCatalog, LoadedConfig } from '../config/types.ts'

export interface PlainConfig {
  readonly hash: string
  readonly entities: Readonly<Record<string, readonly Entity[]>>
}

export function toPlain({ hash, entities }: LoadedConfig): PlainConfig {
  return { hash, entities: Object.fromEntries(entities.names().map((name) => [name, entities.all(name)])) }
}

/** The entities were checked by the thread that loaded them. */
export function fromPlain({ hash, entities }: PlainConfig, catalog: ConfigCatalog): LoadedConfig {
  const set = new EntitySet()
  for (const definition of catalog.entities) {
    for (const entity of entities[definition.name] ?? []) set.add(definition, entity)
  }
  return { hash, entities: set }
}
