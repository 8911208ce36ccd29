/** Every tag of every entity, or the entities that have one. */

import type { Entity } from '../../config/entity-set.ts'
import type { Store } from '../collections/catalog.ts'
import { pageOf } from '../collections/page.ts'
import { type Endpoints, pathParameter } from '../endpoints.ts'

interface TagRow {
  readonly entity_name: string
  readonly entity_id: string
  readonly tag: string
}

/** `/tags` and `/tags/{tag}` */
export function addTags(endpoints: Endpoints, store: Store): void {
  const options = {
    keyOf: ({ entity_name: name, entity_id: id, tag }: TagRow) => `${name}:${id}:${tag}`,
    print: (row: TagRow) => row,
  }
  endpoints.add('/tags', { GET: (c) => pageOf(c, tagRows(store), options) })
  endpoints.add('/tags/:tag', {
    GET(c) {
      const wanted = pathParameter(c, 'tag')
      const rows = tagRows(store).filter(({ tag }) => tag === wanted)
      return pageOf(c, rows, options)
    },
  })
}

function tagRows(store: Store): TagRow[] {
  return Object.entries(store.entities().toRecord()).flatMap(([name, rows]) =>
    rows.flatMap((entity) => tagsOf(entity).map((tag) => ({ entity_name: name, entity_id: entity.id, tag }))),
  )
}

function tagsOf(entity: Entity): string[] {
  return Array.isArray(entity.tags) ? entity.tags.filter((tag) => typeof tag === 'string') : []
}
