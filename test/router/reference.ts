/** The router once more, as plainly as the rules can be written down, to hold the fast one against. */

import { createHash } from 'node:crypto'
import type { Route } from '../../src/entities/route.ts'
import type { Flavor, MatchInput } from '../../src/router/index.ts'

interface Part {
  readonly id: string
  readonly route: Route
  readonly paths: readonly string[]
}

/** Name of the route that a request takes; understands what `properties.test.ts` generates, and no more. */
export function referenceMatch(routes: readonly Route[], input: MatchInput, flavor: Flavor): string | null {
  const parts = routes.flatMap((route) => partsOf(route, flavor))
  const matching = parts.filter((part) => matches(part, input, flavor))
  const [best] = matching.sort((a, b) => compare(weigh(b, flavor), weigh(a, flavor)))
  return best?.route.name ?? null
}

function partsOf(route: Route, flavor: Flavor): Part[] {
  const paths = route.paths ?? []
  if (flavor === 'traditional') {
    return paths.length === 0
      ? [{ id: route.id, route, paths }]
      : paths.map((path) => ({ id: route.id, route, paths: [path] }))
  }
  const sizes = [...new Set(paths.map((path) => (path.startsWith('~') ? 'regex' : String(path.length))))]
  if (sizes.length <= 1) return [{ id: route.id, route, paths }]
  return sizes.map((size, index) => ({
    id: nameUuid(`${route.id}#${index + 1}`),
    route,
    paths: paths.filter((path) => (path.startsWith('~') ? 'regex' : String(path.length)) === size),
  }))
}

function nameUuid(name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from('7f145bf90dce4f9198ebdebbce4b9f6b', 'hex'))
    .update(name)
    .digest('hex')
  const variant = ((Number.parseInt(hash.slice(16, 18), 16) & 0x3f) | 0x80).toString(16)
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-5${hash.slice(13, 16)}-${variant}${hash.slice(18, 20)}-${hash.slice(20, 32)}`
}

function matches({ route, paths }: Part, input: MatchInput, flavor: Flavor): boolean {
  const [hostname = '', port] = input.host.split(':')
  const hostFits = (wanted: string) => {
    const [name = '', wantedPort] = wanted.split(':')
    const plainTraditional = flavor === 'traditional' && !name.includes('*')
    if (wantedPort !== undefined && plainTraditional) return input.host === wanted
    const standsFor =
      flavor === 'traditional' ? (input.scheme === 'https' ? '443' : '80') : String(input.destinationPort)
    if (wantedPort !== undefined && wantedPort !== (port ?? standsFor)) return false
    if (name.startsWith('*')) return hostname.endsWith(name.slice(1))
    if (name.endsWith('*')) return hostname.startsWith(name.slice(0, -1))
    return hostname === name
  }
  const pathFits = (path: string) =>
    path.startsWith('~') ? new RegExp(`^(${path.slice(1)})`).test(input.path) : input.path.indexOf(path) === 0
  const headerFits = ([name, values]: [string, readonly string[]]) => values.includes(String(input.headers[name]))
  const sourceFits = (source: { ip: string | null; port: number | null }) =>
    (source.ip === null || source.ip === input.sourceIp) && (source.port === null || source.port === input.sourcePort)
  return (
    (route.methods === null || route.methods.includes(input.method)) &&
    (route.hosts === null || route.hosts.some(hostFits)) &&
    (paths.length === 0 || paths.some(pathFits)) &&
    (route.headers === null || Object.entries(route.headers).every(headerFits)) &&
    (route.snis === null || input.scheme === 'http' || route.snis.includes(String(input.sni))) &&
    (route.sources === null || route.sources.some(sourceFits))
  )
}

/** What decides, most important first; a greater text or number wins. */
function weigh({ id, route, paths }: Part, flavor: Flavor): (number | string)[] {
  const given = [route.hosts, route.headers, route.paths, route.methods, route.snis, route.sources].map(
    (value) => value !== null,
  )
  const regex = paths[0]?.startsWith('~') === true
  const headers = Object.keys(route.headers ?? {}).length
  const plain = route.hosts !== null && !route.hosts.some((host) => host.includes('*'))
  const length = regex ? 0 : (paths[0]?.length ?? 0)
  const count = given.filter(Boolean).length
  const priority = regex ? route.regex_priority : 0
  if (flavor === 'traditional_compatible') return [count, Number(plain), headers, Number(regex), priority, length, id]
  const wildPort = route.hosts?.some((host) => host.includes('*') && host.includes(':')) === true
  return [
    count,
    ...given.map(Number),
    Number(wildPort),
    Number(plain),
    Number(regex),
    headers,
    priority,
    length,
    -route.created_at,
  ]
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0
    if (value !== other) return value > other ? 1 : -1
  }
  return 0
}
