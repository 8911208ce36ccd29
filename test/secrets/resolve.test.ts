import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { vaults as vaultEntities } from '../../src/entities/vault.ts'
import { resolveReferences } from '../../src/secrets/resolve.ts'
import { resolvePluginConfig } from '../../src/secrets/resolve-plugin-config.ts'

const vaults = [
  vaultEntities.schema.parse({ prefix: 'my-env', name: 'env', config: { prefix: 'MY_' } }),
  vaultEntities.schema.parse({ prefix: 'coded', name: 'env', config: { base64_decode: true } }),
]
const env = {
  OPENAI_KEY: 'sk-123',
  OPENAI_KEY_PREVIOUS: 'sk-122',
  MY_OPENAI_KEY: 'sk-my',
  JSON: '{"user":"u","port":5,"deep":{"a":1}}',
  CODED: Buffer.from('plain').toString('base64'),
  PORT: '8080',
  ON: 'true',
  WORD: 'word',
}
const resolve = (value: unknown) => resolveReferences(value, vaults, env)

describe('resolving references', () => {
  test.each([
    ['{vault://env/openai-key}', 'sk-123'],
    ['{vault://env/OPENAI_KEY}', 'sk-123'],
    ['{vault://env/openai-key#2}', 'sk-122'],
    ['{vault://env/openai-key#1}', 'sk-123'],
    ['{vault://my-env/openai-key}', 'sk-my'],
    ['{vault://env/openai-key?prefix=my-}', 'sk-my'],
    ['{vault://env/json/user}', 'u'],
    ['{vault://env/json/port}', '5'],
    ['{vault://coded/coded}', 'plain'],
    ['{vault://env/coded?base64_decode=true}', 'plain'],
  ])('%s is %j', (reference, value) => {
    expect(resolve(reference)).toEqual({ value, secrets: [value], missing: [] })
  })

  test('reaches every depth and shares what it does not change', () => {
    const untouched = { a: [1, null, { b: 'x' }], date: new Date(0) }
    const value = { untouched, list: ['{vault://env/word}', 2], deep: { key: '{vault://env/port}' } }
    const resolved = resolve(value)
    expect(resolved.value).toEqual({ untouched, list: ['word', 2], deep: { key: '8080' } })
    expect(resolved.secrets).toEqual(['word', '8080'])
    expect(value.list[0]).toBe('{vault://env/word}')
    expect(resolve(untouched).value).toBe(untouched)
  })

  test('makes what cannot be found an empty text, and says which and why', () => {
    const { value, secrets, missing } = resolve({
      config: { keys: ['{vault://env/none}'], a: '{vault://aws/x}', b: '{vault://env}' },
      c: '{vault://env/word/x}',
      d: '{vault://env/json/none}',
      e: '{vault://env/json/deep}',
    })
    expect(value).toEqual({ config: { keys: [''], a: '', b: '' }, c: '', d: '', e: '' })
    expect(secrets).toEqual([])
    expect(missing).toEqual([
      'config.keys[0]: {vault://env/none} (environment variable NONE is not set)',
      "config.a: {vault://aws/x} (no vault 'aws')",
      'config.b: {vault://env} (reference url is missing path [{vault://env}])',
      'c: {vault://env/word/x} (environment variable WORD is not JSON)',
      "d: {vault://env/json/none} (environment variable JSON has no field 'none')",
      "e: {vault://env/json/deep} (environment variable JSON has no field 'deep')",
    ])
    expect(resolve('{vault://env/none}').missing).toEqual(['{vault://env/none} (environment variable NONE is not set)'])
  })
})

describe('resolving the config of a plugin', () => {
  const schema = z.strictObject({
    key: z.string(),
    port: z.int().max(9000),
    ratio: z.union([z.number(), z.null()]).optional(),
    on: z.boolean(),
    mode: z.enum(['a', 'word']).optional(),
  })

  test('gives numbers and booleans where the schema wants them', () => {
    const config = {
      key: '{vault://env/port}',
      port: '{vault://env/port}',
      ratio: '{vault://env/port}',
      on: '{vault://env/on}',
    }
    const { value, invalid } = resolvePluginConfig(schema, config, vaults, env)
    expect(value).toEqual({ key: '8080', port: 8080, ratio: 8080, on: true })
    expect(invalid).toEqual([])
    expect(config.port).toBe('{vault://env/port}')
  })

  test('tells of values that the schema refuses, without printing them', () => {
    const config = { key: 'k', port: '{vault://env/word}', on: '{vault://env/none}', mode: '{vault://env/port}' }
    const { value, invalid, missing } = resolvePluginConfig(schema, config, vaults, env)
    expect(value).toMatchObject({ port: 'word', on: '', mode: '8080' })
    expect(invalid).toEqual([
      'config.port: the value of {vault://env/word} is not accepted',
      'config.mode: the value of {vault://env/port} is not accepted',
    ])
    expect(missing).toHaveLength(1)
  })

  test('leaves a config without references alone', () => {
    const config = { key: 'k', port: 1, on: true }
    expect(resolvePluginConfig(schema, config, vaults, env).value).toBe(config)
  })
})
