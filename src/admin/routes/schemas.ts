/** `/schemas`: what entities and plugins may hold, and whether one that is sent is good. */

import { z } from 'zod'
import { parseEntity } from '../../config/parse-entity.ts'
import { type Fields, isRecord } from '../../config/records.ts'
import { schemaAt } from '../../config/schema-walk.ts'
import type { EntityDefinition } from '../../entities/definition.ts'
import { vaults } from '../../entities/vault.ts'
import { AdminError, json, message } from '../answer.ts'
import { inferTypes } from '../body/form.ts'
import { readFields } from '../body/read-body.ts'
import type { Store } from '../collections/catalog.ts'
import { type Endpoints, type Handler, pathParameter } from '../endpoints.ts'
import { schemaViolation } from '../kong-errors.ts'
import { entitySchema, pluginSchema, vaultSchema } from '../schema/entity-schema.ts'

export function addSchemas(endpoints: Endpoints, store: Store): void {
  endpoints.add('/schemas/plugins/:name', { GET: showPlugin(store), POST: validateNamed(store, 'plugins') })
  endpoints.add('/schemas/vaults/:name', { GET: showVault, POST: validateNamed(store, 'vaults') })
  endpoints.add('/schemas/:name/validate', { POST: (c) => validate(c, store, known(store, pathParameter(c, 'name'))) })
  endpoints.add('/schemas/:name', { GET: (c) => json(entitySchema(known(store, pathParameter(c, 'name')))) })
}

function known(store: Store, name: string): EntityDefinition {
  const definition = store.definition(name)
  if (definition === undefined) throw new AdminError(404, `No entity named '${name}'`)
  return definition
}

function showPlugin(store: Store): Handler {
  return function answerPluginSchema(c) {
    const name = pathParameter(c, 'name')
    const plugin = store.catalog.plugins.get(name)
    if (plugin === undefined) throw new AdminError(404, `No plugin named '${name}'`)
    return json(pluginSchema(plugin))
  }
}

/** The only kind of vault is `env`. */
const showVault: Handler = function answerVaultSchema(c) {
  const name = pathParameter(c, 'name')
  if (name !== 'env') throw new AdminError(404, `No vault named '${name}'`)
  return json(vaultSchema(vaults))
}

/** `/schemas/plugins/validate` has the form of `/schemas/plugins/{name}`. */
function validateNamed(store: Store, kind: string): Handler {
  return function answerValidation(c) {
    if (pathParameter(c, 'name') !== 'validate') throw new AdminError(405, 'Method not allowed')
    return validate(c, store, known(store, kind))
  }
}

async function validate(c: Parameters<Handler>[0], store: Store, definition: EntityDefinition): Promise<Response> {
  const { fields, fromForm } = await readFields(c)
  const given = fromForm ? typed(fields, definition, store) : fields
  const parsed = parseEntity(definition, given, store.catalog)
  if (!parsed.ok) throw schemaViolation(parsed.complaints)
  return message('schema validation successful')
}

/** The fields of a form with the types that the schema wants; the config of a plugin has the schema of the plugin. */
function typed(fields: Fields, definition: EntityDefinition, store: Store): Fields {
  const plugin = definition.name === 'plugins' ? store.catalog.plugins.get(String(fields.name)) : undefined
  const entries = Object.entries(fields).map(([name, value]) => {
    const schema = name === 'config' && plugin !== undefined ? plugin.config : schemaAt(definition.schema, [name])
    return [name, inferTypes(value, schema instanceof z.ZodType ? schema : undefined)]
  })
  const made: unknown = Object.fromEntries(entries)
  return isRecord(made) ? made : {}
}
