/** The text that two requests share if no route can tell them apart. */

import type { Route } from '../entities/route.ts'
import { type Attribute, has } from './attributes.ts'
import { headerText, lookupNames } from './match-headers.ts'
import type { Flavor } from './split.ts'
import type { MatchInput } from './types.ts'

/** Parts of the key; no method, host, path or header value that Node lets through holds a line feed. */
type KeyPart = (input: MatchInput) => string

/** Makes keys of only what some of the routes ask for. */
export function compileCacheKey(routes: readonly Route[], flavor: Flavor): KeyPart {
  const parts = keyParts(routes, flavor)
  return (input) => {
    let key = ''
    for (const part of parts) key += `${part(input)}\n`
    return key
  }
}

function keyParts(routes: readonly Route[], flavor: Flavor): KeyPart[] {
  const used = (attribute: Attribute) => routes.some((route) => has(route, attribute))
  const parts: KeyPart[] = []
  if (used('paths')) parts.push((input) => input.path)
  if (used('methods')) parts.push((input) => input.method)
  if (used('hosts')) parts.push((input) => input.host)
  if (routes.some((route) => route.hosts?.some((host) => host.includes(':')))) {
    // A Host header without a port stands for one that only these tell.
    parts.push(flavor === 'traditional' ? (input) => input.scheme : (input) => String(input.destinationPort))
  }
  if (used('snis')) parts.push((input) => (input.scheme === 'http' ? '' : `=${input.sni ?? ''}`))
  for (const name of headerNames(routes, flavor)) parts.push((input) => markedHeader(input, name))
  if (used('sources')) parts.push((input) => `${input.sourceIp} ${input.sourcePort}`)
  if (used('destinations')) parts.push((input) => `${input.destinationIp} ${input.destinationPort}`)
  return parts
}

function headerNames(routes: readonly Route[], flavor: Flavor): Set<string> {
  const names = routes.flatMap((route) => Object.keys(route.headers ?? {}))
  return new Set(names.flatMap((name) => lookupNames(name, flavor)))
}

/** An empty header is not an absent one: a regular expression may match it. */
function markedHeader(input: MatchInput, name: string): string {
  const text = headerText(input.headers, name)
  return text === undefined ? '' : `=${text}`
}
