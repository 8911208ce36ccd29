import { describe, expect, it } from 'vitest'
import { categoryWeights } from '../../src/router/category-order.ts'
import { literalPrefix } from '../../src/router/literal-prefix.ts'
import { priorityOf } from '../../src/router/priority.ts'
import { type Split, splitRoute } from '../../src/router/split.ts'
import { uuid5 } from '../../src/router/uuid5.ts'
import { idOf, makeRoute, type RouteFields } from './support.ts'

function onlySplit(fields: RouteFields): Split {
  const [split] = splitRoute(makeRoute(fields), 'traditional_compatible')
  if (split === undefined) throw new Error('a route has at least one part')
  return split
}

describe('priorityOf', () => {
  it.each<[string, RouteFields, bigint]>([
    ['counts one attribute in the top bits', { methods: ['GET'] }, 1n << 61n],
    [
      'counts seven attributes',
      {
        methods: ['GET'],
        hosts: ['*.test'],
        headers: { a: ['1'] },
        paths: ['/'],
        snis: ['a.test'],
        sources: [{ ip: null, port: 1 }],
        destinations: [{ ip: null, port: 1 }],
      },
      (7n << 61n) + (1n << 52n) + 1n,
    ],
    ['has bit 60 for plain hosts', { hosts: ['a.test'] }, (1n << 61n) + (1n << 60n)],
    ['has not bit 60 where a host has a wildcard', { hosts: ['a.test', 'b.*'] }, 1n << 61n],
    ['counts headers from bit 52', { headers: { a: ['1'], b: ['1'], c: ['1'] } }, (1n << 61n) + (3n << 52n)],
    ['has bit 51 for an expression', { paths: ['~/a'] }, (1n << 61n) + (1n << 51n)],
    ['has regex_priority from bit 19', { paths: ['~/a'], regex_priority: 5 }, (1n << 61n) + (1n << 51n) + (5n << 19n)],
    ['has no regex_priority for a prefix', { paths: ['/abc'], regex_priority: 5 }, (1n << 61n) + 4n],
    ['has the length of the prefix', { paths: ['/a/b/c'] }, (1n << 61n) + 6n],
    ['has the length of the prefix in bytes', { paths: ['/é'] }, (1n << 61n) + 3n],
  ])('%s', (_, fields, priority) => {
    expect(priorityOf(onlySplit(fields))).toBe(priority)
  })

  it('counts no more than 255 headers', () => {
    const headers = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, ['1']]))
    expect(priorityOf(onlySplit({ headers: headers(300) }))).toBe(priorityOf(onlySplit({ headers: headers(255) })))
  })

  it('keeps the most negative expression above the longest prefix and within the other bits', () => {
    const lowest = priorityOf(onlySplit({ paths: ['~/a'], regex_priority: Number.MIN_SAFE_INTEGER }))
    const highest = priorityOf(onlySplit({ paths: ['~/a'], regex_priority: Number.MAX_SAFE_INTEGER }))
    expect(lowest).toBeGreaterThan(priorityOf(onlySplit({ paths: [`/${'a'.repeat(2 ** 20)}`] })))
    expect(highest).toBeLessThan((1n << 61n) + (1n << 52n))
  })
})

describe('categoryWeights', () => {
  it('says number and bits of attributes, kind of hosts and path, headers, regex_priority, length and age', () => {
    const route = makeRoute({
      hosts: ['a.test'],
      headers: { a: ['1'], b: ['1'] },
      paths: ['~/x'],
      regex_priority: 4,
      created_at: 77,
    })
    expect(categoryWeights({ id: route.id, route, paths: ['~/x'] })).toEqual([3, 0b1110000, 3, 2, 4, 0, -77])
  })
})

describe('splitRoute', () => {
  const paths = ['~/r1', '/aa', '/b', '/cc', '~/r2', '/ddd']

  it('keeps a route without paths whole', () => {
    expect(splitRoute(makeRoute({ methods: ['GET'] }), 'traditional_compatible')).toMatchObject([
      { id: idOf(1), paths: [] },
    ])
    expect(splitRoute(makeRoute({ methods: ['GET'] }), 'traditional')).toMatchObject([{ id: idOf(1), paths: [] }])
  })

  it('keeps a route whose prefixes have one length whole', () => {
    expect(splitRoute(makeRoute({ paths: ['/aa', '/bb'] }), 'traditional_compatible')).toMatchObject([
      { id: idOf(1), paths: ['/aa', '/bb'] },
    ])
  })

  it('makes a part for each length, and one for all expressions, in the order in which they come', () => {
    const parts = splitRoute(makeRoute({ paths }), 'traditional_compatible')
    expect(parts.map((part) => part.paths)).toEqual([['~/r1', '~/r2'], ['/aa', '/cc'], ['/b'], ['/ddd']])
  })

  it("gives parts ids made of the route's id and their number", () => {
    const ids = splitRoute(makeRoute({ paths }), 'traditional_compatible').map((part) => part.id)
    expect(ids).toEqual([1, 2, 3, 4].map((n) => uuid5('7f145bf9-0dce-4f91-98eb-debbce4b9f6b', `${idOf(1)}#${n}`)))
  })

  it('makes a part of each path for the traditional flavour', () => {
    const parts = splitRoute(makeRoute({ paths }), 'traditional')
    expect(parts.map((part) => part.paths)).toEqual(paths.map((path) => [path]))
  })
})

describe('uuid5', () => {
  // RFC 9562, A.4
  it('makes the id of the standard example', () => {
    expect(uuid5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    )
  })
})

describe('literalPrefix', () => {
  it.each([
    ['/users/\\d+$', '/users/'],
    ['/users', '/users'],
    ['/v1\\.0/\\w', '/v1.0/'],
    ['/a\\/b', '/a/b'],
    ['/(cats|dogs)/', '/'],
    ['/cats|/dogs', ''],
    ['/cats[|]x', '/cats'],
    ['/cats\\|x', '/cats|x'],
    ['/colou?r', '/colo'],
    ['/a*', '/'],
    ['/a+b', '/'],
    ['/a{0,2}', '/'],
    ['/?', ''],
    ['/a\\.*', '/a'],
    ['(?i)/users', ''],
    ['/(?i)users', '/'],
    ['.*', ''],
    ['/[(]a|b', ''],
    ['/a(?:b(c)|d)e', '/a'],
  ])('of %s is "%s"', (pattern, prefix) => {
    expect(literalPrefix(pattern)).toBe(prefix)
  })
})
