/** JSON bodies whose top level is changed and whose every other part must come out as it went in. */

declare global {
  interface JSON {
    /** ECMAScript's "JSON.parse source text access", which the compiler's library lacks yet. */
    rawJSON(text: string): object
  }
}

/**
 * Parses a body; null where it is not a JSON object.
 * Numbers that JavaScript cannot hold, as 64-bit ids, keep their digits.
 */
export function parseJsonObject(text: string): Record<string, unknown> | null {
  let value: unknown
  try {
    value = /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
  } catch {
    return null
  }
  return isJsonObject(value) ? value : null
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a content type is one of JSON. */
export function isJsonType(contentType: string | undefined): boolean {
  return contentType !== undefined && /^\s*application\/([\w.+-]+\+)?json\s*(;|$)/i.test(contentType)
}

/** What a value becomes when another is appended to it. */
export function appended(present: unknown, value: unknown): unknown[] {
  if (present === undefined || present === null) return [value]
  return Array.isArray(present) ? [...present, value] : [present, value]
}

function keepDigits(_: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value
  return String(value) === context.source ? value : JSON.rawJSON(context.source)
}
