/** One model at one provider, with all that a call to it needs, worked out when the configuration is loaded. */

import type { ProviderDefinition } from '../../providers/provider.ts'
import type { AuthConfig, ModelConfig } from './config.ts'

export interface Endpoint {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  /** Path and query in front of which nothing more goes; absent: the base path, to which the operation's path is added. */
  readonly fullPath: string | undefined
  readonly basePath: string
}

export interface Target {
  readonly provider: ProviderDefinition
  readonly model: ModelConfig
  readonly auth: AuthConfig
  readonly endpoint: Endpoint | null
}

/** Throws a TypeError where the address is none. */
export function makeTarget(provider: ProviderDefinition, model: ModelConfig, auth: AuthConfig): Target {
  const full = model.options.upstream_url
  const address = full ?? provider.baseUrl
  return { provider, model, auth, endpoint: address === undefined ? null : parseEndpoint(address, full !== undefined) }
}

/** A full address with a path is taken as it is; without one, or as a base, the operation's path is added. */
export function parseEndpoint(address: string, full: boolean): Endpoint {
  const url = new URL(address)
  const scheme = url.protocol === 'https:' ? 'https' : 'http'
  const path = url.pathname.replace(/\/$/, '')
  return {
    scheme,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (scheme === 'https' ? 443 : 80),
    fullPath: full && path !== '' ? path + url.search : undefined,
    basePath: path,
  }
}
