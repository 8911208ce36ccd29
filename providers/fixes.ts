/** Small changes of a request body that many providers want, to be put together in their definitions. */

import type { JsonObject } from './canonical/json.ts'
import type { ProviderDefinition } from './provider.ts'

/** Returns the body itself where nothing is to change, so that its text can go on untouched. */
export type Fix = NonNullable<ProviderDefinition['fixRequest']>

export function without(...names: readonly string[]): Fix {
  return function dropFields(body) {
    if (!names.some((name) => body[name] !== undefined)) return body
    const fixed = { ...body }
    for (const name of names) delete fixed[name]
    return fixed
  }
}

/** A value under the new name wins over one under the old. */
export function renamed(from: string, to: string): Fix {
  return function renameField(body) {
    if (body[from] === undefined) return body
    const { [from]: value, ...rest } = body
    return { ...rest, [to]: rest[to] ?? value }
  }
}

export function inTurn(...fixes: readonly Fix[]): Fix {
  return function fixInTurn(body: JsonObject, model: string) {
    let fixed = body
    for (const fix of fixes) fixed = fix(fixed, model)
    return fixed
  }
}

/** `max_tokens` is all that most of those know who copied OpenAI's API before it got a second name. */
export const oldMaxTokens = renamed('max_completion_tokens', 'max_tokens')
