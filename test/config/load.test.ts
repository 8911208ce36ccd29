import { describe, expect, test } from 'vitest'
import { emptyConfig } from '../../src/config/load.ts'
import { certificatePair } from '../entities/certificates.ts'
import { acls, basicauthCredentials, keyauthCredentials, load, loadBad, loadGood, summary } from './catalog.ts'

describe('a good file', () => {
  const nested = `
_format_version: "3.0"
services:
  - name: chat
    url: https://api.example.com:8443/v1
    tags: [team-a, team-a]
    routes:
      - name: chat-route
        paths: [/chat]
        plugins:
          - name: rate-limiting
            config: { minute: 5 }
    plugins:
      - name: key-auth
consumers:
  - username: alice
    keyauth_credentials: [{ key: alice-key }]
    acls: [{ group: admins }]
    plugins: [{ name: rate-limiting, config: { minute: 7, redis: { port: 1 } } }]
`
  test('gives nested entities their parent, defaults and ids', () => {
    const { entities, hash } = loadGood(nested)
    const [service] = entities.services
    const [route] = entities.routes
    expect(service).toMatchObject({
      name: 'chat',
      protocol: 'https',
      host: 'api.example.com',
      port: 8443,
      path: '/v1',
      retries: 5,
      tags: ['team-a'],
    })
    expect(service?.created_at).toBeGreaterThan(1_700_000_000)
    expect(route).toMatchObject({ name: 'chat-route', service: { id: service?.id }, strip_path: true })
    expect(entities.plugins).toHaveLength(3)
    const [limit, auth, own] = entities.plugins
    expect(limit).toMatchObject({ route: { id: route?.id }, service: null, config: { minute: 5, policy: 'local' } })
    expect(auth).toMatchObject({ service: { id: service?.id }, config: { key_names: ['apikey'] } })
    expect(own).toMatchObject({
      consumer: { id: entities.consumers[0]?.id },
      config: { redis: { port: 1, ssl: false } },
    })
    expect(entities.of(keyauthCredentials)[0]).toMatchObject({ key: 'alice-key', consumer: own?.consumer })
    expect(entities.of(acls)[0]?.group).toBe('admins')
    expect(hash).toMatch(/^[0-9a-f]{32}$/)
  })

  test('has the same ids each time it is read', () => {
    const ids = () => Object.values(loadGood(nested).entities.toRecord()).flatMap((list) => list.map(({ id }) => id))
    expect(ids()).toEqual(ids())
    expect(new Set(ids()).size).toBe(ids().length)
  })

  test('refers by name, by id and by table when it is flat', () => {
    const { entities } = loadGood(`
_format_version: "3.0"
services:
  - { name: a, id: 11111111-2222-3333-4444-555555555555, host: a.test }
  - { name: b, host: b.test }
routes:
  - { name: by-name, service: b, paths: [/1] }
  - { name: by-id, service: 11111111-2222-3333-4444-555555555555, paths: [/2] }
  - { name: by-table, service: { name: b }, paths: [/3] }
  - { name: by-id-table, service: { id: 11111111-2222-3333-4444-555555555555 }, paths: [/4] }
  - { name: alone, paths: [/5] }
consumers: [{ username: bob }]
plugins:
  - { name: rate-limiting, service: a, consumer: bob, route: by-id, config: { minute: 1 } }
  - { name: rate-limiting, enabled: false }
`)
    const id = (name: string) => entities.services.find((service) => service.name === name)?.id
    expect(entities.routes.map((route) => route.service?.id)).toEqual([id('b'), id('a'), id('b'), id('a'), undefined])
    expect(entities.plugins[0]).toMatchObject({
      service: { id: id('a') },
      consumer: { id: entities.consumers[0]?.id },
      route: { id: entities.routes[1]?.id },
    })
    expect(entities.plugins[1]).toMatchObject({ service: null, route: null, consumer: null, enabled: false })
  })

  test('is JSON as well, and null means the default', () => {
    const text = JSON.stringify({
      _format_version: '3.0',
      services: [{ name: 'x', host: 'x.test', retries: null, path: null, routes: null }],
    })
    expect(loadGood(text, { format: 'json' }).entities.services[0]).toMatchObject({ retries: 5, path: null })
  })

  test('may use anchors, aliases and merges', () => {
    const { entities } = loadGood(`
_format_version: "3.0"
services:
  - &base { name: one, host: one.test, retries: 2, routes: [&r { paths: [/x] }] }
  - { <<: *base, name: two, routes: [*r] }
`)
    expect(entities.services.map(({ name, retries }) => [name, retries])).toEqual([
      ['one', 2],
      ['two', 2],
    ])
    expect(new Set(entities.routes.map(({ id }) => id)).size).toBe(2)
  })

  test('has server names in its certificates, as tables or as texts', () => {
    const { cert, key } = certificatePair
    const text = JSON.stringify({
      _format_version: '3.0',
      certificates: [{ cert, key, snis: [{ name: 'a.test' }, 'b.test'] }],
    })
    const { entities } = loadGood(text)
    expect(
      entities.snis.map(({ name, certificate }) => [name, certificate.id === entities.certificates[0]?.id]),
    ).toEqual([
      ['a.test', true],
      ['b.test', true],
    ])
  })

  test('transforms entities unless it says that they are transformed already', () => {
    const text = (transform: string) => `
_format_version: "3.0"
${transform}
consumers: [{ username: a, basicauth_credentials: [{ username: a, password: p }] }]
`
    const password = (transform: string) => loadGood(text(transform)).entities.of(basicauthCredentials)[0]?.password
    expect(password('')).toBe('516b9783fca517eecbd1d064da2d165310b19759')
    expect(password('_transform: false')).toBe('p')
  })

  test('leaves kinds out that mean nothing here, with a warning', () => {
    const { warnings, entities } = loadGood('_format_version: "3.0"\nworkspaces: [{ name: default }]')
    expect(warnings).toEqual(['workspaces: these entities mean nothing to this gateway and are left out'])
    expect(entities.names()).toEqual([])
  })

  test('keeps vault references as they are, also where a number or a boolean is expected', () => {
    const { entities } = loadGood(`
_format_version: "3.0"
plugins:
  - name: rate-limiting
    config: { minute: "{vault://env/minute}", redis: { password: "{vault://env/pw}", ssl: "{vault://env/ssl}" } }
`)
    expect(entities.plugins[0]?.config).toEqual({
      minute: '{vault://env/minute}',
      policy: 'local',
      redis: { host: null, port: 6379, password: '{vault://env/pw}', ssl: '{vault://env/ssl}' },
    })
  })
})

