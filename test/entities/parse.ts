/** Parses single entities for tests, by the name of their kind. */

import { parseEntity } from '../../src/config/parse-entity.ts'
import type { EntityDefinition } from '../../src/entities/definition.ts'
import { coreEntities } from '../../src/entities/index.ts'

const catalog = { entities: coreEntities, plugins: new Map() }

export function definitionOf(kind: string): EntityDefinition {
  const definition = coreEntities.find(({ name }) => name === kind)
  if (definition === undefined) throw new Error(`no entity ${kind}`)
  return definition
}

/** What is wrong, as `field: message`. */
export function problems(kind: string, fields: Record<string, unknown>): string[] {
  const result = parseEntity(definitionOf(kind), fields, catalog)
  return result.ok ? [] : result.complaints.map(({ segments, message }) => `${segments.join('.')}: ${message}`)
}

/** The entity, which must be good. */
export function parsed(kind: string, fields: Record<string, unknown>): Record<string, unknown> {
  const result = parseEntity(definitionOf(kind), fields, catalog)
  if (!result.ok) throw new Error(JSON.stringify(result.complaints))
  return result.entity
}
