/** Consumers can also be looked up by the id that they have in another system. */

import { consumers } from '../../entities/consumer.ts'
import { AdminError, json } from '../answer.ts'
import type { Store } from '../collections/catalog.ts'
import { listEntities } from '../collections/list-entities.ts'
import { refuseWrite } from '../collections/writes.ts'
import type { Endpoints } from '../endpoints.ts'
import { printable } from '../redact.ts'

/** `/consumers?custom_id=…` */
export function addConsumers(endpoints: Endpoints, store: Store): void {
  endpoints.add('/consumers', {
    GET(c) {
      const customId = c.req.query('custom_id')
      if (customId === undefined) return listEntities(c, store, consumers, { nested: false, among: () => true })
      if (customId === '') throw new AdminError(400, 'custom_id must be an unempty string')
      const found = store.entities().consumers.filter((consumer) => consumer.custom_id === customId)
      return json({ data: found.map((consumer) => printable(consumers, consumer, store.catalog)), next: null })
    },
    POST: () => refuseWrite('create', consumers),
  })
}
