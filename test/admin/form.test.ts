import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { inferTypes, nestFields } from '../../src/admin/body/form.ts'

describe('the names of a form', () => {
  test.each<[string, [string, string][], unknown]>([
    [
      'nest at dots',
      [
        ['a.b.c', '1'],
        ['a.d', '2'],
      ],
      { a: { b: { c: '1' }, d: '2' } },
    ],
    [
      'make a list of what comes twice',
      [
        ['a', '1'],
        ['a', '2'],
        ['a', '3'],
      ],
      { a: ['1', '2', '3'] },
    ],
    [
      'make a list with empty brackets',
      [
        ['a[]', '1'],
        ['a[]', '2'],
      ],
      { a: ['1', '2'] },
    ],
    [
      'make a list with places',
      [
        ['a[2]', '2'],
        ['a[1]', '1'],
      ],
      { a: ['1', '2'] },
    ],
    [
      'make lists of tables',
      [
        ['a[1].x', '1'],
        ['a[1].y', '2'],
        ['a[2].x', '3'],
      ],
      { a: [{ x: '1', y: '2' }, { x: '3' }] },
    ],
    [
      'make tables with brackets',
      [
        ['a[b]', '1'],
        ['a[c].d', '2'],
      ],
      { a: { b: '1', c: { d: '2' } } },
    ],
    [
      'mixed with others are no list',
      [
        ['a[1]', '1'],
        ['a.b', '2'],
      ],
      { a: { 1: '1', b: '2' } },
    ],
    [
      'let a table take the place of a text',
      [
        ['a', '1'],
        ['a.b', '2'],
      ],
      { a: { b: '2' } },
    ],
  ])('%s', (_what, pairs, expected) => {
    expect(nestFields(pairs)).toEqual(expected)
  })

  test('reach no prototype', () => {
    const made = nestFields([
      ['__proto__.polluted', 'yes'],
      ['constructor.prototype.polluted', 'yes'],
    ])
    expect(Object.hasOwn(made, '__proto__')).toBe(true)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('may not nest without end', () => {
    expect(() => nestFields([['a.'.repeat(100), '1']])).toThrow('fields are nested too deeply')
  })
})

describe('the texts of a form', () => {
  const schema = z.strictObject({
    count: z.int().optional(),
    on: z.boolean().default(false),
    list: z.array(z.number()),
    text: z.string(),
    code: z.literal([301, 302]),
    either: z.union([z.literal(-1), z.literal(1)]),
    map: z.record(z.string(), z.int()),
  })

  test('become what the schema wants', () => {
    const given = {
      count: '5',
      on: 'true',
      list: '7',
      text: '5',
      code: '301',
      either: '-1',
      map: { a: '1' },
      more: '1',
    }
    expect(inferTypes(given, schema)).toEqual({
      count: 5,
      on: true,
      list: [7],
      text: '5',
      code: 301,
      either: -1,
      map: { a: 1 },
      more: '1',
    })
  })

  test('stay what they are where they are not that', () => {
    const given = { count: 'five', on: 'perhaps', list: ['1', 'x'], code: [] }
    expect(inferTypes(given, schema)).toEqual({ count: 'five', on: 'perhaps', list: [1, 'x'], code: [] })
    expect(inferTypes(5, undefined)).toBe(5)
  })

  test('that are empty are nothing, or an empty list', () => {
    expect(inferTypes({ text: '', list: '' }, schema)).toEqual({ text: null, list: [] })
  })
})
