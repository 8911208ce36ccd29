/** The values that stand in a WWW-Authenticate header. */

/** A quoted string (RFC 9110, 5.6.4). */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
