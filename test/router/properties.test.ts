import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileRouter, type MatchInput } from '../../src/router/index.ts'
import { compileMatcher } from '../../src/router/matcher.ts'
import { referenceMatch } from './reference.ts'
import { idOf, makeInput, makeRoute, type RouteFields } from './support.ts'

/** Few values of each kind, so that routes and requests meet often. */
const some = <T>(...values: T[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }), { nil: null, freq: 2 })

const routeFields: fc.Arbitrary<RouteFields> = fc
  .record({
    methods: some('GET', 'POST'),
    hosts: some('a.test', 'b.test', '*.test', 'a.*', 'a.test:81', '*.test:81', '*.test:80'),
    paths: some(
      '/',
      '/a',
      '/a/',
      '/a/b',
      '/ab',
      '/b',
      '~/a',
      '~/\\w+/b$',
      '~/.*',
      '~/a?b',
      '~/(?:a|b)/b',
      '~/a|/b$',
      '~/ab*',
    ),
    headers: fc.option(
      fc.dictionary(fc.constantFrom('x-a', 'x-b'), fc.uniqueArray(fc.constantFrom('1', '2'), { minLength: 1 }), {
        minKeys: 1,
      }),
      { nil: null, freq: 2 },
    ),
    snis: some('a.test', 'b.test'),
    sources: some({ ip: '192.0.2.1', port: null }, { ip: null, port: 1000 }, { ip: '192.0.2.2', port: 1001 }),
    regex_priority: fc.integer({ min: -2, max: 2 }),
  })
  .filter(({ methods, hosts, paths, headers, snis, sources }) =>
    [methods, hosts, paths, headers, snis, sources].some((value) => value !== null),
  )

const routes = fc.array(routeFields, { minLength: 1, maxLength: 12 }).chain((list) =>
  fc.shuffledSubarray([...list.keys()], { minLength: list.length }).map((order) =>
    list.map((fields, index) => {
      const place = order[index] ?? 0
      return makeRoute({ ...fields, id: idOf(place), created_at: place, name: `route-${index}` })
    }),
  ),
)

const input: fc.Arbitrary<MatchInput> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT'),
    host: fc.constantFrom('a.test', 'b.test', 'a.org', 'a.test:81', 'c.test:81', ''),
    path: fc.constantFrom('/', '/a', '/a/', '/a/b', '/a/b/c', '/ab', '/b', '/b/b', '/c'),
    scheme: fc.constantFrom('http', 'https'),
    sni: fc.constantFrom('a.test', 'b.test', undefined),
    headers: fc.record(
      { 'x-a': fc.constantFrom('1', '2', '3'), 'x-b': fc.constantFrom('1', '') },
      { requiredKeys: [] },
    ),
    sourceIp: fc.constantFrom('192.0.2.1', '192.0.2.2'),
    sourcePort: fc.constantFrom(1000, 1001),
    destinationPort: fc.constantFrom(80, 81),
  })
  .map(makeInput)

const inputs = fc.array(input, { minLength: 1, maxLength: 20 })

describe.each(['traditional_compatible', 'traditional'] as const)('%s', (flavor) => {
  it('takes the route that trying every part of every route in order of priority takes', () => {
    fc.assert(
      fc.property(routes, inputs, (list, requests) => {
        const router = compileRouter(list, new Map(), flavor)
        for (const request of requests) {
          expect(router.match(request)?.route.name ?? null).toBe(referenceMatch(list, request, flavor))
        }
      }),
      { numRuns: 150 },
    )
  })

  it('answers from the cache what it answers without', () => {
    fc.assert(
      fc.property(routes, inputs, (list, requests) => {
        const router = compileRouter(list, new Map(), flavor)
        const matchRoute = compileMatcher(list, new Map(), flavor)
        for (const request of [...requests, ...requests]) expect(router.match(request)).toEqual(matchRoute(request))
      }),
      { numRuns: 150 },
    )
  })

  it('answers the same whatever the order of the routes', () => {
    fc.assert(
      fc.property(routes, input, (list, request) => {
        const forward = compileRouter(list, new Map(), flavor)
        const backward = compileRouter(list.toReversed(), new Map(), flavor)
        expect(backward.match(request)?.route.id).toBe(forward.match(request)?.route.id)
      }),
      { numRuns: 150 },
    )
  })

  it('says of a match the start of the path', () => {
    fc.assert(
      fc.property(routes, input, (list, request) => {
        const matched = compileRouter(list, new Map(), flavor).match(request)?.matched ?? ''
        expect(request.path.startsWith(matched)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})
