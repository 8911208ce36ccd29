/** Kong's notation for entities in forms: `a.b=c` nests, `a[]=x`, `a[1]=x` and a name given twice make lists. */

import { z } from 'zod'
import { define, type Fields, isRecord } from '../../config/records.ts'
import { schemaAt, unwrap } from '../../config/schema-walk.ts'
import { AdminError } from '../answer.ts'

/** More than any schema nests; beyond it a name is meant to do harm. */
const deepest = 32

/** Builds the table that the pairs write; all values stay texts. Throws 400 for a name that nests too deeply. */
export function nestFields(pairs: readonly (readonly [string, string])[]): Fields {
  const root: Fields = {}
  for (const [name, value] of pairs) {
    const path = name.replaceAll(/\[(\w*)\]/g, '.$1').split('.')
    if (path.length > deepest) throw new AdminError(400, 'fields are nested too deeply')
    put(root, path, value)
  }
  return asLists(root)
}

/** Lists are tables with the places as keys, until all pairs are read. */
const listMark = Symbol('list')
type Node = Fields & { [listMark]?: true }

function put(root: Fields, path: readonly string[], value: string): void {
  let node: Node = root
  for (const [depth, step] of path.entries()) {
    const key = step === '' ? String(Object.keys(node).length + 1) : step
    if (depth === path.length - 1) {
      const known = Object.hasOwn(node, key) ? node[key] : undefined
      define(node, key, known === undefined ? value : [known, value].flat())
      return
    }
    const known = Object.hasOwn(node, key) ? node[key] : undefined
    const next: Node = isRecord(known) ? known : {}
    if (/^\d*$/.test(path[depth + 1] ?? 'x')) next[listMark] = true
    if (next !== known) define(node, key, next)
    node = next
  }
}

function asLists(node: Node): Fields {
  const made: Fields = {}
  for (const [key, value] of Object.entries(node)) define(made, key, asList(value))
  return made
}

function asList(value: unknown): unknown {
  if (!isRecord(value)) return value
  const node: Node = value
  if (node[listMark] !== true || !Object.keys(node).every((key) => /^\d+$/.test(key))) return asLists(node)
  return Object.values(node).map(asList)
}

/** Turns the texts of a form into what the schema wants where they stand: numbers, booleans, lists; empty is null. */
export function inferTypes(value: unknown, schema: z.core.$ZodType | undefined): unknown {
  const bare = schema === undefined ? undefined : unwrap(schema)
  if (Array.isArray(value)) return value.map((item) => inferTypes(item, childSchema(bare, 0)))
  if (isRecord(value)) {
    const made: Fields = {}
    for (const [key, item] of Object.entries(value)) define(made, key, inferTypes(item, childSchema(bare, key)))
    return made
  }
  if (value === '') return bare instanceof z.ZodArray ? [] : null
  if (bare instanceof z.ZodArray) return [inferTypes(value, bare.element)]
  if (typeof value !== 'string') return value
  if (bare instanceof z.ZodBoolean && (value === 'true' || value === 'false')) return value === 'true'
  if (isNumeric(bare) && Number.isFinite(Number(value))) return Number(value)
  return value
}

function childSchema(schema: z.core.$ZodType | undefined, key: PropertyKey): z.core.$ZodType | undefined {
  return schema === undefined ? undefined : schemaAt(schema, [key])
}

function isNumeric(schema: z.core.$ZodType | undefined): boolean {
  if (schema instanceof z.ZodLiteral) return [...schema.values].every((value) => typeof value === 'number')
  if (schema instanceof z.ZodUnion) return schema.options.every((option) => isNumeric(unwrap(option)))
  return schema instanceof z.ZodNumber
}
