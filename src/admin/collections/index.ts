/** The endpoints of all kinds of entities, made from their definitions: `/services`, `/services/{s}/routes`, … */

import type { Context } from 'hono'
import type { Entity } from '../../config/entity-set.ts'
import { consumerGroupConsumers } from '../../entities/consumer-group.ts'
import type { EntityDefinition } from '../../entities/definition.ts'
import { json } from '../answer.ts'
import { type Endpoints, type Methods, pathParameter } from '../endpoints.ts'
import { notFound } from '../kong-errors.ts'
import { printable } from '../redact.ts'
import { collectionPath, getEntity, isWithin, nestedPath, referredId, type Scope, type Store } from './catalog.ts'
import { listEntities } from './list-entities.ts'
import { addMemberships } from './memberships.ts'
import { refuseWrite } from './writes.ts'

/** Adds the endpoints of every kind in the catalog; paths that are there already stay as they are. */
export function addCollections(endpoints: Endpoints, store: Store): void {
  for (const definition of store.catalog.entities) {
    // Memberships are seen as the consumers of a group and as the groups of a consumer.
    if (definition === consumerGroupConsumers) continue
    const path = `/${collectionPath(definition)}`
    endpoints.add(path, collection(definition, store))
    endpoints.add(
      `${path}/:${definition.name}`,
      single(definition, store, () => undefined),
    )
    for (const [field, { entity }] of Object.entries(definition.references ?? {})) {
      const parent = store.definition(entity)
      if (parent === undefined) continue
      addReferred(endpoints, store, { definition, field, parent })
      addNested(endpoints, store, { definition, field, parent })
    }
  }
  addMemberships(endpoints, store)
}

interface Link {
  readonly definition: EntityDefinition
  readonly field: string
  readonly parent: EntityDefinition
}

/** `/routes/{route}/service` */
function addReferred(endpoints: Endpoints, store: Store, { definition, field, parent }: Link): void {
  const known = (c: Context) => getEntity(store.entities(), definition, pathParameter(c, definition.name))
  endpoints.add(`/${collectionPath(definition)}/:${definition.name}/${field}`, {
    GET(c) {
      const id = referredId(known(c), field)
      const found = id === undefined ? undefined : store.entities().find(parent.name, id)
      if (found === undefined) throw notFound()
      return json(printable(parent, found, store.catalog))
    },
    PUT(c) {
      known(c)
      return refuseWrite('create or update', parent)
    },
    PATCH(c) {
      known(c)
      return refuseWrite('update', parent)
    },
  })
}

/** `/services/{service}/routes` and `/services/{service}/routes/{route}` */
function addNested(endpoints: Endpoints, store: Store, { definition, field, parent }: Link): void {
  const path = `/${collectionPath(parent)}/:${parent.name}/${nestedPath(definition)}`
  const scopeOf = (c: Context): Scope => ({
    field,
    parent: getEntity(store.entities(), parent, pathParameter(c, parent.name)),
  })
  endpoints.add(path, collection(definition, store, scopeOf))
  endpoints.add(`${path}/:${definition.name}`, single(definition, store, scopeOf))
}

function collection(definition: EntityDefinition, store: Store, scopeOf?: (c: Context) => Scope): Methods {
  return {
    GET(c) {
      const scope = scopeOf?.(c)
      const among = (entity: Entity) => scope === undefined || isWithin(entity, scope)
      return listEntities(c, store, definition, { nested: scope !== undefined, among })
    },
    POST(c) {
      scopeOf?.(c)
      return refuseWrite('create', definition)
    },
  }
}

function single(definition: EntityDefinition, store: Store, scopeOf: (c: Context) => Scope | undefined): Methods {
  const named = (c: Context) => pathParameter(c, definition.name)
  return {
    GET(c) {
      const found = getEntity(store.entities(), definition, named(c), scopeOf(c))
      return json(printable(definition, found, store.catalog))
    },
    PUT(c) {
      scopeOf(c)
      return refuseWrite('create or update', definition, named(c))
    },
    PATCH(c) {
      scopeOf(c)
      return refuseWrite('update', definition, named(c))
    },
    DELETE(c) {
      scopeOf(c)
      return refuseWrite('remove', definition, named(c))
    },
  }
}
