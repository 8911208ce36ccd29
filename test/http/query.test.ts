/** Query strings as Kong reads and writes them. */

import { describe, expect, it } from 'vitest'
import { formatQuery, parseQuery, queryArg, queryPairs } from '../../src/http/query.ts'

describe('a query', () => {
  it.each([
    [undefined, {}],
    ['', {}],
    ['a=1&b', { a: '1', b: true }],
    ['a=1&a=2&a', { a: ['1', '2', true] }],
    ['a=&&=b', { a: '', '': 'b' }],
    ['a+b=c+d&e%20f=%C3%A9', { 'a b': 'c d', 'e f': 'é' }],
    ['a=%zz&%=1', { a: '%zz', '%': '1' }],
    ['a=b=c', { a: 'b=c' }],
    ['__proto__=1', { ['__proto__']: '1' }],
  ])('%j is %j', (raw, map) => {
    expect({ ...parseQuery(raw) }).toEqual(map)
  })

  it('is read in its order, or by name', () => {
    expect([...queryPairs('b=1&a&b=2')]).toEqual([
      ['b', '1'],
      ['a', true],
      ['b', '2'],
    ])
    expect([queryArg('b=1&b=2', 'b'), queryArg('a', 'a'), queryArg('a', 'c'), queryArg(undefined, 'a')]).toEqual([
      '1',
      true,
      undefined,
      undefined,
    ])
  })

  it('is written with its names sorted', () => {
    expect(formatQuery({ b: ['1', true], a: 'x y&', c: true, d: [] })).toBe('a=x%20y%26&b=1&b&c')
  })
})
