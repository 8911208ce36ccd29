/** Kong's words for what a zod schema refuses; a message that a schema sets itself is left alone. */

import { z } from 'zod'
import { valueAt } from './problems.ts'

type RawIssue = Parameters<z.core.$ZodErrorMap>[0]
type Path = readonly PropertyKey[]

/** One thing that a schema refuses, in Kong's words. */
export interface Complaint {
  readonly segments: readonly (string | number)[]
  readonly message: string
  /** Set for a field that the schema does not know. */
  readonly unknownField?: true
}

const expected: Readonly<Record<string, string>> = {
  string: 'expected a string',
  number: 'expected a number',
  int: 'expected an integer',
  boolean: 'expected a boolean',
  array: 'expected an array',
  tuple: 'expected an array',
  set: 'expected a set',
  object: 'expected a record',
  record: 'expected a map',
  map: 'expected a map',
}

/** The error map that a parse is given. */
export function kongMessage(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'required field missing'
      return expected[issue.expected] ?? `expected a ${issue.expected}`
    case 'invalid_value':
      if (issue.input === undefined) return 'required field missing'
      if (issue.values.length === 1) return `value must be ${String(issue.values[0])}`
      return `expected one of: ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return (
        bothBounds(issue.schema) ??
        tooSmall(issue.origin, issue.minimum, issue.inclusive !== false, issue.exact === true)
      )
    case 'too_big':
      return (
        bothBounds(issue.schema) ?? tooBig(issue.origin, issue.maximum, issue.inclusive !== false, issue.exact === true)
      )
    case 'invalid_format':
      return badFormat(issue.format, issue.input, issue)
    case 'unrecognized_keys':
      return 'unknown field'
    case 'invalid_union':
      if (issue.input === undefined) return 'required field missing'
      return 'no accepted form matches'
    case 'not_multiple_of':
      return `value must be a multiple of ${issue.divisor}`
    case 'invalid_key':
      return 'invalid key'
    default:
      return `invalid value: ${String(issue.input)}`
  }
}

/** Parses, with every refusal in Kong's words. */
export function parseWith<T extends z.ZodType>(
  schema: T,
  value: unknown,
): { ok: true; data: z.output<T> } | { ok: false; complaints: Complaint[] } {
  const result = schema.safeParse(value, { error: kongMessage })
  if (result.success) return { ok: true, data: result.data }
  return { ok: false, complaints: result.error.issues.flatMap((issue) => complaintsOf(issue, [], value)) }
}

function complaintsOf(issue: z.core.$ZodIssue, base: Path, root: unknown): Complaint[] {
  const path = [...base, ...issue.path]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ segments: plain([...path, key]), message: issue.message, unknownField: true }))
    case 'invalid_union': {
      const branch = closestBranch(issue.errors)
      if (branch !== undefined) return branch.flatMap((inner) => complaintsOf(inner, path, root))
      if ('options' in issue && issue.discriminator !== undefined && issue.options !== undefined) {
        const missing = valueAt(root, plain(path)) === undefined
        const options = issue.options.map(String).join(', ')
        return [{ segments: plain(path), message: missing ? 'required field missing' : `expected one of: ${options}` }]
      }
      break
    }
    case 'invalid_key':
      return issue.issues.map((inner) => ({ segments: plain(path), message: inner.message }))
  }
  return [{ segments: plain(path), message: issue.message }]
}

/** Of the forms that a union takes, the one that the value comes nearest to: it fails deepest, or in the fewest places. */
function closestBranch(branches: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const depth = (issues: z.core.$ZodIssue[]) => Math.min(...issues.map((issue) => issue.path.length))
  return branches
    .filter((issues) => issues.length > 0)
    .toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)
    .at(0)
}

/** Kong names both ends of a range, where zod names the one that was passed. */
function bothBounds(schema: z.core.$ZodType | undefined): string | undefined {
  if (!(schema instanceof z.ZodNumber)) return undefined
  const { minValue, maxValue } = schema
  if (minValue === null || maxValue === null || !isBound(minValue) || !isBound(maxValue)) return undefined
  return `value should be between ${minValue} and ${maxValue}`
}

function isBound(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) < Number.MAX_SAFE_INTEGER
}

function tooSmall(origin: string, minimum: number | bigint, inclusive: boolean, exact: boolean): string {
  if (origin === 'number' || origin === 'int' || origin === 'bigint') {
    return inclusive ? `value must be at least ${minimum}` : `value must be greater than ${minimum}`
  }
  return exact ? `length must be ${minimum}` : `length must be at least ${minimum}`
}

function tooBig(origin: string, maximum: number | bigint, inclusive: boolean, exact: boolean): string {
  if (origin === 'number' || origin === 'int' || origin === 'bigint') {
    return inclusive ? `value must be at most ${maximum}` : `value must be less than ${maximum}`
  }
  return exact ? `length must be ${maximum}` : `length must be at most ${maximum}`
}

function badFormat(format: string, input: unknown, issue: object): string {
  if (format === 'guid' || format === 'uuid') return 'expected a valid UUID'
  if (format === 'starts_with' && 'prefix' in issue) return `should start with: ${String(issue.prefix)}`
  if (format === 'includes' && 'includes' in issue) return `expected to contain: ${String(issue.includes)}`
  if (format === 'url') return urlComplaint(String(input))
  return `invalid value: ${String(input)}`
}

function urlComplaint(text: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(text) ? 'missing host in url' : 'missing scheme in url'
}

function plain(path: Path): (string | number)[] {
  return path.map((segment) => (typeof segment === 'number' ? segment : String(segment)))
}
