import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapePath, normalizePath, pathHazard } from '../../src/router/index.ts'

describe('normalizePath', () => {
  it.each([
    ['leaves the root', '/', '/'],
    ['leaves a plain path', '/a/b-c_d.e~f', '/a/b-c_d.e~f'],
    ['leaves a final slash', '/a/b/', '/a/b/'],
    ['leaves reserved characters', "/a!$&'()*+,;=:@[]", "/a!$&'()*+,;=:@[]"],
    ['leaves the asterisk of OPTIONS', '*', '*'],
    ['leaves hidden files', '/.well-known/x', '/.well-known/x'],
    ['leaves segments of three dots', '/a/.../b', '/a/.../b'],
    ['leaves dots within segments', '/a../..b/c.', '/a../..b/c.'],
    ['takes an empty path for the root', '', '/'],
    ['adds a slash where none is first', 'a/b', '/a/b'],
    ['decodes letters', '/%41%62c', '/Abc'],
    ['decodes digits', '/%30%39', '/09'],
    ['decodes the unreserved marks', '/%2D%2E%5F%7E', '/-._~'],
    ['decodes a space', '/a%20b', '/a b'],
    ['decodes what is neither reserved nor control', '/%22%3C%3E%5C%5E%60%7B%7C%7D', '/"<>\\^`{|}'],
    ['decodes UTF-8', '/caf%c3%a9', '/café'],
    ['decodes UTF-8 of four bytes', '/%F0%9F%99%82', '/🙂'],
    ['keeps an escaped slash and raises its digits', '/a%2fb', '/a%2Fb'],
    ['keeps an escaped percent sign', '/a%25b', '/a%25b'],
    ['keeps an escaped question mark and hash', '/%3f%23', '/%3F%23'],
    [
      'keeps all that is reserved',
      '/%21%24%26%27%28%29%2a%2b%2c%3a%3b%3d%40%5b%5d',
      '/%21%24%26%27%28%29%2A%2B%2C%3A%3B%3D%40%5B%5D',
    ],
    ['keeps control characters', '/a%00%0d%0a%1f%7f', '/a%00%0D%0A%1F%7F'],
    ['keeps bytes that are no UTF-8', '/%ff%e9x', '/%FF%E9x'],
    ['keeps UTF-8 that is cut short', '/%e2%82/x', '/%E2%82/x'],
    ['keeps overlong UTF-8', '/%c0%af', '/%C0%AF'],
    ['keeps a surrogate in UTF-8', '/%ed%a0%80', '/%ED%A0%80'],
    ['keeps overlong UTF-8 of three and four bytes', '/%e0%80%af%f0%80%80%af', '/%E0%80%AF%F0%80%80%AF'],
    ['keeps what is past the last character of Unicode', '/%f4%90%80%80', '/%F4%90%80%80'],
    ['keeps UTF-8 that ends too early', '/%c3%41', '/%C3A'],
    ['decodes good UTF-8 beside bad', '/%ff%c3%a9', '/%FFé'],
    ['decodes once only', '/%252e%252e', '/%252e%252e'],
    ['escapes a percent sign that starts no escape', '/100%', '/100%25'],
    ['escapes a percent sign before other letters', '/%zz', '/%25zz'],
    ['makes no new escape of what it decodes', '/%%34%31', '/%2541'],
    ['merges slashes', '/a//b///c', '/a/b/c'],
    ['merges slashes at the start', '//a', '/a'],
    ['merges slashes at the end', '/a//', '/a/'],
    ['resolves a dot', '/a/./b', '/a/b'],
    ['resolves a dot at the end', '/a/.', '/a/'],
    ['resolves two dots', '/a/b/../c', '/a/c'],
    ['resolves two dots at the end', '/a/b/..', '/a/'],
    ['resolves two dots up to the root', '/a/..', '/'],
    ['does not climb over the root', '/../../a', '/a'],
    ['resolves many two dots', '/a/b/c/../../d', '/a/d'],
    ['resolves escaped dots', '/a/%2e%2E/b', '/b'],
    ['resolves dots of which one is escaped', '/a/.%2e/b', '/b'],
    ['merges slashes before it resolves dots', '/a//../b', '/b'],
    ['takes an escaped slash for no separator', '/a/..%2fb', '/a/..%2Fb'],
  ])('%s: %s', (_, raw, normal) => {
    expect(normalizePath(raw)).toBe(normal)
  })

  const pieces = fc.constantFrom(
    '/',
    '//',
    '.',
    '..',
    '%',
    '%2',
    '%2e',
    '%2F',
    '%25',
    '%C3',
    '%a9',
    '%e2%82%ac',
    '%00',
    '%41',
    '4',
    '1',
    'a',
    ' ',
    'é',
    '\\',
    '?',
    '#',
  )
  const paths = fc.array(pieces, { maxLength: 12 }).map((parts) => `/${parts.join('')}`)

  /** Node reads the bytes of a request's path as one character each. */
  const latin1 = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1'))

  it('changes nothing when applied again', () => {
    fc.assert(
      fc.property(fc.oneof(paths, latin1), (raw) => {
        const once = normalizePath(raw)
        expect(normalizePath(once)).toBe(once)
      }),
      { numRuns: 200 },
    )
  })

  it('decodes of UTF-8 what a strict decoder takes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4 }), (bytes) => {
        const high = bytes.map((byte) => byte | 0x80)
        const escaped = [...high].map((byte) => `%${byte.toString(16).toUpperCase()}`).join('')
        let strict: string | undefined
        try {
          strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(high)
        } catch {
          strict = undefined
        }
        const normal = normalizePath(`/${escaped}`)
        if (strict !== undefined) expect(normal).toBe(`/${strict}`)
        expect(escapePath(normal)).toBe(`/${escaped}`)
      }),
      { numRuns: 300 },
    )
  })

  it('leaves neither empty nor dot segments nor stray percent signs', () => {
    fc.assert(
      fc.property(paths, (raw) => {
        const normal = normalizePath(raw)
        expect(normal).toMatch(/^\//)
        expect(normal).not.toMatch(/\/\/|\/\.{1,2}(\/|$)|%(?![0-9A-F]{2})/)
      }),
      { numRuns: 200 },
    )
  })

  it('gives every text back once it has been escaped whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const unreserved = text.replace(/[^\p{L}\p{N}_~-]/gu, '_').normalize()
        const escaped = [...Buffer.from(unreserved)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
        expect(normalizePath(`/${escaped}`)).toBe(`/${unreserved}`)
      }),
      { numRuns: 200 },
    )
  })
})