describe('consumer groups', () => {
  const header = '_format_version: "3.0"\n'
  test('take their members from either side, or from a list', () => {
    const { entities } = loadGood(`${header}
consumer_groups:
  - { name: gold, consumers: [{ username: alice }, bob], plugins: [{ name: rate-limiting, config: { minute: 1 } }] }
  - name: silver
consumers:
  - { username: alice, groups: [{ name: silver }] }
  - username: bob
  - username: carol
consumer_group_consumers:
  - { consumer: carol, consumer_group: silver }
`)
    const name = (list: readonly { id: string; name?: string; username?: string | null }[], id: string) => {
      const found = list.find((item) => item.id === id)
      return found?.name ?? found?.username
    }
    const pairs = entities.memberships.map((row) => [
      name(entities.consumerGroups, row.consumer_group.id),
      name(entities.consumers, row.consumer.id),
    ])
    expect(pairs).toEqual([
      ['gold', 'alice'],
      ['gold', 'bob'],
      ['silver', 'alice'],
      ['silver', 'carol'],
    ])
    expect(entities.plugins[0]).toMatchObject({ consumer_group: { id: entities.consumerGroups[0]?.id } })
  })

  test('tell of members and groups that are not there, and of lists that are none', () => {
    expect(
      summary(`${header}consumers:
  - username: alice
    groups: [{ name: none }]
  - username: bob
    groups: gold
consumer_groups:
  - { name: gold, consumers: [dave, 7] }
`),
    ).toEqual([
      "consumers[0].groups[0].consumer_group: invalid reference 'consumer_group: none' (no such entry in 'consumer_groups') @4:14",
      'consumers[1].groups: expected an array @6:5',
      "consumer_groups[0].consumers[0].consumer: invalid reference 'consumer: dave' (no such entry in 'consumers') @8:31",
      'consumer_groups[0].consumers[1].consumer: expected a string @8:37',
    ])
  })
})

