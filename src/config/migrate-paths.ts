/** Brings the route paths of files before version 3.0 to the rule of 3.0, where `~` marks a regular expression. */

import { normalizePath } from '../entities/route-paths.ts'
import type { Fields } from './records.ts'

const plainPath = /^[a-zA-Z0-9._~/%-]*$/

/** A path made of plain characters stays a prefix, in normal form; any other was a regular expression. */
export function migratePath(path: string): string {
  if (plainPath.test(path)) return normalizePath(path)
  const decoded = path.replace(/%[0-9A-Fa-f]{2}/g, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    // Decoded text stands for itself, so what has a meaning in a pattern is escaped.
    if (/[A-Za-z0-9\-_~]/.test(character)) return character
    return character === '.' ? '\\.' : escaped.toUpperCase()
  })
  return `~${decoded}`
}

/** The same route with its paths brought over. */
export function migrateRoute(route: Fields): Fields {
  if (!Array.isArray(route.paths)) return route
  return { ...route, paths: route.paths.map((path: unknown) => (typeof path === 'string' ? migratePath(path) : path)) }
}
