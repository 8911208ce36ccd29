/** The schemas of entities and of plugins, as `/schemas` prints them. */

import { z } from 'zod'
import { fieldsAt, schemaAt, unwrap } from '../../config/schema-walk.ts'
import type { PluginSchema } from '../../config/types.ts'
import type { EntityDefinition } from '../../entities/definition.ts'
import { plugins } from '../../entities/plugin.ts'
import { type KongField, type KongType, kongFields, kongType } from './kong-type.ts'

export interface KongSchema {
  readonly fields: readonly KongField[]
  /** Always empty: checks over several fields are code here, and not data; `/validate` runs them. */
  readonly entity_checks: readonly []
}

/** Fields that are made where they are not given. */
const automatic = new Set(['id', 'created_at', 'updated_at'])

/** The schema of a kind of entities. */
export function entitySchema(definition: EntityDefinition): KongSchema {
  const bare = unwrap(definition.schema)
  const shape = bare instanceof z.ZodObject ? bare.shape : {}
  const fields = kongFields(shape).filter((field) => !('ws_id' in field))
  return { fields: fields.map((field) => ofEntity(definition, field)), entity_checks: [] }
}

function ofEntity(definition: EntityDefinition, field: KongField): KongField {
  const [entry] = Object.entries(field)
  if (entry === undefined) return field
  const [name, type] = entry
  const target = definition.references?.[name]
  if (target !== undefined) {
    const onDelete = target.onDelete === 'cascade' ? { on_delete: 'cascade' } : {}
    const foreign = { type: 'foreign', reference: target.entity, required: target.required === true, ...onDelete }
    return { [name]: foreign }
  }
  if (automatic.has(name)) {
    const { default: _made, ...rest } = type
    return { [name]: { ...rest, required: true, auto: true } }
  }
  const unique = definition.endpointKey === name || definition.unique?.includes(name) === true
  const secret = definition.secrets?.includes(name) === true
  return { [name]: { ...type, ...(unique ? { unique: true } : {}), ...(secret ? { encrypted: true } : {}) } }
}

/** The schema of the entities of one plugin: scopes that it cannot have are null, and its config is its own. */
export function pluginSchema(plugin: PluginSchema): KongSchema {
  const { fields, entity_checks } = entitySchema(plugins)
  const own = fields.map((field): KongField => {
    const [name = ''] = Object.keys(field)
    if (name === 'config') return { config: configType(plugin.config) }
    if (name === 'name') return { name: { type: 'string', required: true, eq: plugin.name } }
    const { protocols } = plugin
    if (name === 'protocols' && protocols !== undefined && field.protocols !== undefined) {
      return { protocols: { ...field.protocols, default: protocols } }
    }
    const refused = plugin.noScopes?.some((scope) => scope === name) === true
    return refused && field[name] !== undefined ? { [name]: { ...field[name], eq: null } } : field
  })
  return { fields: own, entity_checks }
}

/** The `config` of a plugin. */
export function configType(config: z.ZodType): KongType {
  return { ...kongType(config), required: true }
}

/** The part of the schema of vaults that depends on the kind of the vault. */
export function vaultSchema(vaults: EntityDefinition): KongSchema {
  const config = fieldsAt(vaults.schema, []).includes('config') ? schemaAt(vaults.schema, ['config']) : undefined
  const fields = config === undefined ? [] : [{ config: { ...kongType(config), required: true } }]
  return { fields, entity_checks: [] }
}
