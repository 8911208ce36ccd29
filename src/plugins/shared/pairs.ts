/** Config entries of the form `name:value`, as the transformers have them. */

import { z } from 'zod'

export interface Pair {
  readonly name: string
  /** Empty where the entry is a name alone. */
  readonly value: string
}

/** Splits at the first colon; further colons right behind it are taken as one with it, as Kong does. */
export function splitPair(entry: string): Pair {
  const found = /^([^:]+):*(.*)$/s.exec(entry)
  return { name: found?.[1] ?? entry, value: found?.[2] ?? '' }
}

export function isHeaderToken(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)
}

/** An entry `name:value` of which the name must be fit for a header. */
export const headerPair = z.string().superRefine((entry, context) => {
  const { name } = splitPair(entry)
  if (!entry.includes(':')) {
    context.addIssue({ code: 'custom', message: `invalid value: ${entry} (expected name:value)` })
  } else if (!isHeaderToken(name)) context.addIssue({ code: 'custom', message: `'${name}' is not a valid header` })
})

/** An entry `name:value`. */
export const pair = z
  .string()
  .regex(/^[^:]+:/, { error: (issue) => `invalid value: ${issue.input} (expected name:value)` })
