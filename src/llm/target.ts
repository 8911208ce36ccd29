/** One model at one provider, with all that a call to it needs, worked out when the configuration is loaded. */

import { isIP } from 'node:net'
import { baseUrlOf, type ProviderDefinition } from '../../providers/provider.ts'
import type { TlsOptions } from '../upstream/types.ts'
import type { AuthConfig, ModelConfig } from './config.ts'

export interface Endpoint {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  /** Path and query in front of which nothing more goes; absent: the base path, to which the operation's path is added. */
  readonly fullPath: string | undefined
  readonly basePath: string
  /** One object for each way to treat certificates, so that connections are found again by it. */
  readonly verified: TlsOptions
  readonly unverified: TlsOptions
}

export interface Target {
  readonly provider: ProviderDefinition
  readonly model: ModelConfig
  readonly auth: AuthConfig
  readonly endpoint: Endpoint | null
  /** Its name or an option holds a template, to be filled in for each request. */
  readonly templated: boolean
}

/**
 * `meaning` says what an `upstream_url` with a path is: the endpoint itself, as in Kong, or the base of all of them.
 * Throws a TypeError where the address is none.
 */
export function makeTarget(
  provider: ProviderDefinition,
  model: ModelConfig,
  auth: AuthConfig,
  meaning: 'endpoint' | 'base' = 'endpoint',
): Target {
  const own = model.options.upstream_url
  const address = own ?? baseUrlOf(provider, model.options)
  const full = own !== undefined && meaning === 'endpoint'
  const endpoint = address === undefined ? null : parseEndpoint(address, full)
  const templated = [model.name, ...Object.values(model.options)].some(isTemplate)
  return { provider, model, auth, endpoint, templated }
}

/** A full address with a path is taken as it is; without one, or as a base, the operation's path is added. */
export function parseEndpoint(address: string, full: boolean): Endpoint {
  const url = new URL(address)
  const scheme = url.protocol === 'https:' ? 'https' : 'http'
  const path = url.pathname.replace(/\/$/, '')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const servername = isIP(host) === 0 ? host : undefined
  return {
    scheme,
    host,
    verified: { verify: true, servername },
    unverified: { verify: false, servername },
    port: Number(url.port) || (scheme === 'https' ? 443 : 80),
    fullPath: full && path !== '' ? path + url.search : undefined,
    basePath: path,
  }
}

/** What stands in the Host header. */
export function authority({ scheme, host, port }: Endpoint): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === (scheme === 'https' ? 443 : 80) ? name : `${name}:${port}`
}

export function tlsFor(endpoint: Endpoint, verify: boolean): TlsOptions | undefined {
  if (endpoint.scheme === 'http') return undefined
  return verify ? endpoint.verified : endpoint.unverified
}

/** Whether a value of the configuration waits for something of the request, as `$(headers.x)`. */
export function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && value.includes('$(')
}
