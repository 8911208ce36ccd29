/** Gathers what is wrong with a file, each with its place. */

import { isRecord } from './records.ts'
import type { TextDocument } from './text-document.ts'
import type { ConfigProblem, PathSegment } from './types.ts'

/** The entity that a problem is about, as far as the file tells. */
export interface ProblemOwner {
  readonly definition: { readonly name: string }
  readonly segments: readonly PathSegment[]
  readonly fields: Readonly<Record<string, unknown>>
}

export class Problems {
  readonly list: ConfigProblem[] = []
  readonly #document: TextDocument

  constructor(document: TextDocument) {
    this.#document = document
  }

  /** A problem of the file itself, at a path from its top. */
  file(segments: readonly PathSegment[], message: string, hint?: string): void {
    this.#add({ entityType: '', entityDepth: 0, field: fieldName(segments), segments, message, hint })
  }

  /** A problem of an entity, at a path from it; the path is empty for the whole entity. */
  entity(owner: ProblemOwner, path: readonly PathSegment[], message: string, hint?: string): void {
    const { name, username, id } = owner.fields
    const entityName = [name, username].find((value) => typeof value === 'string' && value !== '')
    this.#add({
      entityType: owner.definition.name,
      entityDepth: owner.segments.length,
      entityName: typeof entityName === 'string' ? entityName : undefined,
      entityId: typeof id === 'string' ? id : undefined,
      field: fieldName(path),
      segments: [...owner.segments, ...path],
      message,
      hint,
    })
  }

  #add(problem: Omit<ConfigProblem, 'path' | 'line' | 'column'>): void {
    const position = this.#document.locate(problem.segments)
    this.list.push({ ...problem, path: pathText(problem.segments), line: position?.line, column: position?.column })
  }
}

/** `services[0].routes[1]` */
export function pathText(segments: readonly PathSegment[]): string {
  return segments.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`
    return text === '' ? segment : `${text}.${segment}`
  }, '')
}

/** `config.limits.1`: places in lists count from 1, as in Kong's errors. */
function fieldName(segments: readonly PathSegment[]): string {
  return segments.map((segment) => (typeof segment === 'number' ? segment + 1 : segment)).join('.')
}

/** The value at a path of a document; undefined where there is none. */
export function valueAt(root: unknown, segments: readonly PathSegment[]): unknown {
  let value = root
  for (const segment of segments) {
    if (Array.isArray(value) && typeof segment === 'number') value = value[segment]
    else if (isRecord(value) && Object.hasOwn(value, segment)) value = value[segment]
    else return undefined
  }
  return value
}
