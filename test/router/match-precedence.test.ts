import { describe, it } from 'vitest'
import { expectCase, type InputFields, idOf, type MatchCase, type RouteFields } from './support.ts'

type Row = readonly [name: string, routes: Record<string, RouteFields>, input: InputFields, takes: string | null]

const request: InputFields = {
  host: 'a.test',
  path: '/api/users/42',
  headers: { 'x-a': '1', 'x-b': '2' },
  scheme: 'https',
  sni: 'a.test',
}

/** Rules on which the flavours agree. */
const shared: Row[] = [
  [
    'two attributes before one',
    { one: { hosts: ['a.test'] }, two: { paths: ['/'], methods: ['GET'] } },
    request,
    'two',
  ],
  [
    'three attributes before two',
    { three: { hosts: ['a.test'], paths: ['/'], methods: ['GET'] }, two: { hosts: ['a.test'], paths: ['/api/users'] } },
    request,
    'three',
  ],
  [
    'four attributes before three',
    {
      three: { hosts: ['a.test'], paths: ['/api'], methods: ['GET'] },
      four: { hosts: ['a.test'], paths: ['/'], methods: ['GET'], headers: { 'x-a': ['1'] } },
    },
    request,
    'four',
  ],
  [
    'server names as an attribute',
    { path: { paths: ['/api/users'] }, both: { paths: ['/'], snis: ['a.test'] } },
    request,
    'both',
  ],
  [
    'sources as an attribute',
    { path: { paths: ['/api/users'] }, both: { paths: ['/'], sources: [{ ip: '192.0.2.0/24', port: null }] } },
    request,
    'both',
  ],
  [
    'destinations as an attribute',
    { path: { paths: ['/api/users'] }, both: { paths: ['/'], destinations: [{ ip: null, port: 8000 }] } },
    request,
    'both',
  ],
  [
    'all seven attributes before six',
    {
      six: {
        hosts: ['a.test'],
        paths: ['/api/users'],
        methods: ['GET'],
        headers: { 'x-a': ['1'], 'x-b': ['2'] },
        snis: ['a.test'],
        sources: [{ ip: '192.0.2.1', port: null }],
      },
      seven: {
        hosts: ['*.test'],
        paths: ['/'],
        methods: ['GET'],
        headers: { 'x-a': ['1'] },
        snis: ['a.test'],
        sources: [{ ip: '192.0.2.1', port: null }],
        destinations: [{ ip: null, port: 8000 }],
      },
    },
    request,
    'seven',
  ],
  [
    'an empty list as no attribute',
    { empty: { paths: ['/'], methods: [], hosts: [] }, longer: { paths: ['/api'] } },
    request,
    'longer',
  ],
  ['a plain host before a wildcard', { wild: { hosts: ['*.test'] }, plain: { hosts: ['a.test'] } }, request, 'plain'],
  [
    'a plain host before a list with a wildcard in it',
    { mixed: { hosts: ['a.test', '*.b.test'] }, plain: { hosts: ['a.test'] } },
    request,
    'plain',
  ],
  [
    'a plain host with a short path before a wildcard with a long one',
    { wild: { hosts: ['*.test'], paths: ['/api/users'] }, plain: { hosts: ['a.test'], paths: ['/'] } },
    request,
    'plain',
  ],
  [
    'a plain host before more headers',
    {
      headers: { hosts: ['*.test'], headers: { 'x-a': ['1'], 'x-b': ['2'] } },
      plain: { hosts: ['a.test'], headers: { 'x-a': ['1'] } },
    },
    request,
    'plain',
  ],
  [
    'more headers before fewer',
    { one: { headers: { 'x-a': ['1'] } }, two: { headers: { 'x-a': ['1'], 'x-b': ['2'] } } },
    request,
    'two',
  ],
  [
    'more headers before a longer path',
    {
      long: { paths: ['/api/users'], headers: { 'x-a': ['1'] } },
      two: { paths: ['/'], headers: { 'x-a': ['1'], 'x-b': ['2'] } },
    },
    request,
    'two',
  ],
  [
    'names of headers by number, not values',
    {
      values: { headers: { 'x-a': ['1', '2', '3'] }, paths: ['/'] },
      path: { headers: { 'x-a': ['1'] }, paths: ['/api'] },
    },
    request,
    'path',
  ],
  [
    'an expression before a prefix',
    { prefix: { paths: ['/api/users/42'] }, regex: { paths: ['~/a'] } },
    request,
    'regex',
  ],
  [
    'an expression of negative priority before a prefix',
    { prefix: { paths: ['/api/users/42'] }, regex: { paths: ['~/a'], regex_priority: -5 } },
    request,
    'regex',
  ],
  [
    'a higher regex_priority',
    { low: { paths: ['~/api/users/\\d+$'], regex_priority: 1 }, high: { paths: ['~/a'], regex_priority: 2 } },
    request,
    'high',
  ],
  [
    'a regex_priority of 0 before a negative one',
    { minus: { paths: ['~/api'], regex_priority: -1 }, zero: { paths: ['~/a'] } },
    request,
    'zero',
  ],
  [
    'the negative regex_priority that is nearer to 0',
    { five: { paths: ['~/api'], regex_priority: -5 }, one: { paths: ['~/a'], regex_priority: -1 } },
    request,
    'one',
  ],
  [
    'a great regex_priority before a small',
    { small: { paths: ['~/api'], regex_priority: 99999 }, great: { paths: ['~/a'], regex_priority: 2000000000 } },
    request,
    'great',
  ],
  [
    'no regex_priority on prefixes',
    { high: { paths: ['/api'], regex_priority: 9 }, long: { paths: ['/api/users'] } },
    request,
    'long',
  ],
  [
    'two attributes before a high regex_priority',
    { regex: { paths: ['~/api'], regex_priority: 2000000000 }, two: { paths: ['/'], methods: ['GET'] } },
    request,
    'two',
  ],
  ['a longer prefix', { short: { paths: ['/api'] }, long: { paths: ['/api/users'] } }, request, 'long'],
  ['a prefix longer by a slash', { bare: { paths: ['/api'] }, slash: { paths: ['/api/'] } }, request, 'slash'],
  [
    'a prefix that is longer in bytes',
    { ascii: { paths: ['/é'] }, long: { paths: ['/éé'] } },
    { path: '/ééé' },
    'long',
  ],
  [
    'a shorter prefix where the longer does not match',
    { short: { paths: ['/api'] }, long: { paths: ['/api/groups'] } },
    request,
    'short',
  ],
  [
    'the next best where the best lacks its method',
    { best: { paths: ['/api/users'], methods: ['POST'] }, next: { paths: ['/api'] } },
    request,
    'next',
  ],
  [
    'the next best where the best lacks its header',
    { best: { paths: ['/api'], headers: { 'x-a': ['9'] } }, next: { paths: ['/api'] } },
    request,
    'next',
  ],
  [
    'the wildcard where no plain host is right',
    { plain: { hosts: ['b.test'] }, wild: { hosts: ['*.test'] } },
    request,
    'wild',
  ],
  [
    'a route without hosts where no host is right',
    { plain: { hosts: ['b.test'], paths: ['/api'] }, any: { paths: ['/'] } },
    request,
    'any',
  ],
  [
    'a route of several paths by the one that matches',
    { both: { paths: ['/api/users', '/x'] }, api: { paths: ['/api'] } },
    request,
    'both',
  ],
  [
    'a route of several paths not by its longest where that does not match',
    { both: { paths: ['/a', '/something/long'] }, api: { paths: ['/api'] } },
    request,
    'api',
  ],
  [
    'a route of prefix and expression by its expression',
    { both: { paths: ['/x', '~/api'] }, long: { paths: ['/api/users'] } },
    request,
    'both',
  ],
  [
    'a route of prefix and expression by its prefix',
    { both: { paths: ['/api', '~/x'] }, long: { paths: ['/api/users'] } },
    request,
    'long',
  ],
  ['no route where none matches', { one: { paths: ['/x'] }, two: { hosts: ['b.test'] } }, request, null],
  ['no route where there is none', {}, request, null],
]

