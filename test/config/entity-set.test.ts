import { describe, expect, test } from 'vitest'
import { EntitySet } from '../../src/config/entity-set.ts'
import { consumers } from '../../src/entities/consumer.ts'
import { defineEntity } from '../../src/entities/definition.ts'
import { services } from '../../src/entities/service.ts'
import { certificatePair } from '../entities/certificates.ts'
import { loadGood } from './catalog.ts'

describe('a set of entities', () => {
  test('finds them by kind and by id, typed or by name', () => {
    const set = new EntitySet()
    const service = services.schema.parse({ host: 'a.test' })
    set.add(services, service)
    expect(set.of(services)).toEqual([service])
    expect(set.get(services, service.id)).toBe(service)
    expect(set.get(services, 'x')).toBeUndefined()
    expect(set.find('services', service.id)).toBe(service)
    expect(set.find('services', 'x')).toBeUndefined()
    expect(set.find('routes', 'x')).toBeUndefined()
    expect(set.all('services')).toEqual([service])
    expect(set.all('routes')).toEqual([])
    expect(set.of(consumers)).toEqual([])
    expect(set.names()).toEqual(['services'])
    expect(set.toRecord()).toEqual({ services: [service] })
    expect(set.definition('services')).toBe(services)
  })

  test('refuses an entity without an id, and two definitions of one name', () => {
    const set = new EntitySet()
    set.add(services, services.schema.parse({ host: 'a.test' }))
    const other = defineEntity({ name: 'services', schema: consumers.schema })
    expect(() => set.of(other)).toThrow('two definitions are named services')
    expect(() => set.add({ ...services, schema: consumers.schema, name: 'x' }, Object.create(null))).toThrow(
      'an entity of x has no id',
    )
  })

  test('has a getter for each core kind', () => {
    const { entities } = loadGood(`_format_version: "3.0"
certificates: [${JSON.stringify({ ...certificatePair, snis: ['a.test'] })}]
upstreams: [{ name: up, targets: [{ target: a }] }]
vaults: [{ prefix: my-env, name: env }]
partials: [{ name: p, type: model }]
`)
    expect(entities.certificates).toHaveLength(1)
    expect(entities.snis).toHaveLength(1)
    expect(entities.upstreams).toHaveLength(1)
    expect(entities.targets).toHaveLength(1)
    expect(entities.vaults).toHaveLength(1)
    expect(entities.partials).toHaveLength(1)
    expect(entities.caCertificates).toEqual([])
  })
})
