/** Puts the config of partials into the configs of the plugins that link to them. */

import type { RawEntity } from './collect.ts'
import type { Problems } from './problems.ts'
import { type Fields, isRecord, mergeDeep } from './records.ts'
import type { ReferenceIndex } from './references.ts'

/** Where in a plugin's config a partial goes whose link names no path. */
const defaultPaths: Readonly<Record<string, string>> = {
  'redis-ce': 'redis',
  'redis-ee': 'redis',
  vectordb: 'vectordb',
  embeddings: 'embeddings',
  model: 'llm',
}

/** The plugin's config with its partials in it; what a partial says wins. */
export function withPartials(plugin: RawEntity, config: unknown, index: ReferenceIndex, problems: Problems): unknown {
  const links = plugin.fields.partials
  if (!Array.isArray(links)) return config
  let merged: Fields = isRecord(config) ? config : {}
  for (const [place, link] of links.entries()) {
    const written = isRecord(link) ? (link.id ?? link.name) : undefined
    if (!isRecord(link) || typeof written !== 'string') continue
    const partial = index.find('partials', written)
    if (partial === undefined) {
      problems.entity(
        plugin,
        ['partials', place],
        `invalid reference 'partials: ${written}' (no such entry in 'partials')`,
      )
      continue
    }
    const { config: shared, type } = partial.fields
    const path = typeof link.path === 'string' ? link.path.replace(/^config\./, '') : defaultPaths[String(type)]
    if (path !== undefined && isRecord(shared)) merged = mergeDeep(merged, nest(path.split('.'), shared))
  }
  return merged
}

function nest(path: readonly string[], value: Fields): Fields {
  return path.reduceRight<Fields>((inner, key) => ({ [key]: inner }), value)
}