const compatible: Row[] = [
  [
    'which attributes they are does not matter, so ties go to the greater id',
    { host: { hosts: ['*.test'] }, methods: { methods: ['GET'] } },
    request,
    'methods',
  ],
  [
    'plain hosts before any other single attribute',
    { host: { hosts: ['a.test'] }, headers: { headers: { 'x-a': ['1'] } }, path: { paths: ['/api/users'] } },
    request,
    'host',
  ],
  [
    'a header before a path',
    { path: { paths: ['/api/users'] }, header: { headers: { 'x-a': ['1'] } } },
    request,
    'header',
  ],
  [
    'a header before an expression',
    { regex: { paths: ['~/api'], regex_priority: 100 }, header: { headers: { 'x-a': ['1'] } } },
    request,
    'header',
  ],
  ['a path before a method', { path: { paths: ['/'] }, method: { methods: ['GET'] } }, request, 'path'],
  [
    'a greater id where all else is equal',
    { first: { paths: ['/api'] }, second: { paths: ['/api'] } },
    request,
    'second',
  ],
  [
    'a greater id before a younger age',
    { first: { paths: ['/api'], id: idOf(9), created_at: 9 }, second: { paths: ['/api'], id: idOf(2), created_at: 1 } },
    request,
    'first',
  ],
  [
    'ids as bytes, whatever their letters',
    {
      upper: { paths: ['/api'], id: 'AAAAAAAA-0000-4000-8000-000000000000' },
      lower: { paths: ['/api'], id: 'bbbbbbbb-0000-4000-8000-000000000000' },
    },
    request,
    'lower',
  ],
  [
    'expressions of equal priority by id, not by length',
    { long: { paths: ['~/api/users/\\d+'] }, short: { paths: ['~/a'] } },
    request,
    'short',
  ],
  [
    'a wildcard with a port as any wildcard',
    { port: { hosts: ['a.*:8000'] }, bare: { hosts: ['a.*'] } },
    request,
    'bare',
  ],
  [
    'a wildcard on the left and on the right as equals',
    { left: { hosts: ['*.test'] }, right: { hosts: ['a.*'] } },
    request,
    'right',
  ],
]

