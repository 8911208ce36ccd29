/** The headers that tell an upstream who calls; a client cannot set them on a route that authenticates. */

import type { Consumer } from '../entities/consumer.ts'
import type { AccessPdk } from '../pdk/define-plugin.ts'

/** Sets the X-Consumer-* headers, and removes those that do not apply. `credential` is null for the anonymous consumer. */
export function tellUpstream(
  kong: AccessPdk,
  consumer: Consumer | null,
  credential: { readonly identifier: string | undefined } | null,
): void {
  put(kong, 'X-Consumer-ID', consumer?.id)
  put(kong, 'X-Consumer-Custom-ID', consumer?.custom_id)
  put(kong, 'X-Consumer-Username', consumer?.username)
  put(kong, 'X-Credential-Identifier', credential?.identifier)
  put(kong, 'X-Anonymous-Consumer', credential === null ? 'true' : undefined)
}

function put({ service }: AccessPdk, name: string, value: string | null | undefined): void {
  if (typeof value === 'string') service.request.setHeader(name, headerText(value))
  else service.request.clearHeader(name)
}

/** Header values are bytes: what is not ASCII goes as UTF-8, as Kong sends it. */
function headerText(value: string): string {
  for (let index = 0; index < value.length; index++) {
    if (value.charCodeAt(index) > 0x7e) return Buffer.from(value, 'utf8').toString('latin1')
  }
  return value
}
