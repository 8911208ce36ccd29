import { describe, expect, test } from 'vitest'
import { parseListen } from '../../src/settings/listen.ts'
import * as values from '../../src/settings/values.ts'

interface Kind {
  safeParse(text: string): { success: boolean; data?: unknown; error?: { issues: { message: string }[] } }
}

function refusals(kind: Kind, text: string): string[] {
  return kind.safeParse(text).error?.issues.map((issue) => issue.message) ?? []
}

describe('listeners', () => {
  test('addresses, IPv6 in brackets, names, port 0 and flags are read', () => {
    expect(parseListen('0.0.0.0:8000 reuseport backlog=16384, [::1]:8443 ssl bind,localhost:0').listeners).toEqual([
      { host: '0.0.0.0', port: 8000, ssl: false, backlog: 16384 },
      { host: '::1', port: 8443, ssl: true },
      { host: 'localhost', port: 0, ssl: false },
    ])
    expect(parseListen(' off ')).toEqual({ listeners: [], ignored: [], problems: [] })
  })

  test('flags without effect are told', () => {
    expect(parseListen('[::]:1 http2 deferred ipv6only=on so_keepalive=on').ignored).toHaveLength(4)
  })

  test.each([
    ['8000', 'not an address with a port'],
    [':8000', 'no valid host'],
    ['*:8000', 'no valid host'],
    ['::1:8000', 'not an address with a port'],
    ['[127.0.0.1]:80', 'no valid host'],
    ['[]:80', 'no valid host'],
    ['300.0.0.1:80', 'no valid host'],
    ['1.1.1.1:65536', 'over 65535'],
    ['1.1.1.1:1,', 'is empty'],
    ['1.1.1.1:1 sssl', '"sssl" of 1.1.1.1:1 is not known'],
    ['1.1.1.1:1 backlog=0', '"backlog=0"'],
    ['1.1.1.1:1 proxy_protocol', 'proxy_protocol'],
    ['unix:/run/a.sock', 'Unix socket'],
    ['1.1.1.1:1, off', 'not an address'],
  ])('%j is refused', (text, reason) => {
    const refused = refusals(values.listeners, text)
    expect(refused).toHaveLength(1)
    expect(refused[0]).toContain(reason)
  })

  test('every wrong entry is told', () => {
    expect(refusals(values.listeners, 'a, b, 1.1.1.1:1 x y')).toHaveLength(4)
  })
})

describe('sizes and times', () => {
  test.each([
    ['0', 0],
    ['512', 512],
    ['16k', 16384],
    ['100M', 104857600],
    ['2g', 2147483648],
  ])('size %s is %d bytes', (text, size) => {
    expect(values.bytes(0).parse(text)).toBe(size)
  })

  test.each(['', '-1', '1.5m', '1t', '9999999999g', 'k'])('size %j is refused', (text) => {
    expect(refusals(values.bytes(0), text)[0]).toContain('is not a size')
  })

  test('a size below the least is refused', () => {
    expect(refusals(values.bytes(1024), '1023')).toEqual(['"1023" is too small; the least is 1024 bytes'])
  })

  test.each([
    ['0', 0],
    ['60', 60],
    ['0.5', 0.5],
    ['500ms', 0.5],
    ['60s', 60],
    ['5m', 300],
    ['1h', 3600],
    ['1d', 86400],
  ])('time %s is %d seconds', (text, time) => {
    expect(values.duration(0).parse(text)).toBe(time)
  })

  test('times that a timer cannot hold, negative ones and words are refused', () => {
    expect(refusals(values.duration(0), '25d')[0]).toContain('is too long')
    expect(refusals(values.duration(0), '-1')[0]).toContain('is not a time')
    expect(refusals(values.duration(0), 'soon')[0]).toContain('is not a time')
    expect(refusals(values.duration(1), '0')[0]).toContain('is too short')
  })
})

describe('other kinds', () => {
  test.each(['on', 'true', '1', 'ON', 'off', 'false', '0'])('%s is a switch', (text) => {
    expect(values.onOff.parse(text)).toBe(/^(on|true|1)$/i.test(text))
  })

  test('counts', () => {
    expect(values.autoOrCount.parse('auto')).toBe('auto')
    expect(values.autoOrCount.parse('4')).toBe(4)
    for (const text of ['0', '-1', '1.5', '2000', 'many']) expect(refusals(values.autoOrCount, text)).toHaveLength(1)
    expect(values.integer(0, 10).parse('10')).toBe(10)
    for (const text of ['11', '-1', '1e1', '']) expect(refusals(values.integer(0, 10), text)).toHaveLength(1)
    expect(refusals(values.onOff, 'maybe')).toHaveLength(1)
  })

  test('addresses and blocks', () => {
    expect(values.addressBlocks.parse('10.0.0.0/8, ::1, unix:, 1.2.3.4')).toEqual(['10.0.0.0/8', '::1', '1.2.3.4'])
    expect(values.addressBlocks.parse('NONE')).toEqual([])
    expect(refusals(values.addressBlocks, '10, 1.1.1.1/33, x')).toHaveLength(3)
  })

  test('header lists are mended in case and refused if unknown', () => {
    const kind = values.headerList(['Via', 'Server'], { tokens: ['Server'] })
    expect(kind.parse('via, tokens,SERVER')).toEqual(['Via', 'Server'])
    expect(kind.parse('off')).toEqual([])
    expect(refusals(kind, 'via,x,y')).toHaveLength(2)
  })

  test('header names', () => {
    expect(values.headerName.parse('X-Forwarded-For')).toBe('x-forwarded-for')
    expect(refusals(values.headerName, 'proxy_protocol')[0]).toContain('not served')
    expect(refusals(values.headerName, 'a b')[0]).toContain('not the name of a header')
  })

  test('UUIDs', () => {
    expect(values.optionalUuid.parse('0B4C2A7E-96F5-4E55-8E5E-6A0D3D8C6B11')).toBe(
      '0b4c2a7e-96f5-4e55-8e5e-6a0d3d8c6b11',
    )
    expect(values.optionalUuid.parse('NONE')).toBeNull()
    expect(refusals(values.optionalUuid, 'node-1')).toHaveLength(1)
  })
})
