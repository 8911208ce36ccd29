/** Fields that only one format knows: how a codec sets them aside and puts them back. */

import { isDeepStrictEqual } from 'node:util'
import type { Extras } from '../../canonical/conversation.ts'
import type { Json, JsonObject } from '../../canonical/json.ts'

const none: JsonObject = Object.freeze({})

/** The fields that the same format set aside; empty where another format, or none, did. */
export function ownFields(holder: { readonly extras?: Extras }, format: string): JsonObject {
  return holder.extras?.format === format ? holder.extras.fields : none
}

/** The fields of `object` that are not in `known`; undefined where there are none. */
export function unknownFields(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let found: JsonObject | undefined
  for (const key of Object.keys(object)) {
    if (known.has(key) || object[key] === undefined) continue
    found ??= {}
    found[key] = object[key]
  }
  return found
}

/** Gives `holder` the fields, if there are any, and returns it. */
export function withExtras<T extends { extras?: Extras }>(
  holder: T,
  format: string,
  fields: JsonObject | undefined,
): T {
  if (fields !== undefined && Object.keys(fields).length > 0) holder.extras = { format, fields }
  return holder
}

/**
 * What a field is written as: the client's own spelling while it still means the same, else the encoder's.
 * One meaning often has several spellings, as `"stop": "x"` and `"stop": ["x"]`.
 */
export function spelled<T>(
  raw: Json | undefined,
  meaning: (raw: Json) => T | undefined,
  now: T | undefined,
  encode: (now: T) => Json | undefined,
): Json | undefined {
  if (raw !== undefined && isDeepStrictEqual(meaning(raw), now)) return raw
  return now === undefined ? undefined : encode(now)
}
