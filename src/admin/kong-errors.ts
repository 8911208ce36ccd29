/** The numbered errors of Kong's Admin API: their codes, names, texts and statuses. */

import { errorTree } from '../config/error-tree.ts'
import { isRecord } from '../config/records.ts'
import type { ErrorTree } from '../config/types.ts'
import { AdminError } from './answer.ts'

/** A complaint about a part of an entity, as a schema makes it; no segments: about the whole. */
interface Violation {
  readonly segments: readonly (string | number)[]
  readonly message: string
}

export function notFound(): AdminError {
  return new AdminError(404, 'Not found')
}

export function invalidOffset(offset: string, reason: string): AdminError {
  const text = `'${offset}' is not a valid offset: ${reason}`
  return new AdminError(400, { code: 7, name: 'invalid offset', message: text })
}

export function invalidSize(): AdminError {
  return new AdminError(400, { code: 9, name: 'invalid size', message: 'size must be an integer between 1 and 1000' })
}

/** Each option with what is wrong with it. */
export function invalidOptions(options: Readonly<Record<string, string>>): AdminError {
  const list = Object.entries(options).map(([option, reason]) => `${option}: ${reason}`)
  const text = `invalid option (${list.join('; ')})`
  return new AdminError(400, { code: 11, name: 'invalid options', message: text, options })
}

/** Without a database nothing can be written but the configuration as a whole. */
export function operationUnsupported(text: string): AdminError {
  return new AdminError(405, { code: 12, name: 'operation unsupported', message: text })
}

/** All that is wrong with one entity. */
export function schemaViolation(violations: readonly Violation[]): AdminError {
  const fields = errorTree(
    violations.map((violation) => ({ ...violation, field: violation.segments.length === 0 ? '' : 'field' })),
  )
  const texts = violationTexts(fields)
  const count = texts.length === 1 ? 'schema violation' : `${texts.length} schema violations`
  const text = `${count} (${texts.join('; ')})`
  return new AdminError(400, { code: 2, name: 'schema violation', message: text, fields })
}

/** What is said of the whole comes first, then the fields by name; `a.b: …` for fields within fields. */
function violationTexts(tree: ErrorTree, path = ''): string[] {
  if (tree === null) return []
  if (typeof tree === 'string') return [path === '' ? tree : `${path}: ${tree}`]
  const below = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`)
  if (Array.isArray(tree)) return tree.flatMap((item, index) => violationTexts(item, below(index + 1)))
  if (!isRecord(tree)) return []
  const { '@entity': whole, ...fields } = tree
  const first = Array.isArray(whole) ? whole.flatMap((item) => violationTexts(item, path)) : []
  const names = Object.keys(fields).toSorted()
  return [...first, ...names.flatMap((name) => violationTexts(fields[name] ?? null, below(name)))]
}
