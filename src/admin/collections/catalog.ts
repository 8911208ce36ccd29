/** The names under which entities are reached, and how one is found among those that are served. */

import type { Entity, EntitySet } from '../../config/entity-set.ts'
import { emptyConfig } from '../../config/load.ts'
import { isRecord } from '../../config/records.ts'
import type { ConfigCatalog } from '../../config/types.ts'
import type { EntityDefinition } from '../../entities/definition.ts'
import type { AdminContext } from '../context.ts'
import { notFound } from '../kong-errors.ts'

/** Hash of a node that was given no configuration. */
export const emptyHash = '0'.repeat(32)

/** What the endpoints of entities share. */
export interface Store {
  readonly catalog: ConfigCatalog
  /** The entities that are served at this moment. */
  entities(): EntitySet
  definition(name: string): EntityDefinition | undefined
}

export function createStore(context: AdminContext): Store {
  const catalog = context.registry.catalog()
  const byName = new Map(catalog.entities.map((definition) => [definition.name, definition]))
  const none = emptyConfig().entities
  return {
    catalog,
    entities: () => context.config()?.entities ?? none,
    definition: (name) => byName.get(name),
  }
}

/** The collection of a kind, as `key-auths`. */
export function collectionPath(definition: EntityDefinition): string {
  return definition.path ?? definition.name
}

/** The collection of a kind below a parent, as `key-auth` of a consumer. */
export function nestedPath(definition: EntityDefinition): string {
  return definition.nestedPath ?? collectionPath(definition)
}

/** Entities of which `field` refers to the parent. */
export interface Scope {
  readonly field: string
  readonly parent: Entity
}

export function isWithin(entity: Entity, { field, parent }: Scope): boolean {
  return referredId(entity, field) === parent.id
}

/** The id that a reference of the entity holds; undefined: it is unset. */
export function referredId(entity: Entity, field: string): string | undefined {
  const value = entity[field]
  return isRecord(value) && typeof value.id === 'string' ? value.id : undefined
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function isId(text: string): boolean {
  return uuid.test(text)
}

/**
 * Finds an entity by its id or its endpoint key; certificates by a server name too. A key that is unique within a
 * parent only, as the address of a target, finds nothing without that parent.
 */
export function findEntity(
  entities: EntitySet,
  definition: EntityDefinition,
  text: string,
  scope?: Scope,
): Entity | undefined {
  const { name, endpointKey, endpointKeyScope } = definition
  const inScope = (entity: Entity) => scope === undefined || isWithin(entity, scope)
  const byId = entities.find(name, text) ?? entities.find(name, text.toLowerCase())
  if (byId !== undefined) return inScope(byId) ? byId : undefined
  if (name === 'certificates') {
    const sni = entities.snis.find((entity) => entity.name === text)
    return sni === undefined ? undefined : entities.find(name, sni.certificate.id)
  }
  if (endpointKey === undefined) return undefined
  if (endpointKeyScope !== undefined && scope?.field !== endpointKeyScope) return undefined
  return entities.all(name).find((entity) => entity[endpointKey] === text && inScope(entity))
}

/** The same, and 404 where there is none. */
export function getEntity(entities: EntitySet, definition: EntityDefinition, text: string, scope?: Scope): Entity {
  const found = findEntity(entities, definition, text, scope)
  if (found === undefined) throw notFound()
  return found
}
