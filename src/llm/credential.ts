/** Puts the configured credential into a request, and no other. */

import type { RequestToSign } from '../../providers/provider.ts'
import { TollError } from '../errors/registry.ts'
import { isHeaderValue } from '../http/headers.ts'
import type { CallContext } from '../upstream/call.ts'
import { authority, type Target } from './target.ts'

/** Name and value in turn. The client's own counts only where it may override, and only under the same header. */
export function credentialHeaders({ auth }: Target, context: CallContext): string[] {
  const { header_name: name, header_value: configured } = auth
  if (name === undefined || configured === undefined) return []
  const sent = context.headers[name.toLowerCase()]
  const value = auth.allow_override && typeof sent === 'string' ? sent : configured
  if (!isHeaderValue(value)) {
    throw new TollError('TOLL_PDK_ARGUMENT', { function: 'auth.header_value', reason: 'it holds a control character' })
  }
  return [name, value]
}

/** Name and value in turn, where the provider wants requests signed. A configured header takes the signature's place. */
export function signedHeaders(
  { provider, endpoint, auth, model }: Target,
  request: Omit<RequestToSign, 'host'>,
): string[] {
  if (provider.sign === undefined || endpoint === null || auth.header_name !== undefined) return []
  return provider.sign({ ...request, host: authority(endpoint) }, auth, model.options)
}

export function withQueryCredential(path: string, auth: Target['auth']): string {
  const { param_location: location, param_name: name, param_value: value } = auth
  if (location !== 'query' || name === undefined || value === undefined) return path
  return `${path}${path.includes('?') ? '&' : '?'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`
}
