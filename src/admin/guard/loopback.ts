/**
 * Keeps web pages away from an Admin API that listens on this machine alone and asks for no token: a page may point a
 * name of its own at 127.0.0.1 (DNS rebinding), or have a browser send a form there.
 */

import type { MiddlewareHandler } from 'hono'
import { isLoopback } from '../../settings/index.ts'
import { message } from '../answer.ts'

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

export function onlyLoopback(): MiddlewareHandler {
  return async function checkHostAndOrigin(c, next) {
    const { host: urlHost } = new URL(c.req.url)
    const host = c.req.header('Host') ?? urlHost
    // A request line with a whole URL names a host of its own.
    if (!isLoopbackHost(host) || !isLoopbackHost(urlHost)) {
      return message('the Host header names no loopback address; set admin_token to serve other names', 403)
    }
    const origin = c.req.header('Origin')
    if (origin !== undefined && !reading.has(c.req.method) && hostOf(origin) !== host.toLowerCase()) {
      return message('requests from pages of other origins are refused', 403)
    }
    return next()
  }
}

/** `localhost`, a name below it, or a loopback address; the port does not matter. */
function isLoopbackHost(host: string): boolean {
  const name = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::\d+)?$/.exec(host)
  const bare = name?.[1] ?? name?.[2] ?? ''
  return isLoopback(bare) || /^(.+\.)?localhost\.?$/i.test(bare)
}

/** `null` for an origin that is none, as browsers send for sandboxed pages. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}
