/** Settings in a form that may be printed. */

import { type Settings, secretNames } from './schema.ts'

/** A copy in which secrets are `<redacted>`; absent ones and vault references stay as they are. */
export function redactedSettings(settings: Settings): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, secretNames.has(name) ? redacted(value) : value]),
  )
}

function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted)
  if (value === null || (typeof value === 'string' && isVaultReference(value))) return value
  return '<redacted>'
}

/** Whether a text is a reference such as `{vault://env/TOKEN}`, which holds no secret itself. */
export function isVaultReference(text: string): boolean {
  return /^\{vault:\/\/[^{}\s]+\}$/.test(text)
}
