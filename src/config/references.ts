/** Finds what the references of a file's entities point at, by id or by name. */

import type { RawEntity } from './collect.ts'
import type { Problems } from './problems.ts'
import { type Fields, isRecord } from './records.ts'

/** Stands where a reference leads nowhere, so that the rest of the entity can be checked all the same. */
export const nowhere = '00000000-0000-0000-0000-000000000000'

export class ReferenceIndex {
  readonly #byId = new Map<string, RawEntity>()
  readonly #byKey = new Map<string, RawEntity>()

  constructor(entities: readonly RawEntity[]) {
    for (const entity of entities) {
      const { name, endpointKey, endpointKeyScope } = entity.definition
      this.#byId.set(`${name}:${entity.id.toLowerCase()}`, entity)
      const key = endpointKey === undefined ? undefined : entity.fields[endpointKey]
      if (typeof key === 'string' && endpointKeyScope === undefined) this.#byKey.set(`${name}:${key}`, entity)
    }
  }

  /** Looks for a name first, then for an id, as Kong does. */
  find(kind: string, written: string): RawEntity | undefined {
    return this.#byKey.get(`${kind}:${written}`) ?? this.#byId.get(`${kind}:${written.toLowerCase()}`)
  }

  /** The entity's fields with every reference as `{ id }`; what leads nowhere is reported. */
  resolve(entity: RawEntity, problems: Problems): Fields {
    const resolved: Fields = { ...entity.fields, id: entity.fields.id ?? entity.id }
    for (const [field, { entity: kind }] of Object.entries(entity.definition.references ?? {})) {
      if (entity.parent?.field === field) {
        resolved[field] = { id: entity.parent.entity.id }
        continue
      }
      const value = entity.fields[field]
      if (value === undefined) continue
      const written = writtenName(value)
      const target = written === undefined ? undefined : this.find(kind, written)
      if (target === undefined) {
        const message =
          written === undefined
            ? 'expected a string'
            : `invalid reference '${field}: ${written}' (no such entry in '${kind}')`
        problems.entity(entity, [field], message)
      }
      resolved[field] = { id: target?.id ?? nowhere }
    }
    return resolved
  }
}

/** What a reference names: a text, or a table with the id or the name. */
function writtenName(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (!isRecord(value)) return undefined
  for (const key of ['id', 'name', 'username', 'custom_id', 'prefix', 'instance_name']) {
    const written = value[key]
    if (typeof written === 'string') return written
  }
  return undefined
}
