import { describe, expect, test } from 'vitest'
import { normalizeTarget } from '../../src/entities/target.ts'
import { parsed, problems } from './parse.ts'

const given = (field: string) => `: failed conditional validation given value of field '${field}'`

describe('an upstream', () => {
  test('has the defaults of Kong, health checks included', () => {
    expect(parsed('upstreams', { name: 'up', healthchecks: { active: { timeout: 2 } } })).toMatchObject({
      algorithm: 'round-robin',
      hash_on: 'none',
      slots: 10000,
      healthchecks: {
        threshold: 0,
        active: { type: 'http', timeout: 2, concurrency: 10, http_path: '/', healthy: { http_statuses: [200, 302] } },
        passive: { unhealthy: { http_statuses: [429, 500, 503], http_failures: 0 } },
      },
    })
  })

  test('hashes consistently once it hashes on something, and on nothing where load decides', () => {
    expect(parsed('upstreams', { name: 'up', hash_on: 'ip' })).toMatchObject({ algorithm: 'consistent-hashing' })
    expect(parsed('upstreams', { name: 'up', hash_on: 'ip', algorithm: 'latency' })).toMatchObject({ hash_on: 'none' })
    expect(parsed('upstreams', { name: 'up', algorithm: 'round-robin' })).toMatchObject({ hash_on: 'none' })
  })

  test.each([
    [{ name: '1.2.3.4' }, ["name: Invalid name ('1.2.3.4'); no ip addresses allowed"]],
    [{ name: 'a.test:80' }, ["name: Invalid name ('a.test:80'); no port allowed"]],
    [{ name: 'a b' }, ["name: Invalid name ('a b'); must be a valid hostname"]],
    [{ name: 'u', hash_on: 'header' }, ['hash_on_header: required field missing', given('hash_on')]],
    [{ name: 'u', hash_fallback: 'ip' }, ['hash_fallback: value must be none', given('hash_on')]],
    [
      { name: 'u', hash_on: 'ip', hash_fallback: 'ip' },
      [
        'hash_fallback: expected one of: none, consumer, header, cookie, path, query_arg, uri_capture',
        given('hash_on'),
      ],
    ],
    [
      {
        name: 'u',
        hash_on: 'header',
        hash_on_header: 'X-A',
        hash_fallback: 'header',
        hash_fallback_header: 'x-a',
      },
      [": values of these fields must be distinct: 'hash_on_header', 'hash_fallback_header'"],
    ],
    [
      { name: 'u', algorithm: 'sticky-sessions' },
      ['sticky_sessions_cookie: required field missing', given('algorithm')],
    ],
    [{ name: 'u', hash_on: 'cookie', hash_on_cookie: 'a b' }, ["hash_on_cookie: bad cookie name 'a b'"]],
    [{ name: 'u', host_header: 'a:99999' }, ['host_header: invalid value: a:99999']],
    [
      { name: 'u', healthchecks: { active: { concurrency: -1 } } },
      ['healthchecks.active.concurrency: value should be between 1 and 2147483648'],
    ],
  ])('%j is refused', (fields, messages) => {
    expect(problems('upstreams', fields)).toEqual(messages)
  })
})

describe('a target', () => {
  const upstream = { id: '11111111-2222-3333-4444-555555555555' }

  test.each([
    ['a.test', 'a.test:8000'],
    ['a.test:80', 'a.test:80'],
    ['1.2.3.4:0080', '1.2.3.4:80'],
    ['::1', '[::1]:8000'],
    ['[::1]:80', '[::1]:80'],
    ['[::1]', '[::1]:8000'],
  ])('%s is %s', (written, normal) => {
    expect(parsed('targets', { target: written, upstream })).toMatchObject({
      target: normal,
      weight: 100,
      failover: false,
    })
  })

  test.each(['hostname:1.0', 'a b', 'a:99999', 'a:', ''])('%j is refused', (written) => {
    expect(normalizeTarget(written)).toBeNull()
    expect(problems('targets', { target: written, upstream })).toEqual([
      `target: Invalid target ('${written}'); not a valid hostname or ip address`,
    ])
  })
})
