/** Looks for a key in a request, at every place and under every name that the config allows. */

import type { AccessPdk } from '../../pdk/index.ts'
import { type Body, bodyValue, readBody } from './body.ts'
import type { KeyAuthConfig } from './config.ts'

export interface FoundKey {
  readonly key: string
  readonly name: string
  readonly place: 'header' | 'query' | 'body'
  /** Where it was read. */
  readonly body?: Body
}

/** Why there is no key. */
export type NoKey = 'none' | 'duplicate' | 'unreadable body'

export function isFound(found: FoundKey | NoKey): found is FoundKey {
  return typeof found === 'object'
}

/** For each name: header, then query, then body. The body is read only where neither of the first two has a key. */
export function findKey(kong: AccessPdk, config: KeyAuthConfig): FoundKey | NoKey | Promise<FoundKey | NoKey> {
  if (config.key_in_body && hasBody(kong)) return findWithBody(kong, config)
  for (const name of config.key_names) {
    const found = findOutsideBody(kong, config, name)
    if (found !== 'none') return found
  }
  return 'none'
}

async function findWithBody(kong: AccessPdk, config: KeyAuthConfig): Promise<FoundKey | NoKey> {
  let body: Body | null = null
  for (const name of config.key_names) {
    const found = findOutsideBody(kong, config, name)
    if (found !== 'none') return found
    body ??= await readBody(kong)
    if (body === null) return 'unreadable body'
    const value = bodyValue(body, name)
    if (Array.isArray(value)) return 'duplicate'
    if (typeof value === 'string' && value !== '') return { key: value, name, place: 'body', body }
  }
  return 'none'
}

function findOutsideBody(kong: AccessPdk, config: KeyAuthConfig, name: string): FoundKey | NoKey {
  if (config.key_in_header) {
    const [key, other] = kong.request.getHeaderValues(name)
    if (other !== undefined) return 'duplicate'
    if (key) return { key, name, place: 'header' }
  }
  if (config.key_in_query && kong.request.getRawQuery() !== '') {
    const key = kong.request.getQuery()[name]
    if (Array.isArray(key)) return 'duplicate'
    if (typeof key === 'string' && key !== '') return { key, name, place: 'query' }
  }
  return 'none'
}

function hasBody({ request }: AccessPdk): boolean {
  return request.getHeader('transfer-encoding') !== undefined || Number(request.getHeader('content-length') ?? 0) > 0
}