describe('no file at all', () => {
  test('is a configuration with nothing in it', () => {
    expect(emptyConfig().hash).toBe('00000000000000000000000000000000')
    expect(emptyConfig().entities.names()).toEqual([])
  })
})

describe('a bad file', () => {
  test('is told of all at once, each problem with its line and column', () => {
    const text = `_format_version: "3.0"
servces: []
services:
  - name: "a b"
    retries: 99999
    hosst: x
    routes:
      - paths: 12
      - name: nothing-to-match
      - paths: [/ok, ok, "~/(", /a//b, /a/../b, "/%zz"]
        methods: [get]
        hosts: ["*.*.x", "x:99999", "ok.*"]
plugins:
  - name: rate-limitng
  - name: rate-limiting
    config: { minute: 5000, policy: nowhere, min: 1 }
  - name: key-auth
    consumer: nobody
`
    expect(summary(text)).toEqual([
      'servces: unknown field @2:1',
      "services[0].name: invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~ @4:5",
      'services[0].host: required field missing @4:5',
      'services[0].retries: value should be between 0 and 32767 @5:5',
      'services[0].hosst: unknown field @6:5',
      'services[0].routes[0].paths: expected an array @8:9',
      "services[0].routes[1]: must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https' @9:9",
      'services[0].routes[2].paths[1]: should start with: / (fixed path) or ~/ (regex path) @10:22',
      "services[0].routes[2].paths[2]: invalid regex: '/(' (Invalid regular expression: /^(?:/()/: Unterminated group) @10:26",
      'services[0].routes[2].paths[3]: must not have empty segments @10:33',
      "services[0].routes[2].paths[4]: non-normalized path, consider use '/b' instead @10:40",
      "services[0].routes[2].paths[5]: invalid url-encoded value: '%zz' @10:49",
      'services[0].routes[2].methods[0]: invalid value: get @11:19',
      'services[0].routes[2].hosts[0]: invalid wildcard: must have at most one wildcard @12:17',
      'services[0].routes[2].hosts[1]: invalid value: x:99999 @12:26',
      "plugins[0].name: plugin 'rate-limitng' not enabled; add it to the 'plugins' configuration property @14:5",
      'plugins[1].config.minute: value should be between 1 and 1000 @16:15',
      'plugins[1].config.policy: expected one of: local, redis @16:29',
      'plugins[1].config.min: unknown field @16:46',
      "plugins[2].consumer: invalid reference 'consumer: nobody' (no such entry in 'consumers') @18:5",
      'plugins[2].consumer: value must be null @18:5',
    ])
  })

  test('gets hints at what was meant', () => {
    const { problems } = loadBad(`
_format_version: "3.0"
servces: []
services: [{ host: a.test, retires: 1 }]
plugins:
  - { name: rate-limitng }
  - { name: rate-limiting, config: { minutes: 1, redis: { pasword: x } } }
`)
    expect(problems.map(({ hint }) => hint)).toEqual(['services', 'retries', 'rate-limiting', 'minute', 'password'])
  })

  test.each([
    ['services: []', '_format_version: required field missing @1:1'],
    ['_format_version: 3.0', '_format_version: expected a string @1:1'],
    ['_format_version: "9"', '_format_version: expected one of: 1.1, 2.1, 3.0 @1:1'],
    ['_format_version: "3.0"\n_transform: 1', '_transform: expected a boolean @2:1'],
    ['_format_version: "3.0"\nservices: {}', 'services: expected an array @2:1'],
    ['_format_version: "3.0"\nservices: [x]', 'services[0]: expected a record @2:12'],
    ['- 1', ': expected a record @1:1'],
    ['_format_version: "3.0"\n_plugin_configs: 1', '_plugin_configs: expected a record @2:1'],
    ['_format_version: "3.0"\n_plugin_configs: { a: 1 }', '_plugin_configs.a: expected a record @2:20'],
    ['_format_version: "3.0"\n_info: 1', '_info: expected a record @2:1'],
    ['_format_version: "3.0"\n_info: { defaults: { plug: {} } }', '_info.defaults.plug: unknown field @2:22'],
    ['_format_version: "3.0"\n_info: { defaults: { route: 1 } }', '_info.defaults.route: expected a record @2:22'],
    ['_format_version: "3.0"\n_info: { select_tags: 1 }', '_info.select_tags: expected an array @2:10'],
    ['_format_version: "3.0"\nconsumers: [{ username: a, acls: 1 }]', 'consumers[0].acls: expected an array @2:28'],
    [
      '_format_version: "3.0"\nconsumers: [{ username: a, acls: [1] }]',
      'consumers[0].acls[0]: expected a record @2:35',
    ],
  ])('%j: %s', (text, problem) => {
    expect(summary(text)).toEqual([problem])
  })

  test('that cannot be read says where', () => {
    const { problems, fields, document } = loadBad('_format_version: "3.0"\nservices: [\n  {host: a\n')
    expect(problems[0]).toMatchObject({ line: 4, path: '' })
    expect(fields.error).toMatch(/^failed parsing declarative configuration: /)
    expect(document).toBeUndefined()
  })

  test('cannot blow up through aliases', () => {
    const levels = Array.from({ length: 9 }, (_, n) => `x${n + 1}: &x${n + 1} [${Array(9).fill(`*x${n}`).join(',')}]`)
    const { problems } = loadBad(`x0: &x0 [1]\n${levels.join('\n')}\n`)
    expect(problems[0]?.message).toMatch(/alias/i)
  })

  test('cannot blow the stack', () => {
    const result = load(`_format_version: "3.0"\nservices: ${'['.repeat(20_000)}${']'.repeat(20_000)}`)
    expect(result.ok).toBe(false)
  })

  test('may not set the reference to the parent inside the parent', () => {
    expect(
      summary('_format_version: "3.0"\nservices: [{ name: a, host: a.test, routes: [{ paths: [/], service: a }] }]'),
    ).toEqual(['services[0].routes[0].service: value must be null @2:60'])
  })

  test('is told of names, ids and combinations that come twice', () => {
    expect(
      summary(`_format_version: "3.0"
services:
  - { name: a, host: a.test }
  - { name: a, host: b.test }
  - { id: 11111111-2222-3333-4444-555555555555, host: a.test }
  - { id: 11111111-2222-3333-4444-555555555555, host: b.test }
consumers:
  - { username: a, custom_id: x }
  - { username: b, custom_id: x }
plugins:
  - { id: 11111111-2222-3333-4444-555555555556, name: key-auth, service: a }
  - { id: 11111111-2222-3333-4444-555555555557, name: key-auth, service: a, tags: [x] }
upstreams:
  - { name: up, targets: [{ target: 1.2.3.4 }, { target: "1.2.3.4:8000" }] }
  - { name: other, targets: [{ target: 1.2.3.4 }] }
`),
    ).toEqual([
      "services[1]: uniqueness violation: 'services' entity with name set to 'a' already declared @4:5",
      "services[3]: uniqueness violation: 'services' entity with primary key set to '11111111-2222-3333-4444-555555555555' already declared @6:5",
      "consumers[1]: uniqueness violation: 'consumers' entity with custom_id set to 'x' already declared @9:5",
      "plugins[1]: uniqueness violation: 'plugins' entity with name set to 'key-auth' and service set to '72734e2a-702d-5711-b9ef-697178108ad8' already declared @12:5",
      "upstreams[0].targets[1]: uniqueness violation: 'targets' entity with target set to '1.2.3.4:8000' already declared @14:48",
    ])
  })

  test('is told of plugins that serve no protocol of their route or service', () => {
    expect(
      summary(`_format_version: "3.0"
services:
  - { name: a, host: a.test, routes: [{ name: r, paths: [/] }], plugins: [{ name: tcp-log, config: { host: h, port: 1 } }] }
  - { name: routeless, host: a.test, plugins: [{ name: tcp-log, config: { host: h, port: 1 } }] }
plugins:
  - { name: tcp-log, route: r, config: { host: h, port: 1 } }
  - { name: tcp-log, route: r, service: a, protocols: [http], config: { host: h, port: 1 } }
`),
    ).toEqual([
      "services[0].plugins[0].protocols: must match the protocols of at least one route pointing to this Plugin's service @3:75",
      "plugins[0].protocols: must match the associated route's protocols @6:5",
    ])
  })

  test('finds the line of what a merge brought in', () => {
    expect(
      summary(`_format_version: "3.0"
services:
  - &base
    host: "not a host"
  - <<: *base
    name: two
`),
    ).toEqual(['services[0].host: invalid value: not a host @4:5', 'services[1].host: invalid value: not a host @4:5'])
  })
})

