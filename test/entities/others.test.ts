import { describe, expect, test } from 'vitest'
import { coreEntities } from '../../src/entities/index.ts'
import { parsed, problems } from './parse.ts'

const id = '11111111-2222-3333-4444-555555555555'

describe('the core entities', () => {
  test('come after those that they refer to', () => {
    const names = coreEntities.map(({ name }) => name)
    for (const { name, references } of coreEntities) {
      for (const { entity } of Object.values(references ?? {})) {
        expect(names.indexOf(entity), `${name} -> ${entity}`).toBeLessThan(names.indexOf(name))
        expect(names).toContain(entity)
      }
    }
  })

  test.each([
    ['consumers', {}, [": at least one of these fields must be non-empty: 'custom_id', 'username'"]],
    ['consumers', { custom_id: 'x' }, []],
    ['consumer_groups', {}, ['name: required field missing']],
    ['consumer_group_consumers', { consumer: { id }, consumer_group: { id } }, []],
    [
      'consumer_group_consumers',
      { consumer: { id: 'x' } },
      ['consumer_group: required field missing', 'consumer.id: expected a valid UUID'],
    ],
    ['vaults', { prefix: 'my-env', name: 'env', config: { prefix: 'MY_' } }, []],
    [
      'vaults',
      { prefix: 'env', name: 'hcv' },
      ['prefix: must not be one of: env, aws, gcp, azure, hcv, conjur, konnect', "name: vault 'hcv' is not installed"],
    ],
    [
      'vaults',
      { prefix: 'A', name: 'env', config: { prefix: '1' } },
      ['prefix: invalid value: A', 'config.prefix: invalid value: 1'],
    ],
    ['partials', { type: 'redis-ce', config: { host: 'x' } }, []],
    ['partials', { type: 'x' }, ['type: expected one of: redis-ce, redis-ee, vectordb, embeddings, model']],
    ['key_sets', { name: 'x' }, []],
    ['keys', { kid: 'x', jwk: '{}' }, []],
    ['keys', { kid: 'x' }, [": exactly one of these fields must be non-empty: 'jwk', 'pem'"]],
    [
      'keys',
      { kid: 'x', jwk: '{}', pem: { public_key: 'x' } },
      [": exactly one of these fields must be non-empty: 'jwk', 'pem'"],
    ],
    ['plugins', {}, ['name: required field missing']],
    [
      'plugins',
      { name: 'x', config: 1 },
      ['config: expected a map', "name: plugin 'x' not enabled; add it to the 'plugins' configuration property"],
    ],
  ])('%s: %j', (kind, fields, messages) => {
    expect(problems(kind, fields)).toEqual(messages)
  })

  test('fill in their ids and times', () => {
    const before = Math.floor(Date.now() / 1000)
    const consumer = parsed('consumers', { username: 'x' })
    expect(consumer.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(Number(consumer.created_at)).toBeGreaterThanOrEqual(before)
    expect(parsed('targets', { target: 'x', upstream: { id } }).created_at).toEqual(expect.any(Number))
    expect(parsed('vaults', { prefix: 'my-env', name: 'env' }).config).toMatchObject({ base64_decode: false })
  })
})
