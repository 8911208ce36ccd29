import { describe, expect, test } from 'vitest'
import { isReference, parseReference } from '../../src/secrets/reference.ts'

describe('a vault reference', () => {
  test.each([
    ['{vault://env/key}', { vault: 'env', resource: 'key', options: {} }],
    ['{vault://env/json/field}', { vault: 'env', resource: 'json', key: 'field', options: {} }],
    ['{vault://hcv/a/b/c}', { vault: 'hcv', resource: 'a/b', key: 'c', options: {} }],
    ['{vault://hcv/a/b/}', { vault: 'hcv', resource: 'a/b', options: {} }],
    [
      '{vault://env/key?prefix=X_&a=b#2}',
      { vault: 'env', resource: 'key', options: { prefix: 'X_', a: 'b' }, version: 2 },
    ],
    ['{vault://env/a%20b}', { vault: 'env', resource: 'a b', options: {} }],
    ['{vault://env/a%zz}', { vault: 'env', resource: 'a%zz', options: {} }],
  ])('%s is taken apart', (text, parts) => {
    expect(isReference(text)).toBe(true)
    expect(parseReference(text)).toEqual(parts)
  })

  test.each([
    ['{vault://env}', 'reference url is missing path [{vault://env}]'],
    ['{vault://env/}', 'reference url has empty path [{vault://env/}]'],
    ['{vault://env/x#one}', 'reference url has invalid version [{vault://env/x#one}]'],
    ['{vault:///x}', 'not a reference [{vault:///x}]'],
    ['plain', 'not a reference [plain]'],
  ])('%s is refused', (text, message) => {
    expect(() => parseReference(text)).toThrow(message)
  })

  test('is nothing but a text in braces', () => {
    expect([null, 1, {}, '{vault://}', '{vault://env/x', 'x{vault://env/x}'].map(isReference)).toEqual(
      Array(6).fill(false),
    )
  })
})
