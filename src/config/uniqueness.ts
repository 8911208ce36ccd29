/** Finds entities that claim what another one has: an id, a name, or a combination that may be there once. */

import type { RawEntity } from './collect.ts'
import type { Problems } from './problems.ts'
import { type Fields, isRecord } from './records.ts'
import { nowhere } from './references.ts'

/** Sees the entities of a file one after the other. */
export class Uniqueness {
  readonly #taken = new Set<string>()
  readonly #problems: Problems

  constructor(problems: Problems) {
    this.#problems = problems
  }

  /** Reports the first thing that another entity has already; `resolved` are the fields with references as `{ id }`. */
  check(entity: RawEntity, resolved: Fields): void {
    const { name, endpointKey, endpointKeyScope, unique = [], cacheKey } = entity.definition
    const scope = endpointKeyScope === undefined ? '' : String(text(resolved[endpointKeyScope]))
    const claims: [string, string][] = []
    for (const field of endpointKey === undefined ? unique : [endpointKey, ...unique]) {
      const value = text(resolved[field])
      const within = field === endpointKey ? scope : ''
      if (value !== undefined) claims.push([`${field}:${within}:${value}`, `${field} set to '${value}'`])
    }
    claims.push([`id:${entity.id.toLowerCase()}`, `primary key set to '${entity.id}'`])
    // A reference that leads nowhere is a problem of its own.
    if (cacheKey?.every((field) => text(resolved[field]) !== nowhere)) {
      const set = cacheKey.filter((field) => text(resolved[field]) !== undefined)
      const key = set.map((field) => `${field}=${text(resolved[field])}`).join(':')
      claims.push([`cache:${key}`, set.map((field) => `${field} set to '${text(resolved[field])}'`).join(' and ')])
    }
    const violated = claims.filter(([key]) => this.#taken.has(`${name}:${key}`)).at(0)
    if (violated !== undefined) {
      this.#problems.entity(entity, [], `uniqueness violation: '${name}' entity with ${violated[1]} already declared`)
    }
    for (const [key] of claims) this.#taken.add(`${name}:${key}`)
  }
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return isRecord(value) && typeof value.id === 'string' ? value.id : undefined
}
