/** What a consistent hash is made of: one property of the request, else another. */

import { randomUUID } from 'node:crypto'
import type { Upstream } from '../../entities/upstream.ts'
import type { PickContext } from '../types.ts'

type Reader = (context: PickContext) => string | undefined

/** Reads the value to hash of a request; empty where it has neither property. */
export function hashValue(upstream: Upstream): (context: PickContext) => string {
  const first = reader(
    upstream.hash_on,
    upstream,
    upstream.hash_on_header,
    upstream.hash_on_query_arg,
    upstream.hash_on_uri_capture,
  )
  const second = reader(
    upstream.hash_fallback,
    upstream,
    upstream.hash_fallback_header,
    upstream.hash_fallback_query_arg,
    upstream.hash_fallback_uri_capture,
  )
  return function readHashValue(context) {
    return first(context) || second(context) || ''
  }
}

type Name = string | null

function reader(input: Upstream['hash_on'], upstream: Upstream, header: Name, query: Name, capture: Name): Reader {
  switch (input) {
    case 'none':
      return () => undefined
    case 'consumer':
      return (context) => context.consumer
    case 'ip':
      return (context) => context.ip
    case 'path':
      return (context) => context.path
    case 'header':
      return named(header, (context, name) => context.header(name))
    case 'query_arg':
      return named(query, (context, name) => context.query(name))
    case 'uri_capture':
      return named(capture, (context, name) => context.uriCapture(name))
    case 'cookie':
      return cookieReader(upstream)
  }
}

function named(name: Name, read: (context: PickContext, name: string) => string | undefined): Reader {
  return name === null ? () => undefined : (context) => read(context, name)
}

/** A client without the cookie is given one, so that it comes to the same target next time. */
function cookieReader({ hash_on_cookie: name, hash_on_cookie_path: path }: Upstream): Reader {
  if (name === null) return () => undefined
  // The tries of one request must hash the same value, though its cookie is not there yet.
  const given = new WeakMap<PickContext, string>()
  return function readCookie(context) {
    const known = context.cookie(name) || given.get(context)
    if (known !== undefined) return known
    const value = randomUUID()
    given.set(context, value)
    context.setCookie(cookie(name, value, path))
    return value
  }
}

/** A session cookie that scripts cannot read. */
export function cookie(name: string, value: string, path: string): string {
  return `${name}=${value}; Path=${path}; SameSite=Lax; HttpOnly`
}
