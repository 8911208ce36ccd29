import { describe, expect, test } from 'vitest'
import { parsed, problems } from './parse.ts'

const given = (field: string) => `: failed conditional validation given value of field '${field}'`

describe('a service', () => {
  test('has the defaults of Kong', () => {
    expect(parsed('services', { host: 'a.test' })).toMatchObject({
      protocol: 'http',
      port: 80,
      path: null,
      retries: 5,
      connect_timeout: 60000,
      write_timeout: 60000,
      read_timeout: 60000,
      enabled: true,
      tls_verify: null,
      client_certificate: null,
      ca_certificates: null,
    })
  })

  test.each([
    ['http://a.test', { protocol: 'http', host: 'a.test', port: 80, path: null }],
    ['https://a.test/x/y', { protocol: 'https', port: 443, path: '/x/y' }],
    ['grpcs://a.test', { protocol: 'grpcs', port: 443 }],
    ['a.test', { protocol: 'http', port: 80 }],
    ['a.test:443', { protocol: 'https', port: 443 }],
    ['http://[::1]:8000/', { host: '[::1]', port: 8000, path: '/' }],
    ['tcp://a.test:9', { protocol: 'tcp', port: 9 }],
  ])('may be given as the URL %s', (url, fields) => {
    const service = parsed('services', { url })
    expect(service).toMatchObject(fields)
    expect(service).not.toHaveProperty('url')
  })

  test.each([
    [{ url: 'http://' }, ['host: required field missing', 'url: unknown field']],
    [{ url: 7, host: 'a.test' }, ['url: unknown field']],
    [{ host: '' }, ['host: length must be at least 1']],
    [{ host: 'a.test:80' }, ['host: must not have a port']],
    [{ host: 'a b' }, ['host: invalid value: a b']],
    [{ host: 'a.test', path: 'x' }, ['path: should start with: /']],
    [{ host: 'a.test', path: '/a//b' }, ['path: must not have empty segments']],
    [
      { host: 'a.test', path: '/a b' },
      ["path: invalid path: '/a b' (characters outside of the reserved list of RFC 3986 found)"],
    ],
    [{ host: 'a.test', path: '/%z1' }, ["path: invalid url-encoded value: '%z1'"]],
    [{ host: 'a.test', port: 65536 }, ['port: value should be between 0 and 65535']],
    [{ host: 'a.test', read_timeout: 0 }, ['read_timeout: value should be between 1 and 2147483646']],
    [
      { host: 'a.test', tags: ['a,b'] },
      ["tags.0: invalid tag 'a,b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences"],
    ],
    [{ host: 'a.test', tags: 'x' }, ['tags: expected a set']],
    [{ host: 'a.test', id: 'x' }, ['id: expected a valid UUID']],
    [
      { host: 'a.test', protocol: 'grpc', path: '/x' },
      ['path: value must be null', ": failed conditional validation given value of field 'protocol'"],
    ],
    [
      { host: 'a.test', tls_verify: true },
      ['tls_verify: value must be null', ": failed conditional validation given value of field 'protocol'"],
    ],
  ])('%j is refused', (fields, messages) => {
    expect(problems('services', fields)).toEqual(messages)
  })

  test('tells of checks over several fields beside those of single fields', () => {
    expect(problems('services', { host: 'a.test', protocol: 'tcp', path: '/x', retries: -1, zzz: 1 })).toEqual([
      'retries: value should be between 0 and 32767',
      'zzz: unknown field',
      'path: value must be null',
      given('protocol'),
    ])
    expect(problems('routes', { zzz: 1 })).toHaveLength(2)
    expect(problems('routes', { paths: ['x'] })).toHaveLength(1)
  })

  test('may ask for verified TLS', () => {
    expect(
      problems('services', { url: 'https://a.test', tls_verify: true, tls_verify_depth: 3, ca_certificates: [] }),
    ).toEqual([])
  })
})
