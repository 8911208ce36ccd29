import { describe, it } from 'vitest'
import { expectCase, type InputFields, type MatchCase, type RouteFields } from './support.ts'

/** One route and one request: name, what the route asks for, the request, whether they go together. */
type Row = readonly [name: string, route: RouteFields, input: InputFields, matches: boolean]

const methods: Row[] = [
  ['the method asked for', { methods: ['GET'] }, { method: 'GET' }, true],
  ['another method', { methods: ['GET'] }, { method: 'POST' }, false],
  ['the second of several methods', { methods: ['PUT', 'PATCH'] }, { method: 'PATCH' }, true],
  ['a method in small letters, which is another', { methods: ['GET'] }, { method: 'get' }, false],
  ['a method nobody else has', { methods: ['PURGE'] }, { method: 'PURGE' }, true],
  ['any method where none is asked for', { paths: ['/'] }, { method: 'DELETE' }, true],
  ['an empty list of methods as none', { methods: [], paths: ['/'] }, { method: 'OPTIONS' }, true],
]

const hosts: Row[] = [
  ['a plain host', { hosts: ['a.test'] }, { host: 'a.test' }, true],
  ['another host', { hosts: ['a.test'] }, { host: 'b.test' }, false],
  ['the second of several hosts', { hosts: ['a.test', 'b.test'] }, { host: 'b.test' }, true],
  ['a plain host with any port', { hosts: ['a.test'] }, { host: 'a.test:9999' }, true],
  ['no host that only ends alike', { hosts: ['a.test'] }, { host: 'xa.test' }, false],
  ['no host that only starts alike', { hosts: ['a.test'] }, { host: 'a.test.evil' }, false],
  ['no subdomain of a plain host', { hosts: ['a.test'] }, { host: 'b.a.test' }, false],
  ['no host in other letters', { hosts: ['a.test'] }, { host: 'A.test' }, false],
  ['no request without a host', { hosts: ['a.test'] }, { host: '' }, false],
  ['a host with its port', { hosts: ['a.test:8443'] }, { host: 'a.test:8443' }, true],
  ['no host with another port', { hosts: ['a.test:8443'] }, { host: 'a.test:8444' }, false],
  ['a subdomain of a wildcard', { hosts: ['*.a.test'] }, { host: 'x.a.test' }, true],
  ['a deeper subdomain of a wildcard', { hosts: ['*.a.test'] }, { host: 'y.x.a.test' }, true],
  ['no bare domain of a wildcard', { hosts: ['*.a.test'] }, { host: 'a.test' }, false],
  ['no sibling of a wildcard', { hosts: ['*.a.test'] }, { host: 'xa.test' }, false],
  ['a wildcard with any port', { hosts: ['*.a.test'] }, { host: 'x.a.test:81' }, true],
  ['a wildcard on the right', { hosts: ['a.*'] }, { host: 'a.org' }, true],
  ['a wildcard on the right over labels', { hosts: ['a.*'] }, { host: 'a.co.uk' }, true],
  ['no prefix of a wildcard on the right', { hosts: ['a.*'] }, { host: 'xa.org' }, false],
  ['no longer label before a wildcard on the right', { hosts: ['a.*'] }, { host: 'ab.org' }, false],
  ['a wildcard with its port', { hosts: ['*.a.test:8443'] }, { host: 'x.a.test:8443' }, true],
  ['no wildcard with another port', { hosts: ['*.a.test:8443'] }, { host: 'x.a.test:80' }, false],
  ['a wildcard on the right with its port', { hosts: ['a.*:81'] }, { host: 'a.org:81' }, true],
  ['plain beside wildcard, by the plain', { hosts: ['*.b.test', 'a.test'] }, { host: 'a.test' }, true],
  ['plain beside wildcard, by the wildcard', { hosts: ['*.b.test', 'a.test'] }, { host: 'x.b.test' }, true],
  ['plain beside wildcard, by neither', { hosts: ['*.b.test', 'a.test'] }, { host: 'x.a.test' }, false],
  ['an IPv4 host', { hosts: ['192.0.2.7'] }, { host: '192.0.2.7:8000' }, true],
  ['an IPv6 host in brackets', { hosts: ['[::1]'] }, { host: '[::1]' }, true],
  ['an empty list of hosts as none', { hosts: [], paths: ['/'] }, { host: 'any.test' }, true],
]

