/** Writes entities as a declarative file, for `GET /config` and for backups. */

import { stringify } from 'yaml'
import type { EntitySet } from './entity-set.ts'
import { type Fields, isRecord } from './records.ts'

/** The entities as the table that a declarative file holds: flat, references as ids, nothing that is unset. */
export function exportConfig(entities: EntitySet): Fields {
  const file: Fields = { _format_version: '3.0', _transform: false }
  for (const name of entities.names()) {
    const references = Object.keys(entities.definition(name)?.references ?? {})
    file[name] = entities.all(name).map((entity) => exportEntity(entity, references))
  }
  return file
}

/** The same as YAML; loading it gives the same entities. */
export function exportYaml(entities: EntitySet): string {
  return stringify(exportConfig(entities), { aliasDuplicateObjects: false })
}

function exportEntity(entity: Readonly<Fields>, references: readonly string[]): Fields {
  const kept: Fields = {}
  for (const [field, value] of Object.entries(entity)) {
    if (value === null || value === undefined) continue
    kept[field] = references.includes(field) && isRecord(value) ? value.id : value
  }
  return kept
}
