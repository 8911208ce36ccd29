/** What a config says, read once: pairs split, values of JSON fields in their types. */

import { type Pair, splitPair } from '../shared/pairs.ts'
import type { Config } from './config.ts'

export interface JsonChange {
  readonly name: string
  readonly value: string | number | boolean
}

export interface Steps<Change> {
  readonly remove: readonly string[]
  readonly rename: readonly Pair[]
  readonly replace: readonly Change[]
  readonly add: readonly Change[]
  readonly append: readonly Change[]
}

export interface Compiled {
  readonly headers: Steps<Pair>
  /** Null where bodies are left alone. */
  readonly json: Steps<JsonChange> | null
}

const compiled = new WeakMap<Config, Compiled>()

/** The compiled form of a config, made when it is first used. */
export function compile(config: Config): Compiled {
  let known = compiled.get(config)
  if (known === undefined) {
    known = { headers: headerSteps(config), json: jsonSteps(config) }
    compiled.set(config, known)
  }
  return known
}

function headerSteps({ remove, rename, replace, add, append }: Config): Steps<Pair> {
  return {
    remove: remove.headers.map((entry) => splitPair(entry).name),
    rename: pairs(rename.headers),
    replace: pairs(replace.headers),
    add: pairs(add.headers),
    append: pairs(append.headers),
  }
}

function jsonSteps({ remove, rename, replace, add, append }: Config): Steps<JsonChange> | null {
  const steps = {
    remove: remove.json,
    rename: pairs(rename.json),
    replace: jsonChanges(replace),
    add: jsonChanges(add),
    append: jsonChanges(append),
  }
  return Object.values(steps).every((list) => list.length === 0) ? null : steps
}

/** Entries without a value change nothing. */
function pairs(entries: readonly string[]): Pair[] {
  return entries.map((entry) => splitPair(entry.trim())).filter(({ value }) => value !== '')
}

function jsonChanges({ json, json_types: types }: Config['add']): JsonChange[] {
  return json.flatMap((entry, index) => {
    const { name, value } = splitPair(entry)
    const typed = cast(value, types[index] ?? 'string')
    return value === '' || typed === undefined ? [] : [{ name, value: typed }]
  })
}

/** Undefined where the text is not of the type: such an entry changes nothing, as in Kong. */
function cast(value: string, type: 'boolean' | 'number' | 'string'): string | number | boolean | undefined {
  if (type === 'string') return value
  const trimmed = value.trim()
  if (type === 'boolean') return trimmed === 'true' ? true : trimmed === 'false' ? false : undefined
  const number = trimmed === '' ? Number.NaN : Number(trimmed)
  return Number.isFinite(number) ? number : undefined
}
