/** Which kinds of bodies the Admin API reads. */

import type { MiddlewareHandler } from 'hono'
import { AdminError } from '../answer.ts'

/** Greatest body, in bytes: what `nginx_admin_client_max_body_size` is in Kong when nothing is set. */
export const maxBodySize = 10 * 1024 * 1024

export type BodyKind = 'form' | 'json' | 'multipart' | 'none' | 'yaml'

const withBody = new Set(['PATCH', 'POST', 'PUT'])
const kinds: readonly (readonly [string, BodyKind])[] = [
  ['application/json', 'json'],
  ['application/x-www-form-urlencoded', 'form'],
  ['multipart/form-data', 'multipart'],
  ['application/yaml', 'yaml'],
  ['text/yaml', 'yaml'],
]

/** What a Content-Type header announces; `none` without one. Throws 400 or 415 for what is not read. */
export function bodyKind(contentType: string | undefined): BodyKind {
  if (contentType === undefined || contentType.trim() === '') return 'none'
  if (contentType.replaceAll(/"[^"]*"/g, '').includes(',')) {
    throw new AdminError(400, 'Multiple Content-Type headers not allowed')
  }
  const mediaType = contentType.split(';')[0]?.trim().toLowerCase()
  const kind = kinds.find(([name]) => name === mediaType)?.[1]
  if (kind === undefined) throw new AdminError(415, 'Unsupported media type')
  return kind
}

/** Refuses what no endpoint reads; YAML is read by `/config` alone. */
export function checkContentType(): MiddlewareHandler {
  return async function checkMediaType(c, next) {
    if (withBody.has(c.req.method)) {
      const kind = bodyKind(c.req.header('Content-Type'))
      if (kind === 'yaml' && !/^\/config\/?$/.test(c.req.path)) throw new AdminError(415, 'Unsupported media type')
    }
    return next()
  }
}
