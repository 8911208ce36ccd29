/** Walks a file, flat and nested alike, and lists every entity in it with its place, its id and its parent. */

import { consumerGroupConsumers } from '../entities/consumer-group.ts'
import type { EntityDefinition } from '../entities/definition.ts'
import { type DeckExtras, ignoredKinds, metaKeys, withDeckExtras } from './deck-extras.ts'
import { deterministicId } from './deterministic-id.ts'
import type { Kinds, NestedKind } from './kinds.ts'
import { migrateRoute } from './migrate-paths.ts'
import { nearest } from './nearest.ts'
import type { Problems } from './problems.ts'
import { define, type Fields, isRecord } from './records.ts'
import type { PathSegment } from './types.ts'

/** An entity as the file has it. */
export interface RawEntity {
  readonly definition: EntityDefinition
  readonly segments: readonly PathSegment[]
  /** Its own fields, without those nested in it; references are as written. */
  readonly fields: Fields
  /** As written, or made. */
  readonly id: string
  readonly parent: RawParent | undefined
}

export interface RawParent {
  readonly entity: RawEntity
  /** The child's field that refers to the parent. */
  readonly field: string
}

export interface CollectOptions {
  readonly kinds: Kinds
  readonly extras: DeckExtras
  /** Route paths are by the rule before 3.0. */
  readonly migrate: boolean
  readonly problems: Problems
  readonly warnings: string[]
}

export function collect(file: Fields, options: CollectOptions): RawEntity[] {
  const found: RawEntity[] = []
  for (const [key, items] of Object.entries(file)) {
    if (metaKeys.has(key) || items === null) continue
    const definition = options.kinds.get(key)
    if (definition !== undefined) {
      collectList({ definition, items, segments: [key], parent: undefined }, options, found)
    } else if (ignoredKinds.has(key)) {
      options.warnings.push(`${key}: these entities mean nothing to this gateway and are left out`)
    } else {
      options.problems.file([key], 'unknown field', nearest(key, options.kinds.names()))
    }
  }
  return found
}

interface List {
  readonly definition: EntityDefinition
  readonly items: unknown
  readonly segments: readonly PathSegment[]
  readonly parent: RawParent | undefined
}

function collectList(list: List, options: CollectOptions, found: RawEntity[]): void {
  if (!Array.isArray(list.items)) {
    complain(list, list.segments, 'expected an array', options.problems)
    return
  }
  for (const [index, item] of list.items.entries()) {
    const segments = [...list.segments, index]
    const fields = asFields(item, list)
    if (fields === undefined) complain(list, segments, 'expected a record', options.problems)
    else collectEntity({ ...list, segments }, fields, options, found)
  }
}

function complain(list: List, segments: readonly PathSegment[], message: string, problems: Problems): void {
  const owner = list.parent?.entity
  if (owner === undefined) problems.file(segments, message)
  else problems.entity(owner, segments.slice(owner.segments.length), message)
}

/** An item of a list as a table; a server name inside a certificate may be a plain text. */
function asFields(item: unknown, list: List): Fields | undefined {
  if (typeof item === 'string' && list.parent !== undefined && list.definition.name === 'snis') return { name: item }
  return isRecord(item) ? item : undefined
}

function collectEntity(list: Omit<List, 'items'>, item: Fields, options: CollectOptions, found: RawEntity[]): void {
  const { definition, segments, parent } = list
  const nestedKinds = options.kinds.nestedIn(definition.name)
  const own: Fields = {}
  const nested: [string, NestedKind, unknown][] = []
  const memberships: [string, Side, unknown][] = []
  for (const [key, value] of Object.entries(item)) {
    if (key === '_comment' || key === '_ignore' || value === null) continue
    const kind = nestedKinds.get(key)
    const side = membershipSide(definition, key)
    if (kind !== undefined) nested.push([key, kind, value])
    else if (side !== undefined) memberships.push([key, side, value])
    else define(own, key, value)
  }
  const filled = withDeckExtras(definition.name, own, options.extras)
  const fields = options.migrate && definition.name === 'routes' ? migrateRoute(filled) : filled
  const parentId = parent === undefined ? undefined : { field: parent.field, id: parent.entity.id }
  const entity: RawEntity = {
    definition,
    segments,
    fields,
    id: typeof fields.id === 'string' ? fields.id : deterministicId(definition, fields, parentId),
    parent,
  }
  if (parent !== undefined && fields[parent.field] !== undefined) {
    options.problems.entity(entity, [parent.field], 'value must be null')
  }
  found.push(entity)
  for (const [key, kind, items] of nested) {
    const inner = { definition: kind.definition, items, segments: [...segments, key] }
    collectList({ ...inner, parent: { entity, field: kind.field } }, options, found)
  }
  for (const [key, side, items] of memberships) {
    collectMemberships({ owner: entity, side, items, segments: [...segments, key] }, options, found)
  }
}

type Side = 'consumer' | 'consumer_group'

/** `groups` of a consumer and `consumers` of a group say who is in which: the side that the entity itself is. */
function membershipSide(definition: EntityDefinition, key: string): Side | undefined {
  if (definition.name === 'consumers' && key === 'groups') return 'consumer'
  return definition.name === 'consumer_groups' && key === 'consumers' ? 'consumer_group' : undefined
}

interface MembershipList {
  readonly owner: RawEntity
  readonly side: Side
  readonly items: unknown
  readonly segments: readonly PathSegment[]
}

function collectMemberships(list: MembershipList, options: CollectOptions, found: RawEntity[]): void {
  const { owner, side, items, segments } = list
  if (!Array.isArray(items)) {
    options.problems.entity(owner, segments.slice(owner.segments.length), 'expected an array')
    return
  }
  const other = side === 'consumer' ? 'consumer_group' : 'consumer'
  for (const [index, item] of items.entries()) {
    const fields: Fields = { [other]: item }
    found.push({
      definition: consumerGroupConsumers,
      segments: [...segments, index],
      fields,
      id: deterministicId(consumerGroupConsumers, fields, { field: side, id: owner.id }),
      parent: { entity: owner, field: side },
    })
  }
}
