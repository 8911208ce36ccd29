/** Header maps and the lists of names that do not travel. */

import { describe, expect, it } from 'vitest'
import {
  connectionNames,
  HeaderMap,
  isHeaderName,
  isHeaderValue,
  isHopByHop,
  lowerCase,
} from '../../src/http/headers.ts'

describe('a header map', () => {
  it('finds names in any case and sends them as they were written last', () => {
    const map = new HeaderMap()
    map.set('X-Team', 'red')
    map.set('x-team', 'blue')
    map.set('Accept', ['a', 'b'])
    expect([map.get('X-TEAM'), map.get('accept'), map.get('none')]).toEqual(['blue', 'a', undefined])
    expect([map.has('ACCEPT'), map.has('none')]).toEqual([true, false])
    expect(map.toRaw()).toEqual(['x-team', 'blue', 'Accept', 'a', 'Accept', 'b'])
    expect(map.toObject()).toEqual({ 'x-team': 'blue', accept: ['a', 'b'] })
  })

  it('adds, removes and forgets', () => {
    const map = new HeaderMap()
    map.add('Via', 'a')
    map.add('via', ['b', 'c'])
    expect(map.toObject()).toEqual({ via: ['a', 'b', 'c'] })
    map.delete('VIA')
    expect(map.has('via')).toBe(false)
    map.set('A', 'b')
    map.clear()
    expect(map.toRaw()).toEqual([])
  })

  it('takes an answer’s headers, but for those of its connection', () => {
    const map = new HeaderMap()
    map.take({ connection: 'close, X-One', 'x-one': '1', 'x-two': '2', 'keep-alive': '5', 'set-cookie': ['a', 'b'] })
    expect(map.toObject()).toEqual({ 'x-two': '2', 'set-cookie': ['a', 'b'] })
  })
})

it('a Connection header lists names, unless it says one of the usual words', () => {
  for (const usual of [undefined, 'close', 'Keep-Alive', 'upgrade']) expect(connectionNames(usual)).toBeNull()
  expect([...(connectionNames('Close, X-One ,x-two') ?? [])]).toEqual(['close', 'x-one', 'x-two'])
})

it('names of one connection are known', () => {
  expect(['te', 'trailer', 'upgrade', 'proxy'].every(isHopByHop)).toBe(true)
  expect(isHopByHop('accept')).toBe(false)
})

it('names are tokens, and values what a line can hold', () => {
  expect(['X-Team', "!#$%&'*+.^_`|~09"].every(isHeaderName)).toBe(true)
  expect(isHeaderName('X-Team')).toBe(true)
  expect(['', 'a b', 'a:', 'é', 'a\n'].some(isHeaderName)).toBe(false)
  expect(['', 'a b\tc', 'é ÿ'].every(isHeaderValue)).toBe(true)
  expect(['a\nb', 'a\rb', '\0', '\x7f', '模', '€'].some(isHeaderValue)).toBe(false)
})

it('names are remembered up to a limit, and right beyond it', () => {
  for (let index = 0; index < 2500; index += 1) {
    expect(lowerCase(`X-${index}`)).toBe(`x-${index}`)
    expect(isHeaderName(`X-${index}`)).toBe(true)
  }
})
