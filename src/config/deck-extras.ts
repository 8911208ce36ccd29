/** What decK's state files have beside Kong's own format: defaults, tags for all, configs of plugins by name. */

import type { Problems } from './problems.ts'
import { type Fields, isRecord, mergeDeep } from './records.ts'

/** Keys of a file that are no kinds of entities. */
export const metaKeys: ReadonlySet<string> = new Set([
  '_format_version',
  '_transform',
  '_comment',
  '_ignore',
  '_info',
  '_workspace',
  '_konnect',
  '_plugin_configs',
])

/** Kinds that Kong files may have and that mean nothing here; they are left out with a warning. */
export const ignoredKinds: ReadonlySet<string> = new Set([
  'workspaces',
  'parameters',
  'clustering_data_planes',
  'licenses',
  'service_packages',
])

const defaultKinds: Readonly<Record<string, string>> = {
  service: 'services',
  route: 'routes',
  upstream: 'upstreams',
  target: 'targets',
}

export interface DeckExtras {
  /** Fields of entities that do not say otherwise, by kind. */
  readonly defaults: ReadonlyMap<string, Fields>
  /** Tags that every entity gets. */
  readonly tags: readonly string[]
  /** Configs that plugins name with `_config`. */
  readonly pluginConfigs: ReadonlyMap<string, Fields>
}

export function readDeckExtras(file: Fields, problems: Problems): DeckExtras {
  return {
    defaults: readDefaults(file._info, problems),
    tags: readTags(file._info, problems),
    pluginConfigs: readPluginConfigs(file._plugin_configs, problems),
  }
}

function readDefaults(info: unknown, problems: Problems): Map<string, Fields> {
  const defaults = new Map<string, Fields>()
  if (info === undefined || info === null) return defaults
  if (!isRecord(info)) {
    problems.file(['_info'], 'expected a record')
    return defaults
  }
  if (!isRecord(info.defaults)) return defaults
  for (const [name, fields] of Object.entries(info.defaults)) {
    const kind = defaultKinds[name]
    if (kind === undefined) problems.file(['_info', 'defaults', name], 'unknown field')
    else if (isRecord(fields)) defaults.set(kind, fields)
    else problems.file(['_info', 'defaults', name], 'expected a record')
  }
  return defaults
}

function readTags(info: unknown, problems: Problems): string[] {
  if (!isRecord(info) || info.select_tags === undefined || info.select_tags === null) return []
  if (!Array.isArray(info.select_tags)) {
    problems.file(['_info', 'select_tags'], 'expected an array')
    return []
  }
  return info.select_tags.filter((tag) => typeof tag === 'string')
}

function readPluginConfigs(configs: unknown, problems: Problems): Map<string, Fields> {
  const byName = new Map<string, Fields>()
  if (configs === undefined || configs === null) return byName
  if (!isRecord(configs)) {
    problems.file(['_plugin_configs'], 'expected a record')
    return byName
  }
  for (const [name, config] of Object.entries(configs)) {
    if (isRecord(config)) byName.set(name, config)
    else problems.file(['_plugin_configs', name], 'expected a record')
  }
  return byName
}

/** The fields of an entity with what the extras add; its own always win. */
export function withDeckExtras(kind: string, fields: Fields, extras: DeckExtras): Fields {
  const defaults = extras.defaults.get(kind)
  const filled = defaults === undefined ? fields : mergeDeep(defaults, fields)
  if (extras.tags.length === 0 || kind === 'consumer_group_consumers') return filled
  const own: unknown = filled.tags ?? []
  return Array.isArray(own) ? { ...filled, tags: [...new Set([...own, ...extras.tags])] } : filled
}
