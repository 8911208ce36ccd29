/** The field types that entities are built of, with Kong's ranges and texts. */

import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { checkHeaderName, checkName, checkTag, type TextCheck } from './text-checks.ts'

/** The protocols that a service, a route or a plugin may name. */
export const protocols = [
  'grpc',
  'grpcs',
  'http',
  'https',
  'tcp',
  'tls',
  'tls_passthrough',
  'udp',
  'ws',
  'wss',
] as const
export const protocol = z.enum(protocols)
export type Protocol = z.infer<typeof protocol>

export const uuid = z.guid()

/** A text of at least one character, as every string of Kong's is unless said otherwise. */
export const text = z.string().min(1)

/** A field that may be unset; unset is null once parsed. */
export function optional<T extends z.ZodType>(schema: T) {
  return schema.nullable().default(null)
}

/** A text that a check of text-checks.ts must pass. */
export function checked(check: TextCheck) {
  return z.string().superRefine((value, context) => {
    const message = value === '' ? 'length must be at least 1' : check(value)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })
}

/** A number of which both ends of the range are allowed. */
export function between<T extends z.ZodNumber>(schema: T, low: number, high: number): T {
  const message = `value should be between ${low} and ${high}`
  return schema.min(low, message).max(high, message)
}

/** Kong tells a set from a list; what is missing is told by who asks for it. */
function notASet(issue: { code?: string; input?: unknown }): string | undefined {
  return issue.code === 'invalid_type' && issue.input !== undefined ? 'expected a set' : undefined
}

/** A list in which what comes twice is kept once, as Kong's sets. */
export function setOf<T extends z.ZodType>(item: T) {
  return z.array(item, { error: notASet }).overwrite((values) => [...new Set(values)])
}

export const integer = z.int()
export const port = between(integer, 0, 65535)
export const name = checked(checkName)
export const tags = optional(setOf(checked(checkTag)))
/** Header names to the values that are looked for, or sent. */
export const headerValues = z.record(checked(checkHeaderName), z.array(text))

/** A reference to another entity, once the file is read. */
export const reference = z.strictObject({ id: uuid })

const seconds = () => Math.floor(Date.now() / 1000)

/** What every entity has: its id and when it came to be (seconds since 1970). */
export const common = {
  id: uuid.default(() => randomUUID()),
  created_at: integer.default(seconds),
  updated_at: integer.default(seconds),
  /** Workspace; the gateway has one. */
  ws_id: uuid.optional(),
}

/** The same, with the tags that most entities carry. */
export const tagged = { ...common, tags }
