/** Changes of a few fields in JSON text, so that all other bytes of a body reach the provider as the client wrote them. */

import { TollError } from '../../src/errors/registry.ts'
import type { Json, JsonObject } from '../canonical/json.ts'

/** `undefined` removes the key. */
export type TopLevelEdits = Readonly<Record<string, Json | undefined>>

interface Member {
  /** Offset of the key's opening quote. */
  readonly start: number
  readonly valueStart: number
  /** Offset after the value. */
  readonly end: number
  /** The name of the edit that it falls under. */
  readonly edit: string | undefined
}

/**
 * Sets, replaces or removes top-level fields of the text of a JSON object. Numbers, key order, white space and
 * escapes elsewhere stay; where a key stands twice each of its values is edited. Throws TOLL_BAD_JSON for text that is no object.
 *
 * @example
 * editTopLevel(Buffer.from('{"model":"a","seed":9007199254740993}'), { model: 'b' })
 */
export function editTopLevel(bytes: Buffer, edits: TopLevelEdits): Buffer {
  const names = Object.keys(edits)
  if (names.length === 0) return bytes
  // One character for each byte: offsets in the text are offsets in the bytes.
  const text = bytes.toString('latin1')
  const wanted = new Map<string, string>()
  for (const name of names) wanted.set(Buffer.from(name).toString('latin1'), name)

  const members: Member[] = []
  const open = skipSpace(text, 0)
  if (text[open] !== '{') throw bad('it is not an object')
  let at = skipSpace(text, open + 1)
  while (text[at] === '"') {
    const keyEnd = stringEnd(text, at)
    const edit = editOf(text.slice(at + 1, keyEnd - 1), wanted)
    const colon = skipSpace(text, keyEnd)
    if (text[colon] !== ':') throw bad('a colon is missing')
    const valueStart = skipSpace(text, colon + 1)
    const end = valueEnd(text, valueStart)
    members.push({ start: at, valueStart, end, edit })
    at = skipSpace(text, end)
    if (text[at] !== ',') break
    at = skipSpace(text, at + 1)
  }
  if (text[at] !== '}') throw bad('a closing brace is missing')

  return splice(bytes, members, edits, open + 1)
}

/** What must be edited in the text of `before` to make it `after`; undefined where nothing differs. Compares by identity. */
export function topLevelEdits(before: JsonObject, after: JsonObject): TopLevelEdits | undefined {
  if (before === after) return undefined
  const edits: Record<string, Json | undefined> = {}
  let some = false
  for (const key of Object.keys(before)) {
    if (before[key] === after[key]) continue
    edits[key] = after[key]
    some = true
  }
  for (const key of Object.keys(after)) {
    if (key in before || after[key] === undefined) continue
    edits[key] = after[key]
    some = true
  }
  return some ? edits : undefined
}

function splice(bytes: Buffer, members: readonly Member[], edits: TopLevelEdits, bodyStart: number): Buffer {
  const pieces: Buffer[] = []
  const present = new Set<string>()
  let copied = 0
  let kept = 0
  let previousEnd = bodyStart
  for (const member of members) {
    const value = member.edit === undefined ? undefined : edits[member.edit]
    if (member.edit !== undefined) present.add(member.edit)
    if (member.edit !== undefined && value === undefined) {
      pieces.push(bytes.subarray(copied, previousEnd))
      copied = member.end
    } else {
      if (kept === 0 && copied > 0) {
        // What stood before the first kept member is gone, and the comma after it must go too.
        copied = member.start
      }
      kept += 1
      if (member.edit !== undefined) {
        pieces.push(bytes.subarray(copied, member.valueStart), Buffer.from(JSON.stringify(value)))
        copied = member.end
      }
    }
    previousEnd = member.end
  }
  let added = ''
  for (const [name, value] of Object.entries(edits)) {
    if (value === undefined || present.has(name)) continue
    added += `${kept + added.length > 0 ? ',' : ''}${JSON.stringify(name)}:${JSON.stringify(value)}`
  }
  if (added !== '') {
    if (previousEnd > copied) pieces.push(bytes.subarray(copied, previousEnd))
    pieces.push(Buffer.from(added))
    copied = Math.max(copied, previousEnd)
  }
  pieces.push(bytes.subarray(copied))
  return Buffer.concat(pieces)
}

function editOf(key: string, wanted: ReadonlyMap<string, string>): string | undefined {
  if (!key.includes('\\')) return wanted.get(key)
  const name: unknown = JSON.parse(Buffer.from(`"${key}"`, 'latin1').toString('utf8'))
  return typeof name === 'string' ? wanted.get(Buffer.from(name).toString('latin1')) : undefined
}

function skipSpace(text: string, at: number): number {
  let index = at
  for (;;) {
    const code = text.charCodeAt(index)
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return index
    index += 1
  }
}

/**
 * `at` is an opening quote; the result is the offset after the closing one. The first step is a native search, for media
 * in base64 is long and has no escapes; in text that has them every quote may be one, and a plain walk is faster.
 */
function stringEnd(text: string, at: number): number {
  const quote = text.indexOf('"', at + 1)
  if (quote === -1) throw bad('a string has no end')
  if (text.charCodeAt(quote - 1) !== 92) return quote + 1
  let slashes = 1
  while (text.charCodeAt(quote - 1 - slashes) === 92) slashes += 1
  let index = slashes % 2 === 0 ? quote : quote + 1
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 92) index += 1
    else if (code === 34) return index + 1
  }
  throw bad('a string has no end')
}

function valueEnd(text: string, at: number): number {
  let depth = 0
  let index = at
  for (;;) {
    const code = text.charCodeAt(index)
    if (Number.isNaN(code)) throw bad('it ends early')
    if (code === 34) {
      index = stringEnd(text, index)
      if (depth === 0) return index
      continue
    }
    if (code === 123 || code === 91) depth += 1
    else if (code === 125 || code === 93) {
      if (depth === 0) return scalarEnd(text, at, index)
      depth -= 1
      if (depth === 0) return index + 1
    } else if (code === 44 && depth === 0) return scalarEnd(text, at, index)
    index += 1
  }
}

/** A number or a word ends before the white space that precedes the comma or brace at `stop`. */
function scalarEnd(text: string, at: number, stop: number): number {
  let end = stop
  while (end > at && skipSpace(text, end - 1) !== end - 1) end -= 1
  if (end === at) throw bad('a value is missing')
  return end
}

function bad(reason: string): TollError {
  return new TollError('TOLL_BAD_JSON', { reason })
}