describe('pathHazard', () => {
  it.each([
    ['/a%2fb', 'an encoded slash (%2f)'],
    ['/a/..%2Fetc', 'an encoded slash (%2F)'],
    ['/a%5cb', 'an encoded backslash (%5c)'],
    ['/a\\b', 'a backslash (\\)'],
    ['/a%00', 'an encoded NUL (%00)'],
    ['/a%0d%0aX: y', 'an encoded control character (%0d)'],
    ['/a%7F', 'an encoded control character (%7F)'],
    ['/a\tb', 'a control character (0x09)'],
    ['/%2e%2e/x', 'an encoded dot segment (%2e%2e)'],
    ['/a/%2E', 'an encoded dot segment (%2E)'],
    ['/a/.%2e', 'an encoded dot segment (.%2e)'],
    ['/a/%2e./b', 'an encoded dot segment (%2e.)'],
    ['/a%', 'an invalid percent-encoding (%)'],
    ['/a%4', 'an invalid percent-encoding (%4)'],
    ['/a%zz/b', 'an invalid percent-encoding (%zz)'],
    ['/a%u002f', 'an invalid percent-encoding (%u0)'],
    ['/a%c0%af', 'an overlong percent-encoding (%c0)'],
    ['/a%C1%9C', 'an overlong percent-encoding (%C1)'],
    ['/a%e0%80%af', 'an overlong percent-encoding (%e0%80)'],
    ['/a%f0%80%80%af', 'an overlong percent-encoding (%f0%80)'],
    ['/a%f8%80%80%80%af', 'an overlong percent-encoding (%f8%80)'],
    ['/a%é', 'an invalid percent-encoding (%0xe9)'],
  ])('names what is unsafe in %j', (raw, hazard) => {
    expect(pathHazard(raw)).toBe(hazard)
  })

  it.each([
    '/',
    '/a/b',
    '/a/../b',
    '/a//b',
    '/caf%C3%A9',
    '/caf%E9',
    '/a%20b',
    '/%25',
    '/a%2Eb',
    '/v1.%2e.2',
    '/%2e%2e%2e',
    '/é',
    "/~!$&'()*+,;=:@[]",
  ])('finds nothing unsafe in %s', (raw) => {
    expect(pathHazard(raw)).toBeNull()
  })

  it('names something wherever normalising an escaped path removes a segment that looked harmless', () => {
    fc.assert(
      fc.property(fc.constantFrom('%2e', '%2E', '.'), fc.constantFrom('%2e', '%2E'), (first, second) => {
        expect(pathHazard(`/a/${first}${second}/b`)).toContain('dot segment')
        expect(normalizePath(`/a/${first}${second}/b`)).toBe('/b')
      }),
    )
  })
})
