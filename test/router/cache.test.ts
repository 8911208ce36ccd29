import { describe, expect, it } from 'vitest'
import { LruCache } from '../../src/router/cache.ts'
import { compileCacheKey } from '../../src/router/cache-key.ts'
import type { Flavor } from '../../src/router/index.ts'
import { type InputFields, makeInput, makeRoute, type RouteFields } from './support.ts'

describe('LruCache', () => {
  it('gives what was put in', () => {
    const cache = new LruCache<number>(2)
    cache.set('a', 1)
    expect(cache.get('a')).toBe(1)
    expect(cache.get('b')).toBeUndefined()
  })

  it('never holds more than its limit', () => {
    const cache = new LruCache<number>(3)
    for (let n = 0; n < 100; n++) cache.set(`k${n}`, n)
    expect(cache.size).toBe(3)
    expect([97, 98, 99].map((n) => cache.get(`k${n}`))).toEqual([97, 98, 99])
  })

  it('forgets what was asked for least recently', () => {
    const cache = new LruCache<number>(2)
    cache.set('a', 1)
    cache.set('b', 2)
    cache.get('a')
    cache.set('c', 3)
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3])
  })

  it('forgets nothing when a key is put in again', () => {
    const cache = new LruCache<number>(2)
    cache.set('a', 1)
    cache.set('b', 2)
    cache.set('b', 3)
    expect([cache.get('a'), cache.get('b')]).toEqual([1, 3])
  })
})

describe('compileCacheKey', () => {
  const same = (
    routes: RouteFields[],
    one: InputFields,
    other: InputFields,
    flavor: Flavor = 'traditional_compatible',
  ) => {
    const keyOf = compileCacheKey(routes.map(makeRoute), flavor)
    return keyOf(makeInput(one)) === keyOf(makeInput(other))
  }

  it.each<[string, RouteFields, InputFields, InputFields]>([
    ['method', { methods: ['GET'] }, { method: 'GET' }, { method: 'POST' }],
    ['host', { hosts: ['a.test'] }, { host: 'a.test' }, { host: 'b.test' }],
    ['port of the listener', { hosts: ['a.test:80'] }, { destinationPort: 80 }, { destinationPort: 81 }],
    ['path', { paths: ['/'] }, { path: '/a' }, { path: '/b' }],
    ['header', { headers: { 'X-A': ['1'] } }, { headers: { 'x-a': '1' } }, { headers: { 'x-a': '2' } }],
    ['presence of a header', { headers: { 'x-a': ['~*^$'] } }, { headers: { 'x-a': '' } }, {}],
    ['server name', { snis: ['a'] }, { scheme: 'https', sni: 'a' }, { scheme: 'https', sni: 'b' }],
    ['scheme where there are server names', { snis: ['a'] }, { scheme: 'http' }, { scheme: 'https' }],
    [
      'source address',
      { sources: [{ ip: '10.0.0.1', port: null }] },
      { sourceIp: '10.0.0.1' },
      { sourceIp: '10.0.0.2' },
    ],
    ['source port', { sources: [{ ip: null, port: 1 }] }, { sourcePort: 1 }, { sourcePort: 2 }],
    ['destination', { destinations: [{ ip: null, port: 1 }] }, { destinationPort: 1 }, { destinationPort: 2 }],
  ])('tells requests apart by %s only where some route asks for it', (_, route, one, other) => {
    expect(same([route], one, other)).toBe(false)
    expect(same([route], one, one)).toBe(true)
    expect(same([{ name: 'asks for nothing' }], one, other)).toBe(true)
  })

  it('tells schemes apart under traditional where a host has a port', () => {
    const route = { hosts: ['*.test:443'] }
    expect(same([route], { scheme: 'http' }, { scheme: 'https' }, 'traditional')).toBe(false)
    expect(same([route], { destinationPort: 1 }, { destinationPort: 2 }, 'traditional')).toBe(true)
  })

  it('tells headers apart that hold the same values under other names', () => {
    const route = { headers: { 'x-a': ['1'], 'x-b': ['1'] } }
    expect(same([route], { headers: { 'x-a': '1' } }, { headers: { 'x-b': '1' } })).toBe(false)
  })
})
