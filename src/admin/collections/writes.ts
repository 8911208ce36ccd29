/** What is answered to who would write an entity: without a database only the whole configuration can be replaced. */

import type { EntityDefinition } from '../../entities/definition.ts'
import { operationUnsupported } from '../kong-errors.ts'
import { isId } from './catalog.ts'

type Verb = 'create' | 'create or update' | 'remove' | 'update'

/** Throws 405; `text` is how the request names the entity. */
export function refuseWrite(verb: Verb, definition: EntityDefinition, text?: string): never {
  const { name, endpointKey } = definition
  const byKey = text !== undefined && endpointKey !== undefined && !isId(text) ? ` by '${endpointKey}'` : ''
  throw operationUnsupported(`cannot ${verb} '${name}' entities${byKey} when not using a database`)
}
