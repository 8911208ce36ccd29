import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parseEntity } from '../../src/config/parse-entity.ts'
import { parsePluginConfig } from '../../src/config/parse-plugin-config.ts'
import { coreEntities } from '../../src/entities/index.ts'
import { plugins } from '../../src/entities/plugin.ts'

const ref = '{vault://env/x}'

describe('the config of a plugin', () => {
  const schema = z.strictObject({ limits: z.array(z.int()), key: z.string(), mode: z.enum(['a', 'b']).default('a') })

  test('is told only of what is wrong beside its references', () => {
    expect(parsePluginConfig(schema, { limits: [ref, 'x'], key: ref, mode: 'c' })).toEqual({
      ok: false,
      complaints: [
        { segments: ['limits', 1], message: 'expected a number' },
        { segments: ['mode'], message: 'expected one of: a, b' },
      ],
    })
  })

  test('may have no unknown field, a reference or not', () => {
    expect(parsePluginConfig(schema, { limits: [ref], key: ref, keyy: ref })).toEqual({
      ok: false,
      complaints: [{ segments: ['keyy'], message: 'unknown field', unknownField: true }],
    })
  })

  test('may not be a reference itself, nor have one where a list belongs', () => {
    expect(parsePluginConfig(schema, { limits: ref, key: 'k' })).toEqual({
      ok: false,
      complaints: [{ segments: ['limits'], message: 'expected an array' }],
    })
  })

  test('must come out of its schema as a table', () => {
    expect(
      parsePluginConfig(
        z.strictObject({}).transform(() => 1),
        {},
      ),
    ).toEqual({
      ok: false,
      complaints: [{ segments: [], message: 'expected a record' }],
    })
  })
})

describe('the hint for an unknown field', () => {
  const inner = z.strictObject({ timeout: z.int().optional() })
  const config = z.strictObject({
    list: z.array(inner).optional(),
    map: z.record(z.string(), inner).optional(),
    either: z.union([z.string(), z.strictObject({ nested: inner.optional() })]).optional(),
    lazy: z.lazy(() => inner).optional(),
    piped: inner.transform((value) => value).optional(),
    prepared: z.preprocess((value) => value, inner).optional(),
    wrapped: inner.nullable().default(null).readonly(),
    deep: z.strictObject({ a: z.unknown() }).optional(),
  })
  const catalog = { entities: coreEntities, plugins: new Map([['p', { name: 'p', config }]]) }

  test.each([
    [{ list: [{ timeuot: 1 }] }],
    [{ map: { x: { timeuot: 1 } } }],
    [{ either: { nested: { timeuot: 1 } } }],
    [{ lazy: { timeuot: 1 } }],
    [{ piped: { timeuot: 1 } }],
    [{ prepared: { timeuot: 1 } }],
    [{ wrapped: { timeuot: 1 } }],
  ])('is found in %j', (value) => {
    const result = parseEntity(plugins, { name: 'p', config: value }, catalog)
    expect(result).toMatchObject({ ok: false, complaints: [{ message: 'unknown field', hint: 'timeout' }] })
  })

  test('is not given where nothing is near', () => {
    const result = parseEntity(plugins, { name: 'p', config: { deep: { a: 1, something: 1 } } }, catalog)
    expect(result).toMatchObject({ ok: false, complaints: [{ hint: undefined }] })
  })
})
