/** The names that credentials go by: one rule for what the Admin API does not print and for what stays out of logs. */

const secretNames = [
  /(^|_)(password|passwd|passphrase|secrets?|token|apikey|jwks?|dsn|authorization)$/,
  /^(set_)?cookie$/,
  /(^|_)(key|service_account_json|connection_string)$/,
  /(^|_)(headers?|param|args|authorization)_values?$/,
]
/** Keys that open nothing. */
const harmlessName = /(^|_)(public|cache|partition|hash|group|routing|primary|foreign|sort)_key$/

/** Whether credentials go by this name, be it that of a field or of a header. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll('-', '_')
  return secretNames.some((pattern) => pattern.test(plain)) && !harmlessName.test(plain)
}

/** The texts in a value that stand under such names, and what follows the scheme in those that have one. */
export function* secretTexts(value: unknown, name = ''): Generator<string> {
  if (typeof value === 'string') {
    if (!isSecretName(name)) return
    yield value
    const bare = /^(?:bearer|basic|token|key|api-?key) +(\S+)$/i.exec(value)?.[1]
    if (bare !== undefined) yield bare
  } else if (Array.isArray(value)) {
    for (const item of value) yield* secretTexts(item, name)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* secretTexts(item, key)
  }
}
