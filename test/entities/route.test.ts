import { describe, expect, test } from 'vitest'
import { normalizePath, routeRegex } from '../../src/entities/route-paths.ts'
import { parsed, problems } from './parse.ts'

const group = "'methods', 'hosts', 'headers', 'paths'"

describe('a route', () => {
  test('has the defaults of Kong', () => {
    expect(parsed('routes', { paths: ['/'] })).toMatchObject({
      name: null,
      protocols: ['http', 'https'],
      https_redirect_status_code: 426,
      strip_path: true,
      preserve_host: false,
      request_buffering: true,
      response_buffering: true,
      service: null,
      snis: null,
      methods: null,
      hosts: null,
      headers: null,
      regex_priority: 0,
      path_handling: 'v0',
      tags: null,
    })
    expect(parsed('routes', { paths: ['/'], protocols: ['grpc'] })).toMatchObject({ strip_path: false })
    expect(parsed('routes', { hosts: ['x.test'], protocols: ['http', 'http'] })).toMatchObject({ protocols: ['http'] })
  })

  test.each([
    [{}, [`: must set one of ${group}, 'snis' when 'protocols' is 'https'`]],
    [{ protocols: ['http'] }, [`: must set one of ${group} when 'protocols' is 'http'`]],
    [{ protocols: ['grpc'] }, [": must set one of 'hosts', 'headers', 'paths' when 'protocols' is 'grpc'"]],
    [{ protocols: ['tls_passthrough'] }, [": must set snis when 'protocols' is 'tls_passthrough'"]],
    [
      { protocols: ['tcp', 'udp'] },
      [": must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' or 'udp'"],
    ],
    [
      { protocols: ['http', 'tcp'], paths: ['/'] },
      [
        "protocols: these sets are mutually exclusive: ('http', 'https'), ('tcp', 'tls', 'udp'), ('tls_passthrough'), ('grpc', 'grpcs')",
      ],
    ],
    [{ protocols: [] }, ['protocols: length must be at least 1']],
    [
      { protocols: ['http'], paths: ['/'], snis: ['a.test'] },
      ["snis: 'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'"],
    ],
    [{ paths: ['/'], sources: [{ port: 1 }] }, ["sources: cannot set 'sources' when 'protocols' is 'http' or 'https'"]],
    [
      { protocols: ['grpc'], hosts: ['a'], methods: ['GET'] },
      ["methods: cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'"],
    ],
    [
      { protocols: ['wss'], hosts: ['a'], methods: ['GET'] },
      ["methods: cannot set 'methods' when 'protocols' is 'ws' or 'wss'"],
    ],
    [
      { protocols: ['tls'], snis: ['a.test'], paths: ['/'] },
      ["paths: cannot set 'paths' when 'protocols' is 'tcp', 'tls', 'tls_passthrough' or 'udp'"],
    ],
    [
      { protocols: ['grpc'], hosts: ['a'], strip_path: true },
      ["strip_path: cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'"],
    ],
    [
      { headers: { Host: ['x'] } },
      ["headers: cannot contain 'host' header, which must be specified in the 'hosts' attribute"],
    ],
    [
      { headers: { 'a b': ['x'] } },
      ["headers.a b: bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'"],
    ],
    [
      { expression: 'http.path == "/"', paths: ['/'], regex_priority: 1 },
      [
        ": cannot set 'expression' with 'methods', 'hosts', 'paths', 'headers', 'snis', 'sources' or 'destinations' simultaneously",
        ": cannot set 'regex_priority' with 'expression' simultaneously",
      ],
    ],
    [
      { protocols: ['tcp'], sources: [{}] },
      ["sources.0: at least one of these fields must be non-empty: 'ip', 'port'"],
    ],
    [{ protocols: ['tcp'], sources: [{ ip: '1.2.3' }] }, ["sources.0.ip: invalid ip or cidr range: '1.2.3'"]],
    [{ https_redirect_status_code: 303 }, ['https_redirect_status_code: expected one of: 426, 301, 302, 307, 308']],
  ])('%j is refused', (fields, messages) => {
    expect(problems('routes', fields)).toEqual(messages)
  })

  test.each([
    [{ protocols: ['tcp'], sources: [{ ip: '10.0.0.0/8', port: 80 }, { ip: '::1' }] }],
    [{ protocols: ['tls_passthrough'], snis: ['*.a.test', 'b.*'] }],
    [{ expression: 'http.path == "/"', priority: 5 }],
    [{ hosts: ['a.test:80', '*.b.test', 'c.*', '[::1]:80', '127.0.0.1'], methods: ['GET'] }],
    [{ paths: ['/', '/a/', '/a%20b', '/%C3%A9', '~/re/(?P<id>\\d+)$', '~/(?i)x'], headers: { 'x-a': ['1'] } }],
  ])('%j is taken', (fields) => {
    expect(problems('routes', fields)).toEqual([])
  })
})

describe('a path in normal form', () => {
  test.each([
    ['/a/./b/../c', '/a/c'],
    ['/%7euser/%2f', '/~user/%2F'],
    ['/../..', '/'],
    ['/a//b', '/a/b'],
    ['/a/.', '/a/'],
    ['/a/b/..', '/a/'],
    ['/a/', '/a/'],
    ['/', '/'],
  ])('%s is %s', (path, normal) => {
    expect(normalizePath(path)).toBe(normal)
    expect(normalizePath(normal)).toBe(normal)
  })
})

describe('the regular expression of a path', () => {
  test('is anchored, and knows the names and flags of PCRE', () => {
    expect(routeRegex('/users/(?P<id>\\d+)').exec('/users/42/x')?.groups).toEqual({ id: '42' })
    expect(routeRegex('/b').test('/a/b')).toBe(false)
    expect(routeRegex('/a|/b').test('/x/b')).toBe(false)
    expect(routeRegex('/(?i)abc').test('/ABC')).toBe(true)
    expect(routeRegex('(?i)/abc').test('/ABC')).toBe(true)
  })
})
