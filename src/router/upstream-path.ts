/** What path a request has at its service: the service's own, and what the route leaves of the client's. */

export interface UpstreamPathInput {
  /** The service's path; none stands for `/`. */
  readonly servicePath: string | null | undefined
  /** Path of the request, normalised. */
  readonly requestPath: string
  /** What the route's path matched; empty where the route has no paths. */
  readonly matched: string
  readonly stripPath: boolean
  readonly pathHandling: 'v0' | 'v1'
  /** `v1` has an effect only where the router is `traditional`. */
  readonly flavor: 'traditional_compatible' | 'traditional'
}

/**
 * Path to send to the service, escaped, without the query.
 *
 * @example
 * upstreamPath({ servicePath: '/srv', requestPath: '/api/x', matched: '/api', stripPath: true, ... }) // '/srv/x'
 */
export function upstreamPath(input: UpstreamPathInput): string {
  const base = input.servicePath || '/'
  const joined =
    input.pathHandling === 'v1' && input.flavor === 'traditional'
      ? joinPlainly(base, input)
      : joinWithSlash(base, input)
  return escapePath(joined)
}

/** `v0`: service and request are joined by exactly one slash. */
function joinWithSlash(base: string, input: UpstreamPathInput): string {
  const { requestPath } = input
  const trimmed = base.endsWith('/') ? base.slice(0, -1) : base
  if (!input.stripPath) {
    if (base.endsWith('/')) return base + requestPath.slice(1)
    return requestPath === '/' ? base : base + requestPath
  }
  const rest = remainder(input)
  if (rest.startsWith('/')) return trimmed + rest
  if (rest !== '') return `${trimmed}/${rest}`
  if (base === '/') return base
  if (base.endsWith('/')) return requestPath.endsWith('/') ? base : trimmed
  return requestPath.length > 1 && requestPath.endsWith('/') ? `${base}/` : base
}

/** `v1`: service and request are joined as they are. */
function joinPlainly(base: string, input: UpstreamPathInput): string {
  if (!input.stripPath) return base + input.requestPath.slice(1)
  const rest = remainder(input)
  return base.endsWith('/') && rest.startsWith('/') ? base + rest.slice(1) : base + rest
}

/** The request's path after the part that matched, made unable to climb out of the service's path. */
function remainder({ requestPath, matched }: UpstreamPathInput): string {
  const rest = requestPath.slice(matched === '' ? 1 : matched.length)
  if (rest === '.' || rest === '..') return ''
  return rest.replace(/^\.\.?\//, '')
}

const unsafe = /[^!#$&'()*+,/:;=?@[\]A-Za-z0-9\-_.~%]+/gu

/** Percent-encodes, as UTF-8, what may not stand in a path; escapes stay as they are. */
export function escapePath(path: string): string {
  return path.replace(unsafe, (run) => Buffer.from(run).toString('hex').toUpperCase().replace(/../g, '%$&'))
}