const paths: Row[] = [
  ['the path itself', { paths: ['/api'] }, { path: '/api' }, true],
  ['a path below', { paths: ['/api'] }, { path: '/api/x' }, true],
  ['a path that goes on within the segment', { paths: ['/api'] }, { path: '/apix' }, true],
  ['no shorter path', { paths: ['/api'] }, { path: '/ap' }, false],
  ['no path that holds it further on', { paths: ['/api'] }, { path: '/x/api' }, false],
  ['no path in other letters', { paths: ['/api'] }, { path: '/API' }, false],
  ['every path below the root', { paths: ['/'] }, { path: '/anything/at/all' }, true],
  ['a folder, by what is in it', { paths: ['/api/'] }, { path: '/api/x' }, true],
  ['a folder, not by its name without the slash', { paths: ['/api/'] }, { path: '/api' }, false],
  ['the second of several paths', { paths: ['/one', '/two'] }, { path: '/two' }, true],
  ['the third of paths of different lengths', { paths: ['/a', '/bb', '/ccc'] }, { path: '/ccc' }, true],
  ['a prefix with a reserved escape', { paths: ['/a%2Fb'] }, { path: '/a%2Fb/c' }, true],
  ['a prefix beyond ASCII', { paths: ['/café'] }, { path: '/café/menu' }, true],
  ['a prefix that is written escaped', { paths: ['/caf%C3%A9'] }, { path: '/café/menu' }, true],
  ['characters of regular expressions in a prefix as they are', { paths: ['/a.c'] }, { path: '/abc' }, false],
  ['a prefix with a plus', { paths: ['/c++'] }, { path: '/c++/x' }, true],
  ['a regular expression', { paths: ['~/users/\\d+$'] }, { path: '/users/42' }, true],
  ['no path that the expression does not match', { paths: ['~/users/\\d+$'] }, { path: '/users/me' }, false],
  ['an expression at the start only', { paths: ['~/users'] }, { path: '/all/users' }, false],
  ['an expression without an end as a prefix', { paths: ['~/users/\\d+'] }, { path: '/users/42/posts' }, true],
  ['an expression with an end', { paths: ['~/users/\\d+$'] }, { path: '/users/42/posts' }, false],
  ['both sides of an alternative at the start', { paths: ['~/a|/b'] }, { path: '/x/b' }, false],
  ['the second side of an alternative', { paths: ['~/a|/b'] }, { path: '/b' }, true],
  ['an expression with a named group', { paths: ['~/(?<kind>cats|dogs)/'] }, { path: '/dogs/rex' }, true],
  ["an expression with Python's named group", { paths: ['~/(?P<kind>cats|dogs)/'] }, { path: '/cats/tom' }, true],
  ['an expression over all letters', { paths: ['~/(?i)users'] }, { path: '/USERS' }, true],
  ['an expression minding letters', { paths: ['~/users'] }, { path: '/USERS' }, false],
  ['prefix beside expression, by the prefix', { paths: ['/plain', '~/x\\d'] }, { path: '/plain/1' }, true],
  ['prefix beside expression, by the expression', { paths: ['/plain', '~/x\\d'] }, { path: '/x7' }, true],
  ['prefix beside expression, by neither', { paths: ['/plain', '~/x\\d'] }, { path: '/xx' }, false],
  ['an empty list of paths as none', { paths: [], methods: ['GET'] }, { path: '/what/ever' }, true],
]

