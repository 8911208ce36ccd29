/** A small catalog: the core entities, three kinds of plugins and two kinds of credentials. */

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { loadConfig } from '../../src/config/load.ts'
import type { ConfigCatalog, LoadedConfig, LoadOptions, LoadResult, PluginSchema } from '../../src/config/types.ts'
import { defineEntity } from '../../src/entities/definition.ts'
import { optional, reference, tagged, text } from '../../src/entities/fields.ts'
import { coreEntities } from '../../src/entities/index.ts'

export const keyauthCredentials = defineEntity({
  name: 'keyauth_credentials',
  path: 'key-auths',
  endpointKey: 'key',
  references: { consumer: { entity: 'consumers', required: true, onDelete: 'cascade' } },
  schema: z.strictObject({ ...tagged, key: text, consumer: reference }),
})

export const basicauthCredentials = defineEntity({
  name: 'basicauth_credentials',
  endpointKey: 'username',
  references: { consumer: { entity: 'consumers', required: true, onDelete: 'cascade' } },
  schema: z.strictObject({ ...tagged, username: text, password: text, consumer: reference }),
  transform: (entity) => ({
    ...entity,
    password: createHash('sha1').update(String(entity.password)).digest('hex'),
  }),
})

export const acls = defineEntity({
  name: 'acls',
  cacheKey: ['consumer', 'group'],
  references: { consumer: { entity: 'consumers', required: true, onDelete: 'cascade' } },
  schema: z.strictObject({ ...tagged, group: text, consumer: reference }),
})

const plugins: PluginSchema[] = [
  {
    name: 'key-auth',
    config: z.strictObject({
      key_names: z.array(z.string()).default(['apikey']),
      hide_credentials: z.boolean().default(false),
    }),
    noScopes: ['consumer', 'consumer_group'],
  },
  {
    name: 'rate-limiting',
    config: z.strictObject({
      minute: z.int().min(1).max(1000).optional(),
      policy: z.enum(['local', 'redis']).default('local'),
      redis: z
        .strictObject({
          host: optional(z.string()),
          port: z.int().min(0).max(65535).default(6379),
          password: optional(z.string()),
          ssl: z.boolean().default(false),
        })
        .prefault({}),
    }),
  },
  { name: 'tcp-log', config: z.strictObject({ host: z.string(), port: z.int() }), protocols: ['tcp', 'tls'] },
]

export const catalog: ConfigCatalog = {
  entities: [...coreEntities, keyauthCredentials, basicauthCredentials, acls],
  plugins: new Map(plugins.map((plugin) => [plugin.name, plugin])),
}

export function load(yaml: string, options: Partial<LoadOptions> = {}): LoadResult {
  return loadConfig(yaml, { catalog, ...options })
}

/** Loads what must be good. */
export function loadGood(
  yaml: string,
  options: Partial<LoadOptions> = {},
): LoadedConfig & { warnings: readonly string[] } {
  const result = load(yaml, options)
  if (!result.ok) throw new Error(`does not load: ${JSON.stringify(result.fields)}`)
  return { ...result.config, warnings: result.warnings }
}

/** Loads what must be bad. */
export function loadBad(yaml: string, options: Partial<LoadOptions> = {}): Extract<LoadResult, { ok: false }> {
  const result = load(yaml, options)
  if (result.ok) throw new Error('loads, and should not')
  return result
}

/** `services[0].host: required field missing @2:5`, one per problem. */
export function summary(yaml: string, options: Partial<LoadOptions> = {}): string[] {
  return loadBad(yaml, options).problems.map(
    ({ path, message, line, column }) => `${path}: ${message} @${line}:${column}`,
  )
}
