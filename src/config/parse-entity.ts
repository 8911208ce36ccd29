/** Parses one entity with its schema, and a plugin's config with the plugin's: for files and for the Admin API alike. */

import type { EntityDefinition } from '../entities/definition.ts'
import { type Complaint, parseWith } from './kong-messages.ts'
import { nearest } from './nearest.ts'
import { parsePluginConfig } from './parse-plugin-config.ts'
import { type Fields, isRecord, withoutNulls } from './records.ts'
import { fieldsAt } from './schema-walk.ts'
import type { ConfigCatalog, PluginSchema } from './types.ts'

/** What is wrong, with a guess at what was meant. */
export interface EntityComplaint extends Complaint {
  readonly hint?: string | undefined
}

export type EntityParse = { ok: true; entity: Fields } | { ok: false; complaints: EntityComplaint[] }

/**
 * Parses the fields of one entity, references already being `{ id }`. Null counts as absent. All that is wrong is
 * told at once, checks over several fields included where the single fields allow it.
 */
export function parseEntity(definition: EntityDefinition, fields: Fields, catalog: ConfigCatalog): EntityParse {
  const stripped = withoutNulls(fields)
  const given = isRecord(stripped) ? stripped : {}
  const raw = definition.expand?.(given) ?? given
  return definition.name === 'plugins' ? parsePlugin(definition, raw, catalog) : parseFields(definition, raw)
}

function parseFields(definition: EntityDefinition, raw: Fields): EntityParse {
  const result = parseWith(definition.schema, raw)
  if (result.ok) {
    if (isRecord(result.data)) return { ok: true, entity: result.data }
    return { ok: false, complaints: [{ segments: [], message: 'expected a record' }] }
  }
  const complaints = [...result.complaints, ...laterComplaints(definition, raw, result.complaints)]
  return { ok: false, complaints: complaints.map((complaint) => withHint(definition, complaint)) }
}

/**
 * Checks over several fields do not run while a field is wrong: runs them on the entity without those fields, and keeps
 * what is not owed to their absence.
 */
function laterComplaints(definition: EntityDefinition, raw: Fields, first: readonly Complaint[]): Complaint[] {
  const wrong = new Set(first.map(({ segments }) => String(segments[0] ?? '')))
  if (wrong.has('')) return []
  const rest = Object.fromEntries(Object.entries(raw).filter(([field]) => !wrong.has(field)))
  const second = parseWith(definition.schema, rest)
  if (second.ok) return []
  const onlyUnknown = first.every(({ unknownField }) => unknownField === true)
  return second.complaints.filter(({ segments }) =>
    segments[0] === undefined ? onlyUnknown : !wrong.has(String(segments[0])),
  )
}

function withHint(definition: EntityDefinition, complaint: Complaint): EntityComplaint {
  if (complaint.unknownField !== true) return complaint
  return { ...complaint, hint: hintFor(definition.schema, complaint.segments) }
}

function hintFor(schema: EntityDefinition['schema'], segments: Complaint['segments']): string | undefined {
  return nearest(String(segments.at(-1)), fieldsAt(schema, segments.slice(0, -1)))
}

function parsePlugin(definition: EntityDefinition, raw: Fields, catalog: ConfigCatalog): EntityParse {
  const plugin = typeof raw.name === 'string' ? catalog.plugins.get(raw.name) : undefined
  const { protocols } = plugin ?? {}
  const base = parseFields(definition, {
    ...raw,
    protocols: raw.protocols ?? (protocols === undefined ? undefined : [...protocols]),
  })
  const complaints = base.ok ? [] : [...base.complaints]
  if (typeof raw.name === 'string' && raw.name !== '' && plugin === undefined) {
    complaints.push({
      segments: ['name'],
      message: `plugin '${raw.name}' not enabled; add it to the 'plugins' configuration property`,
      hint: nearest(raw.name, catalog.plugins.keys()),
    })
  }
  if (plugin === undefined) return base.ok && complaints.length === 0 ? base : { ok: false, complaints }
  for (const scope of plugin.noScopes ?? []) {
    if (raw[scope] !== undefined) complaints.push({ segments: [scope], message: 'value must be null' })
  }
  const config = parsePluginConfig(plugin.config, raw.config ?? {})
  if (!config.ok) complaints.push(...configComplaints(plugin, config.complaints, raw))
  if (!base.ok || !config.ok || complaints.length > 0) return { ok: false, complaints }
  return { ok: true, entity: { ...base.entity, config: config.config } }
}

function configComplaints(plugin: PluginSchema, complaints: readonly Complaint[], raw: Fields): EntityComplaint[] {
  // The entity's own schema has said already that the config is no table.
  if (raw.config !== undefined && !isRecord(raw.config)) return []
  return complaints.map((complaint) => ({
    ...complaint,
    segments: ['config', ...complaint.segments],
    hint: complaint.unknownField === true ? hintFor(plugin.config, complaint.segments) : undefined,
  }))
}
