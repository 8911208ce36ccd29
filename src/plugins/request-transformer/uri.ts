/** Replaces the path of the request to the service. */

import { TollError } from '../../errors/registry.ts'
import type { AccessPdk } from '../../pdk/index.ts'
import type { Environment } from './expression.ts'
import { render, type Template } from './template.ts'

export function replaceUri(kong: AccessPdk, template: Template, environment: Environment): void {
  // What clients send must not end the path, nor climb out of it; what the config says is its author's business.
  const rendered = render(template, environment, escapeValue)
  const mark = rendered.indexOf('?')
  const path = mark < 0 ? rendered : rendered.slice(0, mark)
  const literal = template.filter((part) => typeof part === 'string').join('')
  if (hasDotSegment(path) && !hasDotSegment(literal)) throw new TollError('TOLL_PATH_UNSAFE', { what: 'dot segments' })
  kong.service.request.setPath(path.startsWith('/') ? path : `/${path}`)
  if (mark < 0) return
  const query = [rendered.slice(mark + 1), kong.service.request.getRawQuery()].filter((part) => part !== '')
  kong.service.request.setRawQuery(query.join('&'))
}

/** Leaves what may stand in a path, escapes that are there included (RFC 3986, 3.3). */
function escapeValue(value: string): string {
  return value
    .toWellFormed()
    .replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu, (character) => encodeURIComponent(character))
}

function hasDotSegment(path: string): boolean {
  return /(?:^|\/|%2f)(?:\.|%2e){1,2}(?:\/|%2f|$)/i.test(path)
}
