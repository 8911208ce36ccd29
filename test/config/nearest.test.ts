import { describe, expect, test } from 'vitest'
import { nearest } from '../../src/config/nearest.ts'

describe('the nearest name', () => {
  test.each([
    ['servces', 'services'],
    ['hots', 'host'],
    ['HOST', 'host'],
    ['completely-else', undefined],
    ['x'.repeat(100), undefined],
  ])('to %s is %s', (name, expected) => {
    expect(nearest(name, ['services', 'host', 'routes'])).toBe(expected)
  })
})
