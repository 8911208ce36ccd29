/** Takes the key out of the request that goes upstream. */

import type { AccessPdk } from '../../pdk/index.ts'
import { withoutField } from './body.ts'
import type { FoundKey } from './find-key.ts'

/** Removes the name under which the key came from headers and query, and from the body where that was read. */
export function hideKey(kong: AccessPdk, { name, body }: FoundKey): void {
  const { request } = kong.service
  request.clearHeader(name)
  const query = kong.request.getRawQuery()
  if (query !== '') {
    const pieces = query.split('&')
    const kept = pieces.filter((piece) => nameOf(piece) !== name)
    if (kept.length < pieces.length) request.setRawQuery(kept.join('&'))
  }
  if (body !== undefined) request.setRawBody(withoutField(body, name))
}

/** The decoded name of one query argument. */
function nameOf(piece: string): string | undefined {
  return new URLSearchParams(piece).keys().next().value
}
