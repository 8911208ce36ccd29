/** Turns the text of a declarative file into entities, or into everything that is wrong with it. */

import { createHash } from 'node:crypto'
import { plugins } from '../entities/plugin.ts'
import { collect, type RawEntity } from './collect.ts'
import { substituteEnv } from './deck-env.ts'
import { type DeckExtras, readDeckExtras } from './deck-extras.ts'
import { EntitySet } from './entity-set.ts'
import { errorTree } from './error-tree.ts'
import { Kinds } from './kinds.ts'
import { nearest } from './nearest.ts'
import { parseEntity } from './parse-entity.ts'
import { withPartials } from './partials.ts'
import { protocolCheck } from './plugin-protocols.ts'
import { Problems } from './problems.ts'
import { type Fields, isRecord, mergeDeep } from './records.ts'
import { ReferenceIndex } from './references.ts'
import { readDocument, type TextDocument, type TextProblem } from './text-document.ts'
import type { ConfigCatalog, ConfigProblem, LoadedConfig, LoadOptions, LoadResult } from './types.ts'
import { Uniqueness } from './uniqueness.ts'

const versions = ['1.1', '2.1', '3.0']

/**
 * Loads a declarative file. Nothing is thrown for a bad file: all of its problems come back, each with its line.
 *
 * @example
 * const result = loadConfig(text, { catalog })
 * if (result.ok) result.config.entities.services
 */
export function loadConfig(text: string, options: LoadOptions): LoadResult {
  const substituted = options.env === undefined ? { text, problems: [] } : substituteEnv(text, options.env)
  if (substituted.problems.length > 0) return unreadable(substituted.problems)
  const read = readDocument(substituted.text)
  if ('problems' in read) return unreadable(read.problems)
  const { document } = read
  const problems = new Problems(document)
  const warnings: string[] = []
  const entities = new EntitySet()
  if (isRecord(document.value)) {
    checkMeta(document.value, problems)
    loadEntities(document.value, { catalog: options.catalog, problems, warnings, entities })
  } else {
    problems.file([], 'expected a record')
  }
  if (problems.list.length > 0) return failed(problems.list, document)
  const hash = createHash('md5').update(text).digest('hex')
  return { ok: true, config: { entities, hash }, warnings }
}

/** What a gateway serves that was given no file; its hash is Kong's for that case. */
export function emptyConfig(): LoadedConfig {
  return { entities: new EntitySet(), hash: '0'.repeat(32) }
}

function checkMeta(file: Fields, problems: Problems): void {
  const version = file._format_version
  if (version === undefined || version === null) problems.file(['_format_version'], 'required field missing')
  else if (typeof version !== 'string') problems.file(['_format_version'], 'expected a string')
  else if (!versions.includes(version)) problems.file(['_format_version'], `expected one of: ${versions.join(', ')}`)
  const transform = file._transform ?? true
  if (typeof transform !== 'boolean') problems.file(['_transform'], 'expected a boolean')
}

interface Work {
  readonly catalog: ConfigCatalog
  readonly problems: Problems
  readonly warnings: string[]
  readonly entities: EntitySet
}

function loadEntities(file: Fields, { catalog, problems, warnings, entities }: Work): void {
  const kinds = new Kinds(catalog)
  const extras = readDeckExtras(file, problems)
  const migrate = file._format_version === '1.1' || file._format_version === '2.1'
  const found = collect(file, { kinds, extras, migrate, problems, warnings })
  const index = new ReferenceIndex(found)
  const uniqueness = new Uniqueness(problems)
  const pluginPlaces = new Map<string, RawEntity>()
  for (const definition of catalog.entities) {
    for (const raw of found) {
      if (raw.definition !== definition) continue
      const resolved = index.resolve(raw, problems)
      const fields = definition === plugins ? pluginFields(raw, resolved, { extras, index, problems }) : resolved
      const parsed = parseEntity(definition, fields, catalog)
      uniqueness.check(raw, parsed.ok ? parsed.entity : resolved)
      if (!parsed.ok) {
        for (const { segments, message, hint } of parsed.complaints) problems.entity(raw, segments, message, hint)
        continue
      }
      const { transform } = definition
      const asWritten = transform === undefined || file._transform === false
      entities.add(definition, asWritten ? parsed.entity : transform(parsed.entity))
      if (definition === plugins) pluginPlaces.set(raw.id, raw)
    }
  }
  const protocolComplaint = protocolCheck(entities)
  for (const plugin of entities.plugins) {
    const complaint = protocolComplaint(plugin)
    const raw = pluginPlaces.get(plugin.id)
    if (complaint !== null && raw !== undefined) problems.entity(raw, ['protocols'], complaint)
  }
}

interface PluginContext {
  readonly extras: DeckExtras
  readonly index: ReferenceIndex
  readonly problems: Problems
}

/** The plugin's fields with the config that `_config` names and those of its partials put in. */
function pluginFields(raw: RawEntity, resolved: Fields, { extras, index, problems }: PluginContext): Fields {
  const { _config: shared, ...fields } = resolved
  let config = fields.config
  if (shared !== undefined) {
    const named = typeof shared === 'string' ? extras.pluginConfigs.get(shared) : undefined
    if (named === undefined) {
      const message = `invalid reference '_config: ${String(shared)}' (no such entry in '_plugin_configs')`
      problems.entity(raw, ['_config'], message, nearest(String(shared), extras.pluginConfigs.keys()))
    } else {
      config = isRecord(config) ? mergeDeep(named, config) : (config ?? named)
    }
  }
  config = withPartials(raw, config, index, problems)
  return config === undefined ? fields : { ...fields, config }
}

function failed(list: readonly ConfigProblem[], document: TextDocument): LoadResult {
  const problems = list.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
  return { ok: false, problems, fields: errorTree(problems), document: document.value }
}

function unreadable(list: readonly TextProblem[]): LoadResult {
  const problems = list.map(({ message, line, column }): ConfigProblem => {
    const text = `failed parsing declarative configuration: ${message}`
    return {
      entityType: '',
      entityDepth: 0,
      path: '',
      segments: ['error'],
      field: 'error',
      message: text,
      line,
      column,
    }
  })
  return { ok: false, problems, fields: errorTree(problems), document: undefined }
}
