/** Parses the config of a plugin with the plugin's own schema, vault references allowed where values are. */

import { z } from 'zod'
import { isReference } from '../secrets/reference.ts'
import { acceptReferences } from './accept-references.ts'
import { type Complaint, parseWith } from './kong-messages.ts'
import { valueAt } from './problems.ts'
import { type Fields, isRecord } from './records.ts'

export type ConfigParse = { ok: true; config: Fields } | { ok: false; complaints: Complaint[] }

/** References stay as they are written; they are resolved when a snapshot is built. */
export function parsePluginConfig(schema: z.ZodType, config: unknown): ConfigParse {
  const strict = parseWith(schema, config)
  if (strict.ok) return asConfig(strict.data)
  if (!holdsReference(config)) return strict
  const relaxed = acceptReferences(schema)
  if (relaxed instanceof z.ZodType) {
    const accepted = parseWith(relaxed, config)
    if (accepted.ok) return asConfig(accepted.data)
  }
  const others = strict.complaints.filter(
    ({ segments, unknownField }) => unknownField === true || !isReference(valueAt(config, segments)),
  )
  return { ok: false, complaints: others.length > 0 ? others : strict.complaints }
}

function asConfig(data: unknown): ConfigParse {
  if (isRecord(data)) return { ok: true, config: data }
  return { ok: false, complaints: [{ segments: [], message: 'expected a record' }] }
}

function holdsReference(value: unknown): boolean {
  if (isReference(value)) return true
  if (Array.isArray(value)) return value.some(holdsReference)
  return isRecord(value) && Object.values(value).some(holdsReference)
}
