import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parseWith } from '../../src/config/kong-messages.ts'

function complaints(schema: z.ZodType, value: unknown): string[] {
  const result = parseWith(schema, value)
  return result.ok ? [] : result.complaints.map(({ segments, message }) => `${segments.join('.')}: ${message}`)
}

describe('what a schema refuses', () => {
  test.each([
    [z.string(), 1, 'expected a string'],
    [z.number(), '1', 'expected a number'],
    [z.int(), '1', 'expected a number'],
    [z.int(), 1.5, 'expected an integer'],
    [z.boolean(), 'yes', 'expected a boolean'],
    [z.array(z.string()), 'x', 'expected an array'],
    [z.tuple([z.string()]), 'x', 'expected an array'],
    [z.strictObject({}), [], 'expected a record'],
    [z.record(z.string(), z.string()), 1, 'expected a map'],
    [z.date(), 1, 'expected a date'],
    [z.enum(['a', 'b']), 'c', 'expected one of: a, b'],
    [z.literal('a'), 'c', 'value must be a'],
    [z.guid(), 'x', 'expected a valid UUID'],
    [z.uuid(), 'x', 'expected a valid UUID'],
    [z.url(), 'x', 'missing scheme in url'],
    [z.url(), 'http://', 'missing host in url'],
    [z.string().startsWith('/'), 'x', 'should start with: /'],
    [z.string().includes('@'), 'x', 'expected to contain: @'],
    [z.string().regex(/^a$/), 'x', 'invalid value: x'],
    [z.string().min(2), 'x', 'length must be at least 2'],
    [z.string().max(2), 'xxx', 'length must be at most 2'],
    [z.string().length(2), 'xxx', 'length must be 2'],
    [z.array(z.string()).length(2), [], 'length must be 2'],
    [z.array(z.string()).min(1), [], 'length must be at least 1'],
    [z.int().min(1).max(5), 9, 'value should be between 1 and 5'],
    [z.number().min(1).max(5), 0, 'value should be between 1 and 5'],
    [z.number().min(1), 0, 'value must be at least 1'],
    [z.int().min(1), 0, 'value must be at least 1'],
    [z.number().max(1), 2, 'value must be at most 1'],
    [z.number().gt(1), 1, 'value must be greater than 1'],
    [z.number().lt(1), 1, 'value must be less than 1'],
    [z.number().multipleOf(5), 1, 'value must be a multiple of 5'],
    [z.string().min(2, 'my own text'), 'x', 'my own text'],
    [z.string().refine(() => false), 'x', 'invalid value: x'],
  ])('%# is told in words of Kong', (schema, value, message) => {
    expect(complaints(schema, value)).toEqual([`: ${message}`])
  })

  test('names what is missing and what is unknown, each at its own place', () => {
    const schema = z.strictObject({
      a: z.string(),
      b: z.strictObject({ c: z.enum(['x', 'y']), u: z.union([z.string(), z.number()]) }),
    })
    expect(complaints(schema, { b: { d: 1 }, e: 1, f: 2 })).toEqual([
      'a: required field missing',
      'b.c: required field missing',
      'b.u: required field missing',
      'b.d: unknown field',
      'e: unknown field',
      'f: unknown field',
    ])
  })

  test('says of a union what is wrong with the form that comes nearest', () => {
    const schema = z.union([z.string(), z.strictObject({ name: z.string(), size: z.int().min(1).max(3) })])
    expect(complaints(schema, { name: 'x', size: 7 })).toEqual(['size: value should be between 1 and 3'])
  })

  test('names the choices of a discriminated union', () => {
    const schema = z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('a') }),
      z.strictObject({ type: z.literal('b') }),
    ])
    expect(complaints(schema, { type: 'c' })).toEqual(['type: expected one of: a, b'])
    expect(complaints(schema, {})).toEqual(['type: required field missing'])
  })

  test('says what is wrong with the name of a field in a map', () => {
    expect(complaints(z.record(z.string().min(3), z.int()), { ab: 1 })).toEqual(['ab: length must be at least 3'])
  })
})
