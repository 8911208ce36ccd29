import { describe, expect, test } from 'vitest'
import { readDocument, type TextDocument } from '../../src/config/text-document.ts'

function read(text: string): TextDocument {
  const result = readDocument(text)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.document
}

describe('a text', () => {
  test('knows where keys and items stand, and where the table around a missing one does', () => {
    const document = read('a:\n  - b: 1\n    c: [x, y]\n')
    expect(document.value).toEqual({ a: [{ b: 1, c: ['x', 'y'] }] })
    expect(document.locate(['a'])).toEqual({ line: 1, column: 1 })
    expect(document.locate(['a', 0])).toEqual({ line: 2, column: 5 })
    expect(document.locate(['a', 0, 'c', 1])).toEqual({ line: 3, column: 12 })
    expect(document.locate(['a', 0, 'missing', 'deep'])).toEqual({ line: 2, column: 5 })
    expect(document.locate(['a', 7])).toEqual({ line: 1, column: 1 })
    expect(document.locate(['a', 0, 'b', 'in a number'])).toEqual({ line: 2, column: 5 })
    expect(document.locate([])).toEqual({ line: 1, column: 1 })
  })

  test('may be JSON with tabs, a byte order mark and escapes', () => {
    const document = read('\uFEFF{\n\t"a": "\\ud83d\\ude00\\/",\n\t"b": [1]\n}')
    expect(document.value).toEqual({ a: '😀/', b: [1] })
    expect(document.locate(['b', 0])).toEqual({ line: 3, column: 8 })
  })

  test('follows aliases and merges, a list of them too', () => {
    const document = read('x: &x\n  k: 1\ny: &y {l: 2}\nz:\n  <<: [*x, *y]\n  m: *y\n')
    expect(document.locate(['z', 'l'])).toEqual({ line: 3, column: 8 })
    expect(document.locate(['z', 'm', 'l'])).toEqual({ line: 3, column: 8 })
    expect(document.locate(['z', 'none'])).toEqual({ line: 4, column: 1 })
  })

  test('is empty without a place for anything', () => {
    expect(read('').locate(['a'])).toBeUndefined()
  })

  test('keeps a field named __proto__ a field', () => {
    const { value } = read('{"__proto__": {"polluted": true}}')
    expect(Object.keys(Object(value))).toEqual(['__proto__'])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})
