/** Pages of entities of one kind, filtered by tags and by what the path says. */

import type { Context } from 'hono'
import type { Entity } from '../../config/entity-set.ts'
import type { EntityDefinition } from '../../entities/definition.ts'
import { printable } from '../redact.ts'
import type { Store } from './catalog.ts'
import { pageOf } from './page.ts'
import { tagFilter } from './tag-filter.ts'

/** Answers with a page of the entities that the request asks for. */
export function listEntities(
  c: Context,
  store: Store,
  definition: EntityDefinition,
  options: { nested: boolean; among: (entity: Entity) => boolean },
): Response {
  const filter = tagFilter(c)
  const rows = store
    .entities()
    .all(definition.name)
    .filter((entity) => options.among(entity) && (filter === undefined || filter(entity)))
  return pageOf(c, rows, {
    keyOf: ({ id }) => id,
    print: (entity) => printable(definition, entity, store.catalog),
    nested: options.nested,
  })
}