const headers: Row[] = [
  ['a header with its value', { headers: { 'x-v': ['1'] } }, { headers: { 'x-v': '1' } }, true],
  ['another value', { headers: { 'x-v': ['1'] } }, { headers: { 'x-v': '2' } }, false],
  ['no request without the header', { headers: { 'x-v': ['1'] } }, {}, false],
  ['an empty header as no value', { headers: { 'x-v': ['1'] } }, { headers: { 'x-v': '' } }, false],
  ['the second of several values', { headers: { 'x-v': ['1', '2'] } }, { headers: { 'x-v': '2' } }, true],
  ['a name in other letters', { headers: { 'X-Version': ['1'] } }, { headers: { 'x-version': '1' } }, true],
  ['a value in other letters', { headers: { 'x-v': ['Beta'] } }, { headers: { 'x-v': 'bEtA' } }, true],
  ['no part of a value', { headers: { 'x-v': ['1'] } }, { headers: { 'x-v': '10' } }, false],
  ['all of several headers', { headers: { a: ['1'], b: ['2'] } }, { headers: { a: '1', b: '2' } }, true],
  ['no request with one of two headers', { headers: { a: ['1'], b: ['2'] } }, { headers: { a: '1' } }, false],
  ['the second value of a repeated header', { headers: { 'x-v': ['2'] } }, { headers: { 'x-v': '1, 2' } }, true],
  ['a value that holds a comma', { headers: { 'x-v': ['1, 2'] } }, { headers: { 'x-v': '1, 2' } }, true],
  [
    'a header that Node keeps as a list',
    { headers: { 'set-cookie': ['b=2'] } },
    { headers: { 'set-cookie': ['a=1', 'b=2'] } },
    true,
  ],
  [
    'a sole expression',
    { headers: { 'user-agent': ['~*chrome/\\d+'] } },
    { headers: { 'user-agent': 'X Chrome/99 Y' } },
    true,
  ],
  [
    'no value the expression does not match',
    { headers: { 'user-agent': ['~*chrome/\\d+'] } },
    { headers: { 'user-agent': 'Chrome/x' } },
    false,
  ],
  ['an expression with an end', { headers: { 'x-v': ['~*^v[0-9]$'] } }, { headers: { 'x-v': 'v12' } }, false],
  ['an expression in capitals', { headers: { 'x-v': ['~*^V[A-C]$'] } }, { headers: { 'x-v': 'vb' } }, true],
  ['an expression with a class in capitals', { headers: { 'x-v': ['~*^\\D+$'] } }, { headers: { 'x-v': 'abc' } }, true],
  ['an expression that an empty header matches', { headers: { 'x-v': ['~*^$'] } }, { headers: { 'x-v': '' } }, true],
  [
    'an expression on a part of a repeated header',
    { headers: { 'x-v': ['~*^b$'] } },
    { headers: { 'x-v': 'a, b' } },
    true,
  ],
  ['no property that every object has', { headers: { constructor: ['~*.'] } }, {}, false],
  ['an empty map of headers as none', { headers: {}, paths: ['/'] }, {}, true],
]

const names: Row[] = [
  ['the server name asked for', { snis: ['a.test'] }, { scheme: 'https', sni: 'a.test' }, true],
  ['another server name', { snis: ['a.test'] }, { scheme: 'https', sni: 'b.test' }, false],
  ['no TLS request without a server name', { snis: ['a.test'] }, { scheme: 'https' }, false],
  ['a request without TLS, whose name does not matter', { snis: ['a.test'] }, { scheme: 'http' }, true],
  ['a server name written with its final dot', { snis: ['a.test.'] }, { scheme: 'https', sni: 'a.test' }, true],
  ['the second of several server names', { snis: ['a.test', 'b.test'] }, { scheme: 'https', sni: 'b.test' }, true],
  ['a wildcard on the left', { snis: ['*.a.test'] }, { scheme: 'https', sni: 'x.a.test' }, true],
  ['no bare name of a wildcard', { snis: ['*.a.test'] }, { scheme: 'https', sni: 'a.test' }, false],
  ['a server name wildcard on the right', { snis: ['a.*'] }, { scheme: 'https', sni: 'a.org' }, true],
  ['no other name of a wildcard on the right', { snis: ['a.*'] }, { scheme: 'https', sni: 'b.org' }, false],
]

