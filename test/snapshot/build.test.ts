/** Snapshots: what they index, what stops them, and what they do with secrets. */

import { describe, expect, it, onTestFinished } from 'vitest'
import { definePlugin, z } from '../../src/pdk/index.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { type BuildOptions, buildSnapshot } from '../../src/snapshot/build.ts'
import { PluginRegistry } from '../../src/snapshot/plugin-registry.ts'
import { Pools } from '../../src/upstream/pools.ts'
import { configOf } from '../server/support.ts'

const strict = definePlugin({
  name: 'strict',
  priority: 3,
  config: z.strictObject({ word: z.string().max(5).meta({ referenceable: true }) }),
})
const registry = new PluginRegistry([...bundledPlugins, strict])

function build(config: object, more: Partial<BuildOptions> = {}) {
  const pools = new Pools()
  onTestFinished(() => pools.destroy())
  const secrets: string[] = []
  const warnings: string[] = []
  const snapshot = buildSnapshot(configOf(config, registry), {
    registry,
    flavor: 'traditional_compatible',
    env: {},
    pools,
    onSecret: (secret) => void secrets.push(secret),
    onWarning: (warning) => void warnings.push(warning),
    previous: null,
    ...more,
  })
  return { snapshot, secrets, warnings }
}

describe('a snapshot', () => {
  const { snapshot } = (() => {
    const pools = new Pools()
    const config = configOf(
      {
        services: [{ name: 's', url: 'http://a.test', routes: [{ name: 'r', paths: ['/'] }] }],
        consumer_groups: [{ name: 'silver' }, { name: 'gold' }],
        consumers: [
          { username: 'ada', groups: [{ name: 'silver' }, { name: 'gold' }], keyauth_credentials: [{ key: 'k-1' }] },
          { custom_id: 'nameless' },
        ],
      },
      registry,
    )
    const quiet = { onSecret: () => {}, onWarning: () => {} }
    const options = { registry, env: {}, pools, previous: null, flavor: 'traditional_compatible' as const }
    return { snapshot: buildSnapshot(config, { ...options, ...quiet }) }
  })()
  const ada = snapshot.consumersByName.get('ada')

  it('finds consumers by id and name, and their groups by name', () => {
    expect(snapshot.consumersById.get(ada?.id ?? '')).toBe(ada)
    expect(snapshot.consumersByName.size).toBe(1)
    expect(snapshot.groupsOf.get(ada?.id ?? '')?.map(({ name }) => name)).toEqual(['gold', 'silver'])
  })

  it('finds entities by unique fields and by what they refer to', () => {
    const { entities } = snapshot
    const service = entities.find('services', 'name', 's')
    expect(entities.find('services', 'id', String(service?.id))).toBe(service)
    expect(entities.find('services', 'id', 'nobody')).toBeNull()
    expect(entities.find('services', 'name', 'nobody')).toBeNull()
    expect(entities.find('keyauth_credentials', 'key', 'k-1')).toMatchObject({ consumer: { id: ada?.id } })
    expect(entities.referring('routes', 'service', String(service?.id))).toMatchObject([{ name: 'r' }])
    expect(entities.referring('routes', 'service', 'nobody')).toEqual([])
    expect(entities.referring('services', 'client_certificate', 'none')).toEqual([])
  })
})

describe('what stops a snapshot', () => {
  it('is a circle of ordering', () => {
    const plugins = [
      { name: 'cors', ordering: { before: { access: ['acl'] } } },
      { name: 'acl', config: { allow: ['a'] }, ordering: { before: { access: ['cors'] } } },
    ]
    expect(() => build({ plugins })).toThrow('plugins wait for one another through "ordering": acl, cors')
  })

  it('is a plugin that this process does not have', () => {
    const other = new PluginRegistry([])
    expect(() => build({ plugins: [{ name: 'cors' }] }, { registry: other })).toThrow("plugin 'cors' not enabled")
  })

  it('is a secret that its plugin does not take', () => {
    const plugins = [{ name: 'strict', config: { word: '{vault://env/my-word}' } }]
    expect(() => build({ plugins }, { env: { MY_WORD: 'too long' } })).toThrow(/^plugin strict: /)
  })
})

describe('secrets', () => {
  it('come from vaults, are told so that they stay out of logs, and leave the file’s references as they are', () => {
    const { snapshot, secrets } = build(
      {
        plugins: [{ name: 'strict', config: { word: '{vault://env/my-word}' } }],
        consumers: [{ username: 'ada', keyauth_credentials: [{ key: '{vault://env/my-key}' }] }],
      },
      { env: { MY_WORD: 'ok', MY_KEY: 'key-from-vault' } },
    )
    expect(snapshot.plugins[0]?.config).toEqual({ word: 'ok' })
    expect(snapshot.entities.find('keyauth_credentials', 'key', 'key-from-vault')).not.toBeNull()
    expect(secrets).toEqual(expect.arrayContaining(['ok', 'key-from-vault']))
    expect(JSON.stringify(snapshot.raw.all('keyauth_credentials'))).toContain('{vault://env/my-key}')
  })

  it('that are missing are warned of', () => {
    const { warnings } = build({
      consumers: [{ username: 'ada', keyauth_credentials: [{ key: '{vault://env/none}' }] }],
    })
    expect(warnings).toEqual([expect.stringMatching(/^keyauth_credentials .*; it is empty now$/)])
  })

  it('that stand in the file as they are stay out of logs too', () => {
    const { secrets, snapshot } = build({
      consumers: [{ username: 'ada', keyauth_credentials: [{ key: 'plain-key' }] }],
    })
    expect(secrets).toContain('plain-key')
    expect(snapshot.entities.set).toBe(snapshot.raw)
  })
})