describe("decK's extras", () => {
  test('are accepted: comments, workspace, control plane, defaults, tags and named configs', () => {
    const { entities } = loadGood(`
_format_version: "3.0"
_comment: hello
_ignore: [1]
_workspace: default
_konnect: { control_plane_name: x }
_info:
  select_tags: [managed]
  defaults:
    service: { retries: 9, read_timeout: 1 }
    route: { strip_path: false }
_plugin_configs:
  slow: { minute: 3, redis: { host: r.test, port: 1 } }
services:
  - { name: a, host: a.test, read_timeout: 2, tags: [own], _comment: x, routes: [{ paths: [/] }] }
plugins:
  - { name: rate-limiting, _config: slow, config: { redis: { port: 2 } } }
`)
    expect(entities.services[0]).toMatchObject({ retries: 9, read_timeout: 2, tags: ['own', 'managed'] })
    expect(entities.routes[0]).toMatchObject({ strip_path: false, tags: ['managed'] })
    expect(entities.plugins[0]?.config).toMatchObject({ minute: 3, redis: { host: 'r.test', port: 2 } })
  })

  test('tell of a named config that is not there', () => {
    expect(
      summary(`_format_version: "3.0"
_plugin_configs: { slow: { minute: 3 } }
plugins: [{ name: rate-limiting, _config: slwo }]`),
    ).toEqual(["plugins[0]._config: invalid reference '_config: slwo' (no such entry in '_plugin_configs') @3:34"])
  })
})

