/** Signs a request to Bedrock with the credentials that are configured, or those of the environment. */

import type { ProviderOptions, RequestToSign, SigningKeys } from '../provider.ts'
import { signatureHeaders } from './sigv4.ts'
import { credentialsOf, regionOf } from './surroundings.ts'

/** Names and values in turn; none where there are no credentials. Throws an Error where there is no region. */
export function sign(request: RequestToSign, keys: SigningKeys, options: ProviderOptions): string[] {
  const credentials = credentialsOf(keys)
  if (credentials === null) return []
  return signatureHeaders(request, credentials, {
    region: regionOf(options),
    service: 'bedrock-mantle',
    date: new Date(),
  })
}
