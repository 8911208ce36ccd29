import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editTopLevel, topLevelEdits } from '../../../providers/formats/json-edit.ts'
import { objectOf } from '../support.ts'

function edit(text: string, edits: Parameters<typeof editTopLevel>[1]): string {
  return editTopLevel(Buffer.from(text), edits).toString('utf8')
}

describe('editTopLevel', () => {
  it('replaces a value and leaves every other byte as it was', () => {
    const text = ' { "seed" : 9007199254740993 , "model":"a" ,\n "x": {"model": "inner", "n":[1.0, {"]":"}"}]} } '
    expect(edit(text, { model: 'b' })).toBe(text.replace('"a"', '"b"'))
  })

  it('appends keys that are missing, also to an empty object', () => {
    expect(edit('{"a":1}', { b: [2], c: null })).toBe('{"a":1,"b":[2],"c":null}')
    expect(edit('{ }', { a: 1 })).toBe('{"a":1 }')
    expect(edit('{"a":1 }', { b: 2 })).toBe('{"a":1,"b":2 }')
  })

  it('removes a key wherever it stands', () => {
    expect(edit('{"a":1, "b":2, "c":3}', { a: undefined })).toBe('{"b":2, "c":3}')
    expect(edit('{"a":1, "b":2, "c":3}', { b: undefined })).toBe('{"a":1, "c":3}')
    expect(edit('{"a":1, "b":2, "c":3}', { c: undefined })).toBe('{"a":1, "b":2}')
    expect(edit('{"a":1}', { a: undefined })).toBe('{}')
    expect(edit('{"a":1}', { a: undefined, b: 2 })).toBe('{"b":2}')
    expect(edit('{"a":1}', { b: undefined })).toBe('{"a":1}')
  })

  it('edits every copy of a key that stands twice, however it is spelled', () => {
    expect(edit('{"model":"a","x":1,"\\u006dodel":"b"}', { model: 'c' })).toBe('{"model":"c","x":1,"\\u006dodel":"c"}')
  })

  it('finds keys beyond ASCII and strings full of escapes', () => {
    expect(edit('{"größe":"\\\\\\"","a":"\\\\"}', { größe: 'ü', a: 1 })).toBe('{"größe":"ü","a":1}')
  })

  it('takes bare values of every kind', () => {
    expect(edit('{"a":true ,"b":null,"c":-1.5e3,"d":false}', { a: 1, b: 2, c: 3, d: 4 })).toBe(
      '{"a":1 ,"b":2,"c":3,"d":4}',
    )
  })

  it('returns the same bytes for no edits', () => {
    const bytes = Buffer.from('{"a":1}')
    expect(editTopLevel(bytes, {})).toBe(bytes)
  })

  it('refuses text that is no object', () => {
    for (const text of ['[1]', '', '{"a":1', '{"a" 1}', '{"a":"x}', '{"a":}', '{"a":1 "b"', '{"a":[1']) {
      expect(() => edit(text, { a: 2 }), text).toThrow('not valid JSON')
    }
  })

  it('means what assigning to the parsed object means', () => {
    const key = fc.constantFrom('model', 'stream', 'a"b', '\\', 'ü', '')
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(key, fc.string()), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 6 }),
        fc.dictionary(key, fc.option(fc.jsonValue({ maxDepth: 1 }), { nil: undefined })),
        fc.nat(3),
        (object, changes, indent) => {
          const text = JSON.stringify(object, null, indent)
          const expected = JSON.parse(JSON.stringify({ ...JSON.parse(text), ...changes }))
          const edits = JSON.parse(JSON.stringify(changes))
          const removed = Object.fromEntries(Object.keys(changes).map((name) => [name, undefined]))
          expect(JSON.parse(edit(text, { ...removed, ...edits }))).toEqual(expected)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('topLevelEdits', () => {
  it('says what differs, and nothing where nothing does', () => {
    const before = objectOf({ a: 1, b: [], c: 2 })
    expect(topLevelEdits(before, before)).toBeUndefined()
    expect(topLevelEdits(before, { ...before })).toBeUndefined()
    expect(topLevelEdits(before, { a: 1, b: before.b, d: 4 })).toEqual({ c: undefined, d: 4 })
    expect(topLevelEdits(before, { ...before, a: 5, e: undefined })).toEqual({ a: 5 })
  })
})
