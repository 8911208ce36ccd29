import { describe, expect, test } from 'vitest'
import { exportConfig, exportYaml } from '../../src/config/export.ts'
import { loadGood } from './catalog.ts'

const file = `
_format_version: "3.0"
services: [{ name: a, host: a.test, routes: [{ name: r, paths: [/], plugins: [{ name: key-auth }] }] }]
consumers: [{ username: alice, groups: [gold], basicauth_credentials: [{ username: a, password: p }] }]
consumer_groups: [{ name: gold }]
upstreams: [{ name: up, targets: [{ target: 10.0.0.1, tags: [t] }] }]
vaults: [{ prefix: my, name: env, config: { prefix: MY_ } }]
`

describe('the export of a configuration', () => {
  test('loads again as the same entities', () => {
    const first = loadGood(file).entities
    const again = loadGood(exportYaml(first)).entities
    expect(again.toRecord()).toEqual(first.toRecord())
    expect(again.names()).toContain('basicauth_credentials')
  })

  test('is flat, refers by id, has nothing unset and says that passwords are hashed already', () => {
    const { entities } = loadGood(file)
    const exported = exportConfig(entities)
    expect(exported).toMatchObject({
      _format_version: '3.0',
      _transform: false,
      routes: [{ name: 'r', service: entities.services[0]?.id }],
    })
    expect(JSON.stringify(exported.services)).not.toContain('null')
  })
})
