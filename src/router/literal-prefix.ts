/** What every match of a regular expression starts with, by which its route can be looked up like one with a prefix. */

const literal = /\\([^A-Za-z0-9])|([^\\^$.|?*+()[\]{}])/y

/**
 * The text before the first part of the pattern that can vary; empty where nothing is sure.
 *
 * @example
 * literalPrefix('/v1\\.0/users/\\d+') // '/v1.0/users/'
 */
export function literalPrefix(pattern: string): string {
  if (hasAlternatives(pattern)) return ''
  let prefix = ''
  literal.lastIndex = 0
  for (let found = literal.exec(pattern); found !== null; found = literal.exec(pattern)) {
    // A quantifier may ask for the character before it no times at all.
    if (/^[?*+{]/.test(pattern.charAt(literal.lastIndex))) break
    prefix += found[1] ?? found[2] ?? ''
  }
  return prefix
}

/** Whether the pattern as a whole is one of several: `/a|/b`, but not `/(a|b)`. */
function hasAlternatives(pattern: string): boolean {
  let depth = 0
  for (const [part] of pattern.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[()|]/gs)) {
    if (part === '(') depth += 1
    else if (part === ')') depth -= 1
    else if (part === '|' && depth === 0) return true
  }
  return false
}
