/** Kong's answer to a bad configuration, with its errors nested, or flat with one entry per entity. */

import type { EntityDefinition } from '../entities/definition.ts'
import { errorTree, luaText } from './error-tree.ts'
import { Kinds, type NestedKind } from './kinds.ts'
import { valueAt } from './problems.ts'
import { type Fields, isRecord } from './records.ts'
import type { ConfigCatalog, ConfigProblem, ErrorTree, LoadResult, PathSegment } from './types.ts'

export type FlatError =
  | { readonly type: 'field'; readonly field: string; readonly message: string }
  | { readonly type: 'entity'; readonly message: string }

/** All that is wrong with one entity. */
export interface FlattenedEntity {
  /** Singular, as `service`. */
  readonly entity_type: string
  readonly entity_id?: string
  readonly entity_name?: string
  readonly entity_tags?: readonly string[]
  /** As in the file, without the entities nested in it. */
  readonly entity: Readonly<Record<string, unknown>>
  readonly errors: readonly FlatError[]
}

/** The body of Kong's answer with status 400. */
export interface ConfigErrorBody {
  readonly code: 14
  readonly name: 'invalid declarative configuration'
  readonly message: string
  readonly fields: { readonly [field: string]: ErrorTree }
  readonly flattened_errors?: readonly FlattenedEntity[]
}

type Failure = Extract<LoadResult, { ok: false }>

/** The answer for a configuration that did not load; flat errors are taken out of `fields`. */
export function configErrorBody(
  failure: Failure,
  options: { flatten: boolean; catalog: ConfigCatalog },
): ConfigErrorBody {
  const head = { code: 14, name: 'invalid declarative configuration' } as const
  const message = (fields: Failure['fields']) => `declarative config is invalid: ${luaText(fields)}`
  if (!options.flatten) return { ...head, message: message(failure.fields), fields: failure.fields }
  const { flattened, rest } = flattenErrors(failure.problems, failure.document, options.catalog)
  const fields = errorTree(rest)
  return { ...head, message: message(fields), fields, flattened_errors: flattened }
}

/** One entry per entity that has problems, and the problems that belong to none. */
export function flattenErrors(
  problems: readonly ConfigProblem[],
  document: unknown,
  catalog: ConfigCatalog,
): { flattened: FlattenedEntity[]; rest: ConfigProblem[] } {
  const kinds = new Kinds(catalog)
  const byEntity = Map.groupBy(problems, ({ segments, entityDepth }) => JSON.stringify(segments.slice(0, entityDepth)))
  const flattened: FlattenedEntity[] = []
  const rest: ConfigProblem[] = []
  for (const group of byEntity.values()) {
    const [first] = group
    if (first === undefined) continue
    const definition = kinds.get(first.entityType)
    const raw = valueAt(document, first.segments.slice(0, first.entityDepth))
    if (first.entityDepth === 0 || definition === undefined || !isRecord(raw)) rest.push(...group)
    else flattened.push(flattenEntity(definition, raw, group, { kinds, document }))
  }
  return { flattened, rest }
}

interface Context {
  readonly kinds: Kinds
  readonly document: unknown
}

function flattenEntity(
  definition: EntityDefinition,
  raw: Fields,
  problems: readonly ConfigProblem[],
  { kinds, document }: Context,
): FlattenedEntity {
  const nested = kinds.nestedIn(definition.name)
  const own = Object.fromEntries(Object.entries(raw).filter(([key]) => !nested.has(key)))
  const { id, name, tags } = raw
  const [first] = problems
  const parent = first === undefined ? {} : parentReference(first, { kinds, document })
  return {
    entity_type: definition.name.replace(/s$/, ''),
    ...(typeof id === 'string' && uuid.test(id) ? { entity_id: id } : {}),
    ...(typeof name === 'string' && name !== '' ? { entity_name: name } : {}),
    ...(isTextList(tags) ? { entity_tags: tags } : {}),
    entity: { ...own, ...parent },
    errors: problems.map(({ field, message }) =>
      field === '' ? { type: 'entity', message } : { type: 'field', field, message },
    ),
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The reference to the entity around this one, where the file gives that one an id. */
function parentReference(problem: ConfigProblem, { kinds, document }: Context): Fields {
  const place = problem.segments.slice(0, problem.entityDepth)
  if (place.length < 4) return {}
  const nestedKind = kindAt(place, kinds)
  const parent = valueAt(document, place.slice(0, -2))
  return nestedKind !== undefined && isRecord(parent) && typeof parent.id === 'string'
    ? { [nestedKind.field]: { id: parent.id } }
    : {}
}

/** Follows `services[0].routes[1]` through the kinds to what a route inside a service is. */
function kindAt(place: readonly PathSegment[], kinds: Kinds): NestedKind | undefined {
  const keys = place.filter((segment) => typeof segment === 'string')
  let kind = keys[0]
  let found: NestedKind | undefined
  for (const key of keys.slice(1)) {
    found = kind === undefined ? undefined : kinds.nestedIn(kind).get(key)
    kind = found?.definition.name
  }
  return found
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
}