describe('partials', () => {
  test('fill the place in the config that their type or the link names', () => {
    const { entities } = loadGood(`
_format_version: "3.0"
partials:
  - { name: shared, type: redis-ce, config: { host: shared.test, port: 7 } }
plugins:
  - { name: rate-limiting, config: { redis: { ssl: true } }, partials: [{ name: shared }] }
  - { name: rate-limiting, service: s, partials: [{ name: shared, path: config.redis }] }
services: [{ name: s, host: s.test }]
`)
    expect(entities.plugins.map(({ config }) => config.redis)).toEqual([
      { host: 'shared.test', port: 7, password: null, ssl: true },
      { host: 'shared.test', port: 7, password: null, ssl: false },
    ])
  })

  test('must be there', () => {
    expect(
      summary('_format_version: "3.0"\nplugins: [{ name: rate-limiting, partials: [{ name: none }, 1] }]'),
    ).toEqual([
      "plugins[0].partials[0]: invalid reference 'partials: none' (no such entry in 'partials') @2:45",
      'plugins[0].partials[1]: expected a record @2:61',
    ])
  })
})

describe('files of versions 1.1 and 2.1', () => {
  test('get their route paths brought to the rule of 3.0', () => {
    const { entities } = loadGood(`
_format_version: "1.1"
services: [{ name: a, host: a.test, routes: [{ paths: ["/plain/%7Euser", "/re/\\\\d+$"] }] }]
routes: [{ paths: ["/x(y)%2e"] }]
`)
    expect(entities.routes.map(({ paths }) => paths)).toEqual([['/plain/~user', '~/re/\\d+$'], ['~/x(y)\\.']])
  })
})
