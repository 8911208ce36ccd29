/** Who is in which consumer group, seen from both sides. */

import type { Context } from 'hono'
import { consumers } from '../../entities/consumer.ts'
import { consumerGroupConsumers, consumerGroups } from '../../entities/consumer-group.ts'
import type { EntityDefinition } from '../../entities/definition.ts'
import { json } from '../answer.ts'
import { type Endpoints, pathParameter } from '../endpoints.ts'
import { notFound } from '../kong-errors.ts'
import { printable } from '../redact.ts'
import { getEntity, type Store } from './catalog.ts'
import { listEntities } from './list-entities.ts'
import { refuseWrite } from './writes.ts'

interface Side {
  readonly definition: EntityDefinition
  /** The field of a membership that refers to it. */
  readonly field: 'consumer' | 'consumer_group'
}

const groupSide: Side = { definition: consumerGroups, field: 'consumer_group' }
const consumerSide: Side = { definition: consumers, field: 'consumer' }

/** `/consumer_groups/{group}/consumers` and `/consumers/{consumer}/consumer_groups` */
export function addMemberships(endpoints: Endpoints, store: Store): void {
  addSide(endpoints, store, groupSide, consumerSide)
  addSide(endpoints, store, consumerSide, groupSide)
}

function addSide(endpoints: Endpoints, store: Store, owner: Side, member: Side): void {
  const path = `/${owner.definition.name}/:${owner.definition.name}/${member.definition.name}`
  const membersOf = (c: Context): ReadonlySet<string> => {
    const { id } = getEntity(store.entities(), owner.definition, pathParameter(c, owner.definition.name))
    const own = store.entities().memberships.filter((membership) => membership[owner.field].id === id)
    return new Set(own.map((membership) => membership[member.field].id))
  }
  endpoints.add(path, {
    GET(c) {
      const ids = membersOf(c)
      return listEntities(c, store, member.definition, { nested: true, among: ({ id }) => ids.has(id) })
    },
    POST(c) {
      membersOf(c)
      return refuseWrite('create', consumerGroupConsumers)
    },
    DELETE(c) {
      membersOf(c)
      return refuseWrite('remove', consumerGroupConsumers)
    },
  })
  endpoints.add(`${path}/:${member.definition.name}`, {
    GET(c) {
      const ids = membersOf(c)
      const found = getEntity(store.entities(), member.definition, pathParameter(c, member.definition.name))
      if (!ids.has(found.id)) throw notFound()
      return json(printable(member.definition, found, store.catalog))
    },
    DELETE(c) {
      membersOf(c)
      return refuseWrite('remove', consumerGroupConsumers)
    },
  })
}
