import { describe, expect, test } from 'vitest'
import { errorTree, luaText } from '../../src/config/error-tree.ts'
import { configErrorBody } from '../../src/config/flatten-errors.ts'
import { reportProblems } from '../../src/config/report.ts'
import { catalog, loadBad } from './catalog.ts'

const file = `_format_version: "3.0"
unknown_thing: 1
services:
  - name: good
    host: good.test
  - id: 11111111-2222-3333-4444-555555555555
    name: mis-matched
    host: localhost
    path: /path
    protocol: tcp
    tags: [t1]
    routes:
      - name: nope.route
        protocols: [tcp]
        plugins:
          - name: rate-limiting
            config: { redis: { port: -1 } }
            tags: [x, y]
  - host: tags.test
    tags: [a, 1]
`

describe("Kong's answer to a bad file", () => {
  test('nests the errors by their place', () => {
    const body = configErrorBody(loadBad(file), { flatten: false, catalog })
    expect(body.fields).toEqual({
      unknown_thing: 'unknown field',
      services: [
        null,
        {
          '@entity': ["failed conditional validation given value of field 'protocol'"],
          path: 'value must be null',
          routes: [
            {
              '@entity': [
                "must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' or 'udp'",
              ],
              plugins: [{ config: { redis: { port: 'value should be between 0 and 65535' } } }],
            },
          ],
        },
        { tags: [null, 'expected a string'] },
      ],
    })
    expect(body).toMatchObject({ code: 14, name: 'invalid declarative configuration' })
    expect(body).not.toHaveProperty('flattened_errors')
    expect(body.message).toMatch(/^declarative config is invalid: \{unknown_thing="unknown field",services=\{\[2\]=\{/)
  })

  test('lists them by entity when it is asked to, and keeps the rest nested', () => {
    const body = configErrorBody(loadBad(file), { flatten: true, catalog })
    expect(body.fields).toEqual({ unknown_thing: 'unknown field' })
    expect(body.flattened_errors).toEqual([
      {
        entity_type: 'service',
        entity_id: '11111111-2222-3333-4444-555555555555',
        entity_name: 'mis-matched',
        entity_tags: ['t1'],
        entity: {
          id: '11111111-2222-3333-4444-555555555555',
          name: 'mis-matched',
          host: 'localhost',
          path: '/path',
          protocol: 'tcp',
          tags: ['t1'],
        },
        errors: [
          { type: 'entity', message: "failed conditional validation given value of field 'protocol'" },
          { type: 'field', field: 'path', message: 'value must be null' },
        ],
      },
      {
        entity_type: 'route',
        entity_name: 'nope.route',
        entity: {
          name: 'nope.route',
          protocols: ['tcp'],
          service: { id: '11111111-2222-3333-4444-555555555555' },
        },
        errors: [
          {
            type: 'entity',
            message: "must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' or 'udp'",
          },
        ],
      },
      {
        entity_type: 'plugin',
        entity_name: 'rate-limiting',
        entity_tags: ['x', 'y'],
        entity: { name: 'rate-limiting', config: { redis: { port: -1 } }, tags: ['x', 'y'] },
        errors: [{ type: 'field', field: 'config.redis.port', message: 'value should be between 0 and 65535' }],
      },
      {
        entity_type: 'service',
        entity: { host: 'tags.test', tags: ['a', 1] },
        errors: [{ type: 'field', field: 'tags.2', message: 'expected a string' }],
      },
    ])
  })

  test('has only the error of the parser for a text that cannot be read', () => {
    const body = configErrorBody(loadBad('{'), { flatten: true, catalog })
    expect(body.flattened_errors).toEqual([])
    expect(Object.keys(body.fields)).toEqual(['error'])
  })
})

describe('the tree of errors', () => {
  test('keeps a message and what is below it apart, and fields with odd names plain', () => {
    const tree = errorTree([
      { segments: ['a', 2, '__proto__'], field: '__proto__', message: 'x' },
      { segments: ['a', 2], field: '', message: 'first' },
      { segments: ['a', 2], field: '', message: 'second' },
      { segments: ['a', 2, 'b'], field: 'b', message: 'one' },
      { segments: ['a', 2, 'b', 'c'], field: 'b.c', message: 'two' },
    ])
    expect(JSON.stringify(tree)).toBe(
      '{"a":[null,null,{"__proto__":"x","@entity":["first","second"],"b":{"c":"two"}}]}',
    )
    expect(luaText(tree)).toBe('{a={[3]={__proto__="x",["@entity"]={"first","second"},b={c="two"}}}}')
  })
})

describe('the report for people', () => {
  test('has a line per problem: place, entity, field, message and hint', () => {
    const bad = loadBad(`_format_version: "3.0"
servces: 1
services:
  - name: my-service
    hots: x
consumers: [{ username: alice, acls: [{ group: "" }] }]
`)
    expect(reportProblems(bad.problems, 'kong.yml').split('\n')).toEqual([
      "kong.yml:2:1  servces: unknown field (did you mean 'services'?)",
      'kong.yml:4:5  services[0] "my-service": host: required field missing',
      'kong.yml:5:5  services[0] "my-service": hots: unknown field (did you mean \'host\'?)',
      'kong.yml:6:41  consumers[0].acls[0]: group: length must be at least 1',
    ])
  })

  test('has no more than the message for a text that cannot be read', () => {
    expect(reportProblems(loadBad('a: [').problems, 'kong.yml')).toMatch(
      /^kong\.yml:1:\d+ {2}failed parsing declarative configuration: /,
    )
    const placeless = loadBad('- 1').problems.map((problem) => ({ ...problem, line: undefined }))
    expect(reportProblems(placeless, 'kong.yml')).toBe('kong.yml  expected a record')
  })
})
