/** Kinds of setting values: each reads the text of a flag, a variable or a file into what the program uses. */

import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { type Listener, parseListen } from './listen.ts'

/** Reads text; refuses it by returning `refuse(sentences)`, which say what is expected. */
type Read<T> = (text: string, refuse: (...sentences: string[]) => never) => T

/** A kind of value that `read` makes from text; a refusal becomes one issue per sentence. */
function kind<T>(read: Read<T>): z.ZodType<T, string> {
  return z.string().transform((text, context) => {
    const issues: string[] = []
    try {
      return read(text.trim(), (...sentences) => {
        issues.push(...sentences)
        throw new Refusal()
      })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      for (const message of issues) context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
  })
}

class Refusal extends Error {}

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }
const seconds: Readonly<Record<string, number>> = { '': 1, ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 }

const none = (text: string) => text === '' || text === 'NONE'

/** Text as it is; absent (`null`) if empty or NONE. */
export const optionalText = kind((text) => (none(text) ? null : text))

/** `on` or `off`, as Kong spells it; also true, false, 1, 0. */
export const onOff = kind((text, refuse) => {
  const word = text.toLowerCase()
  if (word === 'on' || word === 'true' || word === '1') return true
  if (word === 'off' || word === 'false' || word === '0') return false
  return refuse(`"${text}" is not a switch; write on or off`)
})

/** A size in bytes: `16384`, `16k`, `100m`, `1g`. */
export function bytes(least: number) {
  return kind((text, refuse) => {
    const parts = /^(\d+)([kmg]?)$/i.exec(text)
    const size = parts ? Number(parts[1]) * (units[(parts[2] ?? '').toLowerCase()] ?? Number.NaN) : Number.NaN
    if (!Number.isSafeInteger(size)) return refuse(`"${text}" is not a size; write bytes, or a number with k, m or g`)
    return size < least ? refuse(`"${text}" is too small; the least is ${least} bytes`) : size
  })
}

/** A time in seconds: `60`, `0.5`, `500ms`, `60s`, `5m`, `1h`. */
export function duration(least: number) {
  return kind((text, refuse) => {
    const parts = /^(\d+(?:\.\d+)?)(ms|[smhd]?)$/.exec(text)
    if (!parts) return refuse(`"${text}" is not a time; write seconds, or a number with ms, s, m, h or d`)
    const time = Number(parts[1]) * (seconds[parts[2] ?? ''] ?? 1)
    // Timers of the runtime overflow beyond 2^31 - 1 ms and would then fire at once.
    if (time > 2_147_483) return refuse(`"${text}" is too long; the most is 2147483 seconds`)
    return time < least ? refuse(`"${text}" is too short; the least is ${least} seconds`) : time
  })
}

/** A whole number within bounds. */
export function integer(least: number, most: number) {
  return kind((text, refuse) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    return refuse(`"${text}" is not a whole number from ${least} to ${most}`)
  })
}

/** One of some words. */
export function choice<const T extends string>(words: readonly T[]) {
  return kind((text, refuse): T => {
    const word = words.find((one) => one === text)
    return word ?? refuse(`"${text}" is not known; write one of: ${words.join(', ')}`)
  })
}

/** Comma list of texts; empty, NONE and `off` are an empty list. */
export const textList = kind((text): readonly string[] => splitList(text))

/** Comma list in which every entry must pass `check`, which says what is wrong with it, or `null`. */
export function checkedList(check: (entry: string) => string | null) {
  return kind((text, refuse): readonly string[] => {
    const entries = splitList(text)
    const problems = entries.map(check).filter((problem) => problem !== null)
    return problems.length > 0 ? refuse(...problems) : entries
  })
}

/** Addresses and CIDR blocks; `unix:` is accepted for Kong's sake and left out. */
export const addressBlocks = kind((text, refuse): readonly string[] => {
  const entries = splitList(text).filter((entry) => entry !== 'unix:')
  const wrong = entries.filter((entry) => !(ipaddr.isValidCIDR(entry) || isWholeAddress(entry)))
  if (wrong.length === 0) return entries
  return refuse(...wrong.map((entry) => `"${entry}" is not an address or block; write as 10.0.0.0/8 or ::1`))
})

/** Comma list of listeners, or `off`. */
export const listeners = kind((text, refuse): readonly Listener[] => {
  const result = parseListen(text)
  return result.problems.length > 0 ? refuse(...result.problems) : result.listeners
})

/** `auto`, or a whole number of at least 1. */
export const autoOrCount = kind((text, refuse): number | 'auto' => {
  if (text === 'auto') return 'auto'
  const count = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : Number.NaN
  return count <= 1024 ? count : refuse(`"${text}" is not a count; write auto, or a whole number from 1 to 1024`)
})

/** A UUID, or absent (`null`). */
export const optionalUuid = kind((text, refuse) => {
  if (none(text)) return null
  const valid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
  return valid ? text.toLowerCase() : refuse(`"${text}" is not a UUID; leave it out to have one generated`)
})

/** Names of headers; group names stand for several, spelling of case is mended. */
export function headerList(names: readonly string[], groups: Readonly<Record<string, readonly string[]>>) {
  const byWord = new Map<string, readonly string[]>(names.map((name) => [name.toLowerCase(), [name]]))
  for (const [word, members] of Object.entries(groups)) byWord.set(word, members)
  const known = [...Object.keys(groups), ...names].join(', ')
  return kind((text, refuse): readonly string[] => {
    const found = new Set<string>()
    const wrong: string[] = []
    for (const entry of splitList(text)) {
      const members = byWord.get(entry.toLowerCase())
      if (!members) wrong.push(`"${entry}" is not known; write off, or some of: ${known}`)
      for (const member of members ?? []) found.add(member)
    }
    return wrong.length > 0 ? refuse(...wrong) : [...found]
  })
}

/** The name of a header, in lower case. */
export const headerName = kind((text, refuse) => {
  if (text.toLowerCase() === 'proxy_protocol') {
    return refuse('"proxy_protocol" is not served; write X-Real-IP, X-Forwarded-For or another header')
  }
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text) ? text.toLowerCase() : refuse(`"${text}" is not the name of a header`)
})

function splitList(text: string): string[] {
  if (none(text) || text === 'off') return []
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

function isWholeAddress(text: string): boolean {
  // ipaddr.js also reads 10 and 0x7f.1 as IPv4 addresses; whoever writes that means something else.
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}
