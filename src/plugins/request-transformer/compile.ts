/** What a config says, read once: pairs split, templates compiled. */

import { type Pair, splitPair } from '../shared/pairs.ts'
import type { Config } from './config.ts'
import { compileTemplate, type Template } from './template.ts'

/** A name and the value that it gets. */
export interface Change {
  readonly name: string
  readonly value: Template
}

/** The five steps for headers, body or query. */
export interface Steps {
  readonly remove: readonly string[]
  readonly rename: readonly Change[]
  readonly replace: readonly Change[]
  readonly add: readonly Change[]
  readonly append: readonly Change[]
}

export interface Compiled {
  readonly uri: Template | null
  readonly method: string | null
  readonly headers: Steps | null
  readonly body: Steps | null
  readonly query: Steps | null
}

const compiled = new WeakMap<Config, Compiled>()

/** The compiled form of a config, made when it is first used. */
export function compile(config: Config): Compiled {
  let known = compiled.get(config)
  if (known === undefined) {
    known = {
      uri: config.replace.uri === null ? null : compileTemplate(config.replace.uri),
      method: config.http_method,
      headers: steps(config, 'headers'),
      body: steps(config, 'body'),
      query: steps(config, 'querystring'),
    }
    compiled.set(config, known)
  }
  return known
}

function steps(config: Config, part: 'headers' | 'body' | 'querystring'): Steps | null {
  const { remove, rename, replace, add, append } = config
  const made: Steps = {
    remove: remove[part].map((entry) => splitPair(entry).name),
    rename: changes(rename[part]),
    replace: changes(replace[part]),
    add: changes(add[part]),
    append: changes(append[part]),
  }
  return Object.values(made).every((list) => list.length === 0) ? null : made
}

/** Entries without a value change nothing. */
function changes(entries: readonly string[]): Change[] {
  return entries
    .map(splitPair)
    .filter(({ value }) => value !== '')
    .map(({ name, value }: Pair) => ({ name, value: compileTemplate(value) }))
}
