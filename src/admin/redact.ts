/**
 * Takes secrets out of what the Admin API prints. Kong prints credentials in full; here they are never printed: each
 * becomes `REDACTED`. A vault reference is no secret and stays as it is written, so that an operator who keeps secrets
 * in vaults sees the whole configuration, and can use what `GET /config` prints.
 *
 * What is a secret: the `secrets` of an entity's definition, fields by the rule of secret-fields.ts, user info and
 * arguments of URLs, and `Bearer …` or `name:value` texts.
 */

import { z } from 'zod'
import { type Entity, EntitySet } from '../config/entity-set.ts'
import { define, type Fields, isRecord } from '../config/records.ts'
import { unwrap } from '../config/schema-walk.ts'
import type { ConfigCatalog } from '../config/types.ts'
import type { EntityDefinition } from '../entities/definition.ts'
import { isSecretName } from '../secrets/secret-names.ts'
import { isVaultReference } from '../settings/index.ts'
import { isSecretField } from './secret-fields.ts'

const mask = 'REDACTED'
type Schema = z.core.$ZodType

/** One entity as it may be printed: without secrets, and without the workspace, of which there is one only. */
export function printable(definition: EntityDefinition, entity: Readonly<Fields>, catalog: ConfigCatalog): Fields {
  const printed: Fields = {}
  for (const [field, value] of Object.entries(entity)) {
    if (field === 'ws_id') continue
    const schema = field === 'config' ? configSchema(definition, entity, catalog) : below(definition.schema, field)
    const secret = definition.secrets?.includes(field) === true || isSecretField(field, schema)
    define(printed, field, secret ? masked(value) : redacted(value, schema, field))
  }
  return printed
}

/** A copy of all entities that may be printed. */
export function printableSet(entities: EntitySet, catalog: ConfigCatalog): EntitySet {
  const copy = new EntitySet()
  for (const name of entities.names()) {
    const definition = entities.definition(name)
    if (definition === undefined) continue
    for (const entity of entities.all(name)) copy.add(definition, printable(definition, entity, catalog))
  }
  return copy
}

/** All entities by kind and id, as `POST /config` answers. */
export function printableMap(entities: EntitySet, catalog: ConfigCatalog): Fields {
  const byKind = Object.entries(printableSet(entities, catalog).toRecord())
  const byId = (rows: readonly Entity[]) => Object.fromEntries(rows.map((entity) => [entity.id, entity]))
  return Object.fromEntries(byKind.map(([name, rows]) => [name, byId(rows)]))
}

/** The schema of a `config`: that of a plugin is known to its plugin only, that of a partial to none. */
function configSchema(
  definition: EntityDefinition,
  entity: Readonly<Fields>,
  catalog: ConfigCatalog,
): Schema | undefined {
  if (definition.name === 'plugins') return catalog.plugins.get(String(entity.name))?.config
  return below(definition.schema, 'config')
}

function redacted(value: unknown, schema: Schema | undefined, name: string): unknown {
  if (typeof value === 'string') return redactedText(value)
  if (Array.isArray(value)) return value.map((item) => redacted(item, below(schema, 0), name))
  if (!isRecord(value)) return value
  const made: Fields = {}
  for (const [key, item] of Object.entries(value)) {
    const inner = below(schema, key)
    define(made, key, isSecretField(key, inner, name) ? masked(item) : redacted(item, inner, key))
  }
  return made
}

/** The schema of what is at the key, with what wraps it: that may carry the mark of a secret. */
function below(schema: Schema | undefined, key: string | number): Schema | undefined {
  const bare = schema === undefined ? undefined : unwrap(schema)
  if (bare instanceof z.ZodObject) return Object.hasOwn(bare.shape, key) ? bare.shape[String(key)] : undefined
  if (bare instanceof z.ZodArray) return bare.element
  if (bare instanceof z.ZodRecord) return bare.valueType
  if (bare instanceof z.ZodUnion) return bare.options.map((option) => below(option, key)).find(Boolean)
  return undefined
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return value === '' || isVaultReference(value) ? value : mask
  if (typeof value === 'number') return mask
  if (Array.isArray(value)) return value.map(masked)
  if (!isRecord(value)) return value
  const made: Fields = {}
  for (const [key, item] of Object.entries(value)) define(made, key, masked(item))
  return made
}

const scheme = /^((?:bearer|basic|token) +)\S.*$/is
const pair = /^([\w-]+)(\s*[:=]\s*)(\S.*)$/s
const userInfo = /([a-z][a-z0-9+.-]*:\/\/)[^/?#@\s]*@/gi
const argument = /([?&]([\w.-]+)=)([^&#\s]+)/g

/** Texts in which a credential stands beside what may be shown. */
function redactedText(text: string): string {
  if (isVaultReference(text)) return text
  if (scheme.test(text)) return text.replace(scheme, `$1${mask}`)
  const [, name, between, value] = pair.exec(text) ?? []
  if (name !== undefined && value !== undefined && isSecretName(name)) {
    return isVaultReference(value) ? text : `${name}${between}${mask}`
  }
  return text
    .replaceAll(userInfo, `$1${mask}@`)
    .replaceAll(argument, (whole, start: string, key: string) => (isSecretName(key) ? `${start}${mask}` : whole))
}
