import { describe, expect, test } from 'vitest'
import { deterministicId } from '../../src/config/deterministic-id.ts'
import { caCertificates } from '../../src/entities/ca-certificate.ts'
import { consumers } from '../../src/entities/consumer.ts'
import { plugins } from '../../src/entities/plugin.ts'
import { routes } from '../../src/entities/route.ts'
import { services } from '../../src/entities/service.ts'
import { acls } from './catalog.ts'

describe('the id of an entity without one', () => {
  test.each([
    [services, { name: 'foo' }, '2933fbcc-9d7c-54a7-a984-fe2bde836cea'],
    [routes, { name: 'bar' }, 'ca257182-105b-55e7-848e-fa474e46c71f'],
    [consumers, { username: 'alice' }, 'b32379d9-3d28-5683-a79c-72139be6e34f'],
    [services, { name: 'bar-namespace.foo-svc.80' }, 'edc1d53e-73b4-5932-9455-0e01f0d53e3f'],
    [routes, { name: 'bar-namespace.ing-with-tls.foo-svc.example.com.80' }, 'fc9a8135-0253-5631-b1e0-8712f796a4e2'],
  ])('is the one that Kong gives: %#', (definition, fields, id) => {
    expect(deterministicId(definition, fields, undefined)).toBe(id)
  })

  test('follows from the combination that is unique, the parent standing in for the reference to it', () => {
    const parent = { field: 'route', id: 'r' }
    const nested = deterministicId(plugins, { name: 'x' }, parent)
    expect(nested).toBe(deterministicId(plugins, { name: 'x', route: 'r' }, undefined))
    expect(nested).toBe(deterministicId(plugins, { name: 'x', route: { id: 'r' } }, undefined))
    expect(nested).not.toBe(deterministicId(plugins, { name: 'x', service: 'r' }, undefined))
  })

  test('is random where nothing is unique, or a part of it is missing', () => {
    for (const [definition, fields] of [
      [caCertificates, { cert: 'x' }],
      [services, { host: 'x' }],
      [acls, { group: 'x' }],
    ] as const) {
      expect(deterministicId(definition, fields, undefined)).not.toBe(deterministicId(definition, fields, undefined))
    }
  })
})