const addresses: Row[] = [
  ['a source address', { sources: [{ ip: '192.0.2.1', port: null }] }, {}, true],
  ['another source address', { sources: [{ ip: '192.0.2.9', port: null }] }, {}, false],
  ['a source range', { sources: [{ ip: '192.0.2.0/24', port: null }] }, {}, true],
  ['a source range whose host bits are set', { sources: [{ ip: '192.0.2.77/24', port: null }] }, {}, true],
  ['no source outside of the range', { sources: [{ ip: '192.0.3.0/24', port: null }] }, {}, false],
  ['a source port', { sources: [{ ip: null, port: 40000 }] }, {}, true],
  ['another source port', { sources: [{ ip: null, port: 40001 }] }, {}, false],
  ['address and port of one source', { sources: [{ ip: '192.0.2.1', port: 40000 }] }, {}, true],
  ['no source of which only the address fits', { sources: [{ ip: '192.0.2.1', port: 1 }] }, {}, false],
  ['no source of which only the port fits', { sources: [{ ip: '192.0.2.9', port: 40000 }] }, {}, false],
  [
    'the second of several sources',
    {
      sources: [
        { ip: '10.0.0.1', port: null },
        { ip: null, port: 40000 },
      ],
    },
    {},
    true,
  ],
  [
    'an IPv6 source however written',
    { sources: [{ ip: '2001:db8:0:0::1', port: null }] },
    { sourceIp: '2001:db8::1' },
    true,
  ],
  ['an IPv6 range', { sources: [{ ip: '2001:db8::/32', port: null }] }, { sourceIp: '2001:db8:5::1' }, true],
  ['no IPv4 source in an IPv6 range', { sources: [{ ip: '2001:db8::/32', port: null }] }, {}, false],
  [
    'an IPv4 source mapped into IPv6',
    { sources: [{ ip: '192.0.2.0/24', port: null }] },
    { sourceIp: '::ffff:192.0.2.8' },
    true,
  ],
  ['no source that is no address', { sources: [{ ip: '192.0.2.0/24', port: null }] }, { sourceIp: '' }, false],
  ['a destination address', { destinations: [{ ip: '192.0.2.2', port: null }] }, {}, true],
  ['another destination address', { destinations: [{ ip: '192.0.2.3', port: null }] }, {}, false],
  ['a destination port', { destinations: [{ ip: null, port: 8000 }] }, {}, true],
  ['another destination port', { destinations: [{ ip: null, port: 8443 }] }, {}, false],
  ['a destination range and port', { destinations: [{ ip: '192.0.0.0/16', port: 8000 }] }, {}, true],
  [
    'no source outside where the destination fits',
    { sources: [{ ip: '10.0.0.1', port: null }], destinations: [{ ip: null, port: 8000 }] },
    {},
    false,
  ],
]

const together: Row[] = [
  [
    'method, host and path together',
    { methods: ['GET'], hosts: ['a.test'], paths: ['/x'] },
    { host: 'a.test', path: '/x/y' },
    true,
  ],
  [
    'no request with another method',
    { methods: ['POST'], hosts: ['a.test'], paths: ['/x'] },
    { host: 'a.test', path: '/x' },
    false,
  ],
  [
    'no request with another host',
    { methods: ['GET'], hosts: ['a.test'], paths: ['/x'] },
    { host: 'b.test', path: '/x' },
    false,
  ],
  [
    'no request with another path',
    { methods: ['GET'], hosts: ['a.test'], paths: ['/x'] },
    { host: 'a.test', path: '/y' },
    false,
  ],
  [
    'a plain request on a route for https only',
    { protocols: ['https'], paths: ['/x'] },
    { path: '/x', scheme: 'http' },
    true,
  ],
  [
    'a TLS request on a route for http only',
    { protocols: ['http'], paths: ['/x'] },
    { path: '/x', scheme: 'https' },
    true,
  ],
  ['a gRPC route', { protocols: ['grpc'], strip_path: false, paths: ['/pkg.Svc/'] }, { path: '/pkg.Svc/Call' }, true],
  ['no route for streams', { protocols: ['tcp'], sources: [{ ip: '192.0.2.1', port: null }] }, {}, false],
  [
    'no route for TLS passed through',
    { protocols: ['tls_passthrough'], snis: ['a.test'] },
    { scheme: 'https', sni: 'a.test' },
    false,
  ],
]

