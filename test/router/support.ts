/** Routes, services and requests for the router's tests: what a test does not name is as Kong's defaults have it. */

import { expect } from 'vitest'
import type { Route } from '../../src/entities/route.ts'
import type { Service } from '../../src/entities/service.ts'
import { compileRouter, type Flavor, type MatchInput, type RouteMatch } from '../../src/router/index.ts'

export type RouteFields = Partial<Route>
export type InputFields = Partial<MatchInput>

/** An id whose last digits are the number, so that ids are ordered as numbers. */
export function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

export function makeRoute(fields: RouteFields = {}): Route {
  return {
    id: idOf(1),
    created_at: 1,
    updated_at: 1,
    tags: null,
    name: null,
    protocols: ['http', 'https'],
    https_redirect_status_code: 426,
    strip_path: true,
    preserve_host: false,
    request_buffering: true,
    response_buffering: true,
    service: null,
    snis: null,
    sources: null,
    destinations: null,
    methods: null,
    hosts: null,
    paths: null,
    headers: null,
    regex_priority: 0,
    path_handling: 'v0',
    expression: null,
    priority: 0,
    ...fields,
  }
}

export function makeService(fields: Partial<Service> = {}): Service {
  return {
    id: idOf(900),
    created_at: 1,
    updated_at: 1,
    tags: null,
    name: null,
    retries: 5,
    protocol: 'http',
    host: 'upstream.test',
    port: 80,
    path: null,
    connect_timeout: 60000,
    write_timeout: 60000,
    read_timeout: 60000,
    client_certificate: null,
    tls_verify: null,
    tls_verify_depth: null,
    ca_certificates: null,
    tls_sans: null,
    enabled: true,
    ...fields,
  }
}

export function makeInput(fields: InputFields = {}): MatchInput {
  return {
    method: 'GET',
    host: 'gateway.test',
    path: '/',
    scheme: 'http',
    headers: {},
    sourceIp: '192.0.2.1',
    sourcePort: 40000,
    destinationIp: '192.0.2.2',
    destinationPort: 8000,
    ...fields,
  }
}

/** Routes by the name that a test expects; ids and ages rise in the order written. */
export function namedRoutes(fields: Readonly<Record<string, RouteFields>>): Route[] {
  return Object.entries(fields).map(([name, each], index) =>
    makeRoute({ id: idOf(index + 1), created_at: index + 1, name, ...each }),
  )
}

export function matchOne(
  routes: Readonly<Record<string, RouteFields>>,
  input: InputFields,
  flavor: Flavor = 'traditional_compatible',
): RouteMatch | null {
  return compileRouter(namedRoutes(routes), new Map(), flavor).match(makeInput(input))
}

/** A request, and the name of the route it takes; null: none. */
export interface MatchCase {
  readonly name: string
  readonly routes: Readonly<Record<string, RouteFields>>
  readonly input: InputFields
  readonly takes: string | null
}

export function expectCase({ routes, input, takes }: MatchCase, flavor: Flavor): void {
  const router = compileRouter(namedRoutes(routes), new Map(), flavor)
  expect(router.match(makeInput(input))?.route.name ?? null).toBe(takes)
  // The second answer is the cache's.
  expect(router.match(makeInput(input))?.route.name ?? null).toBe(takes)
}
