/** Puts the values of vaults into entities, once per snapshot; the entities of the file keep their references. */

import { EntitySet } from '../config/entity-set.ts'
import { resolveReferences } from '../secrets/resolve.ts'
import { resolvePluginConfig } from '../secrets/resolve-plugin-config.ts'
import { secretTexts } from '../secrets/secret-names.ts'
import type { PluginRegistry } from './plugin-registry.ts'

export interface SecretOptions {
  readonly registry: PluginRegistry
  readonly env: NodeJS.ProcessEnv
  readonly onSecret: (secret: string) => void
  readonly onWarning: (message: string) => void
}

export interface ResolvedEntities {
  /** The same set where nothing in it refers to a vault. */
  readonly set: EntitySet
  /** By the id of the plugin entity. */
  readonly pluginConfigs: ReadonlyMap<string, unknown>
}

/** Throws where a secret is not what the schema of a plugin wants. */
export function resolveSecrets(
  raw: EntitySet,
  { registry, env, onSecret, onWarning }: SecretOptions,
): ResolvedEntities {
  const { vaults } = raw
  const invalid: string[] = []
  const note = (owner: string, secrets: readonly string[], missing: readonly string[]) => {
    for (const secret of secrets) onSecret(secret)
    for (const place of missing) onWarning(`${owner}: ${place}; it is empty now`)
  }
  const pluginConfigs = new Map<string, unknown>()
  for (const { id, name, config } of raw.plugins) {
    const definition = registry.get(name)
    if (definition === undefined) continue
    const resolved = resolvePluginConfig(definition.config, config, vaults, env)
    note(`plugin ${name}`, resolved.secrets, resolved.missing)
    for (const secret of secretTexts(resolved.value)) onSecret(secret)
    invalid.push(...resolved.invalid.map((problem) => `plugin ${name}: ${problem}`))
    pluginConfigs.set(id, resolved.value)
  }
  if (invalid.length > 0) throw new Error(invalid.join('\n'))

  const set = new EntitySet()
  let changed = false
  for (const kind of raw.names()) {
    const definition = raw.definition(kind)
    if (definition === undefined) continue
    for (const entity of raw.all(kind)) {
      const resolved =
        kind === 'plugins' ? { value: entity, secrets: [], missing: [] } : resolveReferences(entity, vaults, env)
      note(`${kind} ${String(entity.name ?? entity.id)}`, resolved.secrets, resolved.missing)
      changed ||= resolved.value !== entity
      set.add(definition, resolved.value)
      // Credentials that stand in the file as they are must stay out of logs all the same.
      for (const field of definition.secrets ?? []) {
        const secret = resolved.value[field]
        if (typeof secret === 'string') onSecret(secret)
      }
    }
  }
  return { set: changed ? set : raw, pluginConfigs }
}
