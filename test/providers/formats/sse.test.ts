import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundaryAfter, boundaryBefore, lastBoundary } from '../../../providers/formats/sse/boundary.ts'
import { type SseEvent, SseSplitter } from '../../../providers/formats/sse/index.ts'
import { cutAt } from '../support.ts'

function split(chunks: readonly Buffer[], limit?: number): SseEvent[] {
  const splitter = new SseSplitter(limit)
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()]
}

function ofText(text: string): SseEvent[] {
  return split([Buffer.from(text)])
}

describe('SseSplitter', () => {
  it('reads LF, CRLF and CR line ends alike', () => {
    const lines = ['event: a', 'data: 1', '', 'data: 2', '', '']
    const expected = [{ event: 'a', data: '1' }, { data: '2' }]
    for (const end of ['\n', '\r\n', '\r']) expect(ofText(lines.join(end))).toEqual(expected)
  })

  it('takes data with and without a space, and keeps further spaces', () => {
    expect(ofText('data:a\n\ndata: b\n\ndata:  c\n\n')).toEqual([{ data: 'a' }, { data: 'b' }, { data: ' c' }])
  })

  it('joins several data lines by line feeds', () => {
    expect(ofText('data: a\ndata\ndata: b\n\n')).toEqual([{ data: 'a\n\nb' }])
  })

  it('leaves out comments, unknown fields, a BOM and events without data', () => {
    expect(ofText('\ufeff: hi\n\nid: 1\nretry: 5\ndatum: x\nevent: none\n\nevent:\ndata: a\n\n')).toEqual([
      { data: 'a' },
    ])
  })

  it('flushes a tail that has no blank line behind it', () => {
    expect(ofText('data: a\n\nevent: e\ndata: b')).toEqual([{ data: 'a' }, { event: 'e', data: 'b' }])
  })

  it('says whether anything is held back', () => {
    const splitter = new SseSplitter()
    splitter.push(Buffer.from('data: a\n\n'))
    expect(splitter.idle).toBe(true)
    splitter.push(Buffer.from('data: b\n'))
    expect(splitter.idle).toBe(false)
  })

  it('refuses a line over the limit, whole or in pieces', () => {
    const line = Buffer.from(`data: ${'x'.repeat(100)}\n\n`)
    expect(() => split([line], 50)).toThrow('over the limit of 50 bytes')
    expect(() => split([line.subarray(0, 40), line.subarray(40, 80)], 50)).toThrow('over the limit of 50 bytes')
    expect(split([line], 200)).toHaveLength(1)
  })

  it('refuses an event whose many lines outgrow the limit', () => {
    const lines = Buffer.from('data: 0123456789\n'.repeat(20))
    expect(() => split(cutAt(lines, [17, 34, 51, 68, 85, 102]), 50)).toThrow('over the limit of 50 bytes')
  })

  it('gives the same events however the bytes are cut', () => {
    const line = fc.constantFrom('data: ä🗼', 'data:x', 'event: e', ': note', '', '', 'data: {"a":"\\ud83d"}', 'id: 1')
    const end = fc.constantFrom('\n', '\r\n', '\r')
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.tuple(line, end), { maxLength: 12 }),
        fc.array(fc.nat(400), { maxLength: 40 }),
        (bom, lines, cuts) => {
          const bytes = Buffer.from((bom ? '\ufeff' : '') + lines.flat().join(''))
          expect(split(cutAt(bytes, cuts))).toEqual(split([bytes]))
          expect(split(cutAt(bytes, [...bytes.keys()]))).toEqual(split([bytes]))
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('event boundaries', () => {
  it('finds them for every line end', () => {
    for (const blank of ['\n\n', '\r\n\r\n', '\r\r']) {
      const bytes = Buffer.from(`data: a${blank}data: b${blank}data: c`)
      const second = 7 + blank.length
      expect(lastBoundary(bytes)).toBe(second * 2)
      expect(boundaryBefore(bytes, second + 3)).toBe(second)
      expect(boundaryAfter(bytes, second + 3)).toBe(second * 2)
    }
    expect(lastBoundary(Buffer.from('data: a\n'))).toBe(0)
    expect(boundaryAfter(Buffer.from('data: a\n'), 2)).toBe(8)
  })
})