function toCases(rows: readonly Row[]): MatchCase[] {
  return rows.map(([name, only, input, matches]) => ({ name, routes: { only }, input, takes: matches ? 'only' : null }))
}

describe.each(['traditional_compatible', 'traditional'] as const)('%s', (flavor) => {
  describe.each([
    ['methods', methods],
    ['hosts', hosts],
    ['paths', paths],
    ['headers', headers],
    ['server names', names],
    ['addresses', addresses],
    ['several attributes', together],
  ] as const)('%s', (_, rows) => {
    it.each(toCases(rows))('takes $name', (each) => {
      expectCase(each, flavor)
    })
  })
})

const compatible: Row[] = [
  ["a host with the listener's port where the header has none", { hosts: ['a.test:8000'] }, { host: 'a.test' }, true],
  ["no host with a port that is not the listener's", { hosts: ['a.test:80'] }, { host: 'a.test' }, false],
  ["a wildcard with the listener's port", { hosts: ['*.a.test:8000'] }, { host: 'x.a.test' }, true],
  ['an IPv6 host with its port as one text', { hosts: ['[::1]:8000'] }, { host: '[::1]:8000' }, true],
  ['no IPv6 host without the port of the header', { hosts: ['[::1]'] }, { host: '[::1]:8000' }, false],
  ['a host before a colon that no digits follow as one text', { hosts: ['a.test'] }, { host: 'a.test:x' }, false],
  ['the empty label of a wildcard', { hosts: ['*.a.test'] }, { host: '.a.test' }, true],
  ['an expression among several values', { headers: { 'x-v': ['1', '~*^b'] } }, { headers: { 'x-v': 'beta' } }, true],
  ['a plain value beside an expression', { headers: { 'x-v': ['1', '~*^b'] } }, { headers: { 'x-v': '1' } }, true],
  ['a header name with underscores for dashes', { headers: { x_v: ['1'] } }, { headers: { 'x-v': '1' } }, true],
  ['a header name with dashes for underscores', { headers: { 'x-v': ['1'] } }, { headers: { x_v: '1' } }, true],
]

describe('traditional_compatible alone', () => {
  it.each(toCases(compatible))('takes $name', (each) => {
    expectCase(each, 'traditional_compatible')
  })
})

const traditional: Row[] = [
  ["no host with the scheme's port where the header has none", { hosts: ['a.test:80'] }, { host: 'a.test' }, false],
  ["a wildcard with the scheme's port", { hosts: ['*.a.test:80'] }, { host: 'x.a.test' }, true],
  [
    "a wildcard with the scheme's port over TLS",
    { hosts: ['*.a.test:443'] },
    { host: 'x.a.test', scheme: 'https' },
    true,
  ],
  ["no wildcard with another scheme's port", { hosts: ['*.a.test:443'] }, { host: 'x.a.test' }, false],
  ['an IPv6 host with any port', { hosts: ['[::1]'] }, { host: '[::1]:8000' }, true],
  ['an IPv6 host with its port', { hosts: ['[::1]:8000'] }, { host: '[::1]:8000' }, true],
  ['no IPv6 host with another port', { hosts: ['[::1]:8000'] }, { host: '[::1]:8001' }, false],
  ['no empty label of a wildcard', { hosts: ['*.a.test'] }, { host: '.a.test' }, false],
  ['a host before a colon with nothing behind', { hosts: ['a.test'] }, { host: 'a.test:' }, true],
  [
    'an expression among several values as plain text',
    { headers: { 'x-v': ['1', '~*^b'] } },
    { headers: { 'x-v': 'beta' } },
    false,
  ],
  [
    'the text of an expression among several values',
    { headers: { 'x-v': ['1', '~*^b'] } },
    { headers: { 'x-v': '~*^b' } },
    true,
  ],
  ['no header name with underscores for dashes', { headers: { x_v: ['1'] } }, { headers: { 'x-v': '1' } }, false],
]

describe('traditional alone', () => {
  it.each(toCases(traditional))('takes $name', (each) => {
    expectCase(each, 'traditional')
  })
})
