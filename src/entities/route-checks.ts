/** What the protocols of a route ask of its other fields. */

import { type Complain, isEmpty } from './checks.ts'
import type { Route } from './route-shape.ts'

const groups = [
  ['http', 'https'],
  ['tcp', 'tls', 'udp'],
  ['tls_passthrough'],
  ['grpc', 'grpcs'],
  ['ws', 'wss'],
] as const

const withServerName = new Set<string>(['grpcs', 'https', 'tls', 'tls_passthrough', 'wss'])
const stream = new Set(['tcp', 'tls', 'udp'])
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
  if (!checkGroups(route, complain)) return
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

/** Whether the protocols go together; what else they ask can only be told if they do. */
function checkGroups(route: Route, complain: Complain): boolean {
  const group = groups.find((names) => names.some((name) => name === route.protocols[0]))
  if (group === undefined || route.protocols.every((protocol) => group.some((name) => name === protocol))) return true
  const sets = groups.slice(0, 4).map((names) => `(${names.map((name) => `'${name}'`).join(', ')})`)
  complain(['protocols'], `these sets are mutually exclusive: ${sets.join(', ')}`)
  return false
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
  const spoken = stream.has(last) ? "'tcp', 'tls' or 'udp'" : `'${last}'`
  if (wanted.every((field) => isEmpty(route[field]))) {
    const list = wanted.map((field) => `'${field}'`).join(', ')
    complain([], `must set ${wanted.length === 1 ? 'snis' : `one of ${list}`} when 'protocols' is ${spoken}`)
  }
  const { fields, protocols } = forbidden(last)
  for (const field of fields) {
    if (!isEmpty(route[field])) complain([field], `cannot set '${field}' when 'protocols' is ${protocols}`)
  }
}

type MatchField = (typeof matchFields)[number]

/** The fields that a protocol cannot be matched by, and all the protocols for which that is so. */
function forbidden(protocol: string): { fields: readonly MatchField[]; protocols: string } {
  switch (protocol) {
    case 'http':
    case 'https':
      return { fields: ['sources', 'destinations'], protocols: "'http' or 'https'" }
    case 'grpc':
    case 'grpcs':
      return { fields: ['methods', 'sources', 'destinations'], protocols: "'grpc' or 'grpcs'" }
    case 'ws':
    case 'wss':
      return { fields: ['methods', 'sources', 'destinations'], protocols: "'ws' or 'wss'" }
    default:
      return { fields: ['methods', 'hosts', 'paths', 'headers'], protocols: "'tcp', 'tls', 'tls_passthrough' or 'udp'" }
  }
}
