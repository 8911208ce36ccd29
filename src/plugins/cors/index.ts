/** cors: lets pages of other origins call, by answering preflights and marking answers. */

import { type AccessPdk, definePlugin, type HeaderFilterPdk } from '../../pdk/index.ts'
import { type CorsConfig, corsConfig } from './config.ts'
import { AllowedOrigins } from './origins.ts'

/** Compiled once for each config. */
const originsOf = new WeakMap<CorsConfig, AllowedOrigins>()

export default definePlugin({
  name: 'cors',
  priority: 2000,
  config: corsConfig,
  noScopes: ['consumer'],

  access(kong, config) {
    if (!isPreflight(kong) || config.preflight_continue) return
    const headers = originHeaders(kong, config)
    const wanted = kong.request.getHeader('Access-Control-Request-Headers')
    const allowed = config.headers?.length ? config.headers.join(',') : wanted
    if (allowed !== undefined) headers['Access-Control-Allow-Headers'] = allowed
    headers['Access-Control-Allow-Methods'] = config.methods.join(',')
    if (config.max_age !== undefined) headers['Access-Control-Max-Age'] = String(config.max_age)
    if (config.private_network && kong.request.getHeader('Access-Control-Request-Private-Network') === 'true') {
      headers['Access-Control-Allow-Private-Network'] = 'true'
    }
    kong.response.exit(200, null, headers)
  },

  headerFilter(kong, config) {
    if (isPreflight(kong)) return
    if (!config.allow_origin_absent && kong.request.getHeader('Origin') === undefined) return
    const headers = originHeaders(kong, config)
    if (headers['Access-Control-Allow-Origin'] === undefined) kong.response.clearHeader('Access-Control-Allow-Origin')
    const { Vary, ...others } = headers
    if (Vary !== undefined && !variesByOrigin(kong.response.getHeaders().vary)) kong.response.addHeader('Vary', Vary)
    kong.response.setHeaders(others)
    if (config.exposed_headers?.length) {
      kong.response.setHeader('Access-Control-Expose-Headers', config.exposed_headers.join(','))
    }
  },
})

/** What preflights and answers share. */
function originHeaders(kong: AccessPdk | HeaderFilterPdk, config: CorsConfig): Record<string, string> {
  let origins = originsOf.get(config)
  if (origins === undefined) {
    origins = new AllowedOrigins(config.origins)
    originsOf.set(config, origins)
  }
  const { origin, varies } = origins.allowed(kong.request.getHeader('Origin'), config.credentials)
  const headers: Record<string, string> = {}
  if (varies) headers.Vary = 'Origin'
  if (origin !== null) headers['Access-Control-Allow-Origin'] = origin
  // Beside `*` a browser takes no credentials, so there is nothing to allow.
  if (config.credentials && origin !== '*') headers['Access-Control-Allow-Credentials'] = 'true'
  return headers
}

function isPreflight({ request }: AccessPdk | HeaderFilterPdk): boolean {
  return (
    request.getMethod() === 'OPTIONS' &&
    request.getHeader('Origin') !== undefined &&
    request.getHeader('Access-Control-Request-Method') !== undefined
  )
}

function variesByOrigin(vary: string | string[] | undefined): boolean {
  return [vary ?? []].flat().some((value) => /(^|,)\s*(origin|\*)\s*(,|$)/i.test(value))
}
