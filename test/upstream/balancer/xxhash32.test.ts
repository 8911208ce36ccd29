import { expect, it } from 'vitest'
import { xxhash32 } from '../../../src/upstream/balancer/xxhash32.ts'

it.each([
  ['', 0, 0x02cc5d05],
  ['a', 0, 0x550d7456],
  ['as', 0, 0x9d5a0464],
  ['asd', 0, 0x3d83552b],
  ['asdf', 0, 0x5e702c32],
  ['abc', 0, 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0, 0xe2293b2f],
  ['Call me Ishmael. Some years ago--never mind how long precisely-', 0, 0x6f320359],
  ['', 1, 0x0b2cb792],
])('hashes %j with seed %i as the reference does', (text, seed, expected) => {
  expect(xxhash32(text, seed)).toBe(expected)
})
