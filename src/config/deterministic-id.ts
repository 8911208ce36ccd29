/** Ids made from names, so that the same file gives the same ids everywhere, Kong included (UUID v5, RFC 9562). */

import { createHash, randomUUID } from 'node:crypto'
import type { EntityDefinition } from '../entities/definition.ts'
import { type Fields, isRecord } from './records.ts'

const rootNamespace = 'fd02801f-0957-4a15-a55a-c8d9606f30b5'
const namespaces = new Map<string, string>()

/** UUID v5 of a name. */
export function uuid5(namespace: string, name: string): string {
  const digest = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6)
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = digest.toString('hex', 0, 16)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/**
 * The id that Kong gives an entity without one; random where nothing of it is unique. References count as they are
 * written; a missing one is the parent's id.
 */
export function deterministicId(
  definition: EntityDefinition,
  fields: Fields,
  parent: { field: string; id: string } | undefined,
): string {
  const key = keyOf(definition, fields, parent)
  return key === undefined ? randomUUID() : uuid5(namespaceOf(definition.name), key)
}

function namespaceOf(kind: string): string {
  const known = namespaces.get(kind)
  if (known !== undefined) return known
  const made = uuid5(rootNamespace, kind)
  namespaces.set(kind, made)
  return made
}

function keyOf(
  definition: EntityDefinition,
  fields: Fields,
  parent: { field: string; id: string } | undefined,
): string | undefined {
  const { cacheKey, endpointKey, references = {} } = definition
  if (cacheKey !== undefined) {
    const parts: string[] = []
    for (const field of cacheKey) {
      const value = written(fields[field]) ?? (parent?.field === field ? parent.id : undefined)
      const optional = Object.hasOwn(references, field) && references[field]?.required !== true
      if (value === undefined && !optional) return undefined
      parts.push(value ?? '')
    }
    return [definition.name, '*', ...parts].join(':')
  }
  return endpointKey === undefined ? undefined : written(fields[endpointKey])
}

/** A field's text; of a reference as a table, its id or its only field. */
function written(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!isRecord(value)) return undefined
  return written(value.id ?? Object.values(value)[0])
}
