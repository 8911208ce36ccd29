/** The reference of every plugin that ships, from its own definition and schema. */

import { readFileSync } from 'node:fs'
import { bundledAiPlugins } from '../../ai-plugins/index.ts'
import type { EntityDefinition } from '../../src/entities/definition.ts'
import type { AnyPlugin, Scope } from '../../src/pdk/define-plugin.ts'
import { phases } from '../../src/pdk/phases.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { fieldTable } from './field-table.ts'
import { fieldsOf } from './fields.ts'
import { code, codes, page, table } from './markdown.ts'

const scopes: readonly Scope[] = ['service', 'route', 'consumer', 'consumer_group']
const usualProtocols = ['grpc', 'grpcs', 'http', 'https']
/** Fields that every entity has. */
export const commonFields: readonly string[] = ['id', 'created_at', 'updated_at', 'ws_id', 'tags']

export function pluginPage(): string {
  const sources = new Map<AnyPlugin, string>([
    ...bundledPlugins.map((plugin): [AnyPlugin, string] => [plugin, 'src/plugins']),
    ...bundledAiPlugins.map((plugin): [AnyPlugin, string] => [plugin, 'ai-plugins']),
  ])
  const plugins = [...sources.keys()].sort((a, b) => b.priority - a.priority || (a.name < b.name ? 1 : -1))
  return page('Plugins', [
    'Every plugin that ships, in the order in which they run: the higher priority first. Field names, defaults and ' +
      "ranges are Kong's where Kong has the plugin. A field of type string, number or boolean may also be a vault reference.",
    table(
      ['Plugin', 'Priority', 'What it does'],
      plugins.map((plugin) => [
        `[${plugin.name}](#${plugin.name})`,
        String(plugin.priority),
        purposeOf(plugin, sources.get(plugin) ?? ''),
      ]),
    ),
    ...plugins.flatMap((plugin) => section(plugin, sources.get(plugin) ?? '')),
  ])
}

function section(plugin: AnyPlugin, folder: string): string[] {
  const { name, priority, noScopes = [], protocols = usualProtocols, entities = [] } = plugin
  const allowed = scopes.filter((scope) => !noScopes.includes(scope))
  const own = phases.filter((phase) => plugin[phase] !== undefined)
  return [
    `## ${name}`,
    purposeOf(plugin, folder),
    [
      `- Priority: ${priority}`,
      `- Phases: ${codes(own)}`,
      `- Scopes: global, ${allowed.join(', ')}`,
      `- Protocols: ${protocols.join(', ')}`,
      `- Source: [${folder}/${name}](../../${folder}/${name})`,
    ].join('\n'),
    fieldTable(fieldsOf(plugin.config)),
    ...entities.flatMap(entityBlocks),
  ]
}

/** What the credentials and the like of a plugin are made of. */
function entityBlocks({ name, schema, references = {}, path }: EntityDefinition): string[] {
  const parents = Object.entries(references).map(
    ([field, { nestedAs }]) => `nested in its ${field} as ${code(nestedAs ?? name)}`,
  )
  return [
    `It brings the entity ${code(name)} (Admin API: ${code(`/${path ?? name}`)}), at the top of the file or ${parents.join(', or ')}:`,
    fieldTable(fieldsOf(schema, new Set([...commonFields, ...Object.keys(references)]))),
  ]
}

/** The sentence with which the module of a plugin opens. */
function purposeOf({ name }: AnyPlugin, folder: string): string {
  const text = readFileSync(new URL(`../../${folder}/${name}/index.ts`, import.meta.url), 'utf8')
  const sentence = /^\/\*\*\s*([\s\S]*?)\s*\*\//.exec(text)?.[1]?.replace(/\s*\n\s*\*\s*/g, ' ') ?? ''
  const bare = sentence.replace(new RegExp(`^${name}: `), '')
  return bare.charAt(0).toUpperCase() + bare.slice(1)
}
