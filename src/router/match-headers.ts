/** Headers of a route: every name must be there, with one of its values. */

import type { IncomingHttpHeaders } from 'node:http'
import type { RequestTest } from './request.ts'
import type { Flavor } from './split.ts'

const regexMark = '~*'

/**
 * Every header named, each with any of its values, whatever their case. A value `~*...` is a regular expression;
 * under `traditional` only if it is the header's sole value. Throws SyntaxError.
 */
export function headerTest(headers: Readonly<Record<string, readonly string[]>>, flavor: Flavor): RequestTest {
  const tests = Object.entries(headers).map(([name, values]) => oneHeader(name, values, flavor))
  return (request) => tests.every((test) => test(request.input.headers))
}

function oneHeader(name: string, values: readonly string[], flavor: Flavor): (headers: IncomingHttpHeaders) => boolean {
  const names = lookupNames(name, flavor)
  const regexAllowed = flavor === 'traditional_compatible' || values.length === 1
  const patterns: RegExp[] = []
  const plain = new Set<string>()
  for (const value of values) {
    if (regexAllowed && value.startsWith(regexMark)) patterns.push(new RegExp(value.slice(regexMark.length), 'i'))
    else plain.add(value.toLowerCase())
  }
  const fits = (value: string) => plain.has(value.toLowerCase()) || patterns.some((pattern) => pattern.test(value))
  return (headers) => names.some((each) => headerValues(headers, each).some(fits))
}

/** The names under which a request may carry the header: `traditional_compatible` tells `-` and `_` not apart. */
export function lookupNames(name: string, flavor: Flavor): readonly string[] {
  const lower = name.toLowerCase()
  if (flavor === 'traditional') return [lower]
  return [...new Set([lower, lower.replaceAll('_', '-'), lower.replaceAll('-', '_')])]
}

/** The text of a header; undefined where there is none, and for what a plain object has besides, as `constructor`. */
export function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value: unknown = headers[name]
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.join(', ') : undefined
}

/** Node joins a header that came more than once; the whole is a value, and so is each part (RFC 9110, 5.3). */
function headerValues(headers: IncomingHttpHeaders, name: string): readonly string[] {
  const text = headerText(headers, name)
  if (text === undefined) return []
  return text.includes(', ') ? [text, ...text.split(', ')] : [text]
}
