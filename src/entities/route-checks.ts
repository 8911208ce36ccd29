/** What the protocols of a route ask of its other fields. */

import { type Complain, isEmpty } from './checks.ts'
import type { Route } from './route.ts'

const groups = [
  ['http', 'https'],
  ['tcp', 'tls', 'udp'],
  ['tls_passthrough'],
  ['grpc', 'grpcs'],
  ['ws', 'wss'],
] as const

const withServerName = new Set<string>(['grpcs', 'https', 'tls', 'tls_passthrough', 'wss'])
const matchFields = ['methods', 'hosts', 'paths', 'headers', 'snis', 'sources', 'destinations'] as const

/** One of these must be set, by protocol. */
const needed: Readonly<Record<string, readonly (typeof matchFields)[number][]>> = {
  http: ['methods', 'hosts', 'headers', 'paths'],
  https: ['methods', 'hosts', 'headers', 'paths', 'snis'],
  grpc: ['hosts', 'headers', 'paths'],
  grpcs: ['hosts', 'headers', 'paths', 'snis'],
  ws: ['hosts', 'headers', 'paths'],
  wss: ['hosts', 'headers', 'paths', 'snis'],
  tcp: ['sources', 'destinations', 'snis'],
  tls: ['sources', 'destinations', 'snis'],
  udp: ['sources', 'destinations', 'snis'],
  tls_passthrough: ['snis'],
}

/** Reports what in a route does not go with its protocols, in Kong's words. */
export function checkRoute(route: Route, complain: Complain): void {
  checkGroups(route, complain)
  if (route.expression !== null) {
    checkExpression(route, complain)
  } else {
    checkMatchFields(route, complain)
  }
  const stripless = route.protocols.find((protocol) => protocol === 'grpc' || protocol === 'grpcs')
  if (stripless !== undefined && route.strip_path) {
    complain(['strip_path'], "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'")
  }
  if (route.headers !== null && Object.keys(route.headers).some((header) => header.toLowerCase() === 'host')) {
    complain(['headers'], "cannot contain 'host' header, which must be specified in the 'hosts' attribute")
  }
}

function checkGroups(route: Route, complain: Complain): void {
  const group = groups.find((names) => names.some((name) => name === route.protocols[0]))
  if (group === undefined || route.protocols.every((protocol) => group.some((name) => name === protocol))) return
  const sets = groups.slice(0, 4).map((names) => `(${names.map((name) => `'${name}'`).join(', ')})`)
  complain(['protocols'], `these sets are mutually exclusive: ${sets.join(', ')}`)
}

function checkExpression(route: Route, complain: Complain): void {
  if (matchFields.some((field) => !isEmpty(route[field]))) {
    const fields = "'methods', 'hosts', 'paths', 'headers', 'snis', 'sources' or 'destinations'"
    complain([], `cannot set 'expression' with ${fields} simultaneously`)
  }
  if (route.regex_priority !== 0) complain([], "cannot set 'regex_priority' with 'expression' simultaneously")
}

function checkMatchFields(route: Route, complain: Complain): void {
  if (!isEmpty(route.snis) && !route.protocols.some((protocol) => withServerName.has(protocol))) {
    complain(['snis'], "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'")
  }
  const last = route.protocols.toSorted().at(-1)
  const wanted = last === undefined ? undefined : needed[last]
  if (last === undefined || wanted === undefined) return
  if (wanted.every((field) => isEmpty(route[field]))) {
    const list = wanted.map((field) => `'${field}'`).join(', ')
    complain(
      [],
      wanted.length === 1
        ? `must set snis when 'protocols' is '${last}'`
        : `must set one of ${list} when 'protocols' is '${last}'`,
    )
  }
  for (const field of forbidden(last)) {
    if (!isEmpty(route[field])) complain([field], `cannot set '${field}' when 'protocols' is '${last}'`)
  }
}

function forbidden(protocol: string): readonly (typeof matchFields)[number][] {
  switch (protocol) {
    case 'http':
    case 'https':
      return ['sources', 'destinations']
    case 'grpc':
    case 'grpcs':
    case 'ws':
    case 'wss':
      return ['methods', 'sources', 'destinations']
    default:
      return ['methods', 'hosts', 'paths', 'headers']
  }
}