const traditional: Row[] = [
  [
    'hosts before headers',
    { headers: { headers: { 'x-a': ['1'], 'x-b': ['2'] } }, host: { hosts: ['*.test'] } },
    request,
    'host',
  ],
  [
    'headers before paths',
    { path: { paths: ['~/api'], regex_priority: 10 }, header: { headers: { 'x-a': ['1'] } } },
    request,
    'header',
  ],
  ['paths before methods', { method: { methods: ['GET'] }, path: { paths: ['/'] } }, request, 'path'],
  ['methods before server names', { sni: { snis: ['a.test'] }, method: { methods: ['GET'] } }, request, 'method'],
  [
    'server names before sources',
    { source: { sources: [{ ip: '192.0.2.1', port: null }] }, sni: { snis: ['a.test'] } },
    request,
    'sni',
  ],
  [
    'sources before destinations',
    {
      destination: { destinations: [{ ip: null, port: 8000 }] },
      source: { sources: [{ ip: '192.0.2.1', port: null }] },
    },
    request,
    'source',
  ],
  [
    'hosts and methods before headers and paths',
    {
      other: { headers: { 'x-a': ['1'], 'x-b': ['2'] }, paths: ['~/api'] },
      host: { hosts: ['*.test'], methods: ['GET'] },
    },
    request,
    'host',
  ],
  [
    'hosts and headers before hosts and paths',
    { path: { hosts: ['a.test'], paths: ['/api/users'] }, header: { hosts: ['*.test'], headers: { 'x-a': ['1'] } } },
    request,
    'header',
  ],
  [
    'a wildcard with a port before a plain host',
    { plain: { hosts: ['a.test'] }, wild: { hosts: ['*.test:443'] } },
    request,
    'wild',
  ],
  [
    'a wildcard with a port before one without',
    { bare: { hosts: ['*.test'] }, port: { hosts: ['a.*:443'] } },
    request,
    'port',
  ],
  [
    'plain hosts before an expression on a wildcard',
    { wild: { hosts: ['*.test'], paths: ['~/api'] }, plain: { hosts: ['a.test'], paths: ['/'] } },
    request,
    'plain',
  ],
  [
    'an expression before more headers',
    {
      headers: { headers: { 'x-a': ['1'], 'x-b': ['2'] }, paths: ['/api'] },
      regex: { headers: { 'x-a': ['1'] }, paths: ['~/api'] },
    },
    request,
    'regex',
  ],
  [
    'the older where all else is equal',
    { younger: { paths: ['/api'], created_at: 20 }, older: { paths: ['/api'], created_at: 10 } },
    request,
    'older',
  ],
  [
    'the older, whatever the ids',
    {
      older: { paths: ['/api'], created_at: 1, id: idOf(1) },
      younger: { paths: ['/api'], created_at: 2, id: idOf(2) },
    },
    request,
    'older',
  ],
  [
    'the first in the file where even the age is equal',
    { first: { paths: ['/api'], created_at: 5 }, second: { paths: ['/api'], created_at: 5 } },
    request,
    'first',
  ],
  [
    'the older of expressions of equal priority',
    { younger: { paths: ['~/api/users'], created_at: 7 }, older: { paths: ['~/a'], created_at: 6 } },
    request,
    'older',
  ],
]

const toCases = (rows: readonly Row[]): MatchCase[] =>
  rows.map(([name, routes, input, takes]) => ({ name, routes, input, takes }))

describe.each(['traditional_compatible', 'traditional'] as const)('%s prefers', (flavor) => {
  it.each(toCases(shared))('$name', (each) => {
    expectCase(each, flavor)
  })

  it.each(toCases(shared))('$name, in whatever order they are written', (each) => {
    const reversed = Object.fromEntries(Object.entries(each.routes).reverse())
    expectCase({ ...each, routes: reversed }, flavor)
  })
})

describe('traditional_compatible alone prefers', () => {
  it.each(toCases(compatible))('$name', (each) => {
    expectCase(each, 'traditional_compatible')
  })
})

describe('traditional alone prefers', () => {
  it.each(toCases(traditional))('$name', (each) => {
    expectCase(each, 'traditional')
  })
})
