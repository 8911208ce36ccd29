/** Paths of routes: a prefix that is in normal form, or `~` and a regular expression. */

import type { TextCheck } from './text-checks.ts'

/** Complains of a path that no route may have. */
export const checkRoutePath: TextCheck = (text) => {
  if (text.startsWith('~/')) {
    try {
      routeRegex(text.slice(1))
      return null
    } catch (error) {
      return `invalid regex: '${text.slice(1)}' (${error instanceof Error ? error.message : String(error)})`
    }
  }
  if (!text.startsWith('/')) return 'should start with: / (fixed path) or ~/ (regex path)'
  if (text.includes('//')) return 'must not have empty segments'
  const bad = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(text)
  if (bad !== null) return `invalid url-encoded value: '${bad[0]}'`
  const normal = normalizePath(text)
  return normal === text ? null : `non-normalized path, consider use '${normal}' instead`
}

/**
 * Compiles the regular expression of a route path (without its `~`), anchored at the start, PCRE's spelling of named
 * groups and of a leading `(?i)` included. Throws SyntaxError.
 */
export function routeRegex(pattern: string): RegExp {
  const inline = /^\/?\(\?([ims]+)\)/.exec(pattern)
  const flags = inline?.[1] ?? ''
  const body = inline === null ? pattern : pattern.replace(`(?${flags})`, '')
  return new RegExp(`^(?:${body.replaceAll('(?P<', '(?<')})`, [...new Set(flags)].join(''))
}

/** Decodes what needs no escape, raises the hex digits of the rest, and resolves `.` and `..` (RFC 3986, 6.2.2). */
export function normalizePath(path: string): string {
  const unescaped = path.replace(/%[0-9A-Fa-f]{2}/g, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return /[A-Za-z0-9\-._~]/.test(character) ? character : escaped.toUpperCase()
  })
  const kept: string[] = []
  const segments = unescaped.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    if (segment === '..') kept.pop()
    if (segment === '.' || segment === '..' || (segment === '' && !last)) {
      if (last) kept.push('')
    } else {
      kept.push(segment)
    }
  }
  return `/${kept.join('/')}`
}
