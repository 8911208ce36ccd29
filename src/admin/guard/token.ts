/** Lets only callers in that know the token of the Admin API. */

import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { resolveReferences } from '../../secrets/resolve.ts'
import { message } from '../answer.ts'

/**
 * Wants `Kong-Admin-Token: T` or `Authorization: Bearer T`. The token may be a vault reference; throws where that
 * stands for nothing, since an Admin API whose token is empty, or a text that can be guessed, is open to all.
 */
export function requireToken(token: string, env: NodeJS.ProcessEnv): MiddlewareHandler {
  const { value, missing } = resolveReferences(token, [], env)
  if (value === '') throw new Error(`admin_token: ${missing.join(', ') || 'the token is empty'}`)
  const expected = digest(value)
  return async function checkToken(c, next) {
    const given = c.req.header('Kong-Admin-Token') ?? bearer(c.req.header('Authorization'))
    // Hashed first, so that neither the length nor the common start of the two shows in the time it takes.
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      return message('Unauthorized', 401, { 'WWW-Authenticate': 'Bearer' })
    }
    return next()
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function bearer(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
}
