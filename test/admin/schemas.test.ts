import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { kongFields, kongType } from '../../src/admin/schema/kong-type.ts'
import { createTestAdmin, type TestAdmin } from './support.ts'

let admin: TestAdmin
beforeAll(async () => {
  admin = await createTestAdmin(null)
})

const schemaShape = z.object({
  fields: z.array(z.record(z.string(), z.record(z.string(), z.unknown()))),
  entity_checks: z.array(z.unknown()),
})

/** The fields of a schema by name. */
async function fieldsOf(path: string): Promise<Record<string, Record<string, unknown>>> {
  const answer = await admin.get(path)
  expect(answer.status).toBe(200)
  const { fields } = schemaShape.parse(answer.json)
  return Object.assign({}, ...fields)
}

describe('the schema of an entity', () => {
  test('tells types, ranges, defaults and references', async () => {
    const fields = await fieldsOf('/schemas/routes')
    expect(fields.id).toEqual({ type: 'string', uuid: true, required: true, auto: true })
    expect(fields.created_at).toEqual({ type: 'integer', required: true, auto: true })
    expect(fields.name).toEqual({ type: 'string', required: false, unique: true })
    expect(fields.strip_path).toEqual({ type: 'boolean', required: true, default: true })
    expect(fields.service).toEqual({ type: 'foreign', reference: 'services', required: false })
    expect(fields.protocols).toMatchObject({ type: 'set', default: ['http', 'https'], elements: { type: 'string' } })
    expect(fields.https_redirect_status_code).toMatchObject({ one_of: [426, 301, 302, 307, 308], default: 426 })
    expect(fields.sources).toMatchObject({ type: 'array', elements: { type: 'record' } })
    expect(fields.headers).toMatchObject({ type: 'map', keys: { type: 'string' }, values: { type: 'array' } })
    expect(fields).not.toHaveProperty('ws_id')
    expect((await fieldsOf('/schemas/services')).port).toEqual({
      type: 'integer',
      between: [0, 65535],
      required: true,
      default: 80,
    })
    expect((await fieldsOf('/schemas/targets')).upstream).toMatchObject({ required: true, on_delete: 'cascade' })
    expect((await fieldsOf('/schemas/certificates')).key).toMatchObject({ encrypted: true })
    expect((await fieldsOf('/schemas/consumers')).custom_id).toMatchObject({ unique: true })
  })

  test('is there for the entities of plugins too', async () => {
    expect((await fieldsOf('/schemas/keyauth_credentials')).key).toMatchObject({
      type: 'string',
      auto: true,
      encrypted: true,
    })
  })

  test('is there for every entity and plugin', async () => {
    const { entities, plugins } = admin.context.registry.catalog()
    for (const { name } of entities) expect(Object.keys(await fieldsOf(`/schemas/${name}`))).toContain('id')
    for (const name of plugins.keys())
      expect(Object.keys(await fieldsOf(`/schemas/plugins/${name}`))).toContain('config')
  })

  test.each([
    ['/schemas/nothing', "No entity named 'nothing'"],
    ['/schemas/plugins/nothing', "No plugin named 'nothing'"],
    ['/schemas/vaults/nothing', "No vault named 'nothing'"],
    ['/plugins/schema/nothing', "No plugin named 'nothing'"],
  ])('%s is not found', async (path, message) => {
    const answer = await admin.get(path)
    expect([answer.status, answer.json]).toEqual([404, { message }])
  })
})

describe('the schema of a plugin', () => {
  test('has the config of the plugin, and refuses the scopes that it cannot have', async () => {
    const fields = await fieldsOf('/schemas/plugins/key-auth')
    expect(fields.name).toEqual({ type: 'string', required: true, eq: 'key-auth' })
    expect(fields.consumer).toMatchObject({ type: 'foreign', eq: null })
    expect(fields.route).not.toHaveProperty('eq')
    const config = schemaShape.pick({ fields: true }).parse(fields.config)
    const byName: Record<string, unknown> = Object.assign({}, ...config.fields)
    expect(byName.key_names).toMatchObject({
      type: 'array',
      elements: { type: 'string' },
      required: true,
      default: ['apikey'],
      description: expect.stringContaining('Names'),
    })
    expect(byName.realm).toMatchObject({ type: 'string', required: false, len_min: 1 })
  })

  test('tells which fields hold secrets', async () => {
    const fields = await fieldsOf('/schemas/plugins/vault-door')
    const { fields: config } = schemaShape.pick({ fields: true }).parse(fields.config)
    const encrypted = config.flatMap((field) =>
      Object.entries(field).flatMap(([name, type]) => (type.encrypted === true ? [name] : [])),
    )
    expect(encrypted).toEqual(['api_key', 'code'])
  })

  test('is at its old address too, config only', async () => {
    expect((await admin.get('/plugins/schema/acl')).json).toMatchObject({ type: 'record', required: true })
  })

  test('of a vault has the config of its kind', async () => {
    const { config } = await fieldsOf('/schemas/vaults/env')
    expect(config).toMatchObject({
      type: 'record',
      required: true,
      fields: [{ prefix: { type: 'string' } }, {}, {}, {}, {}],
    })
  })
})

describe('validation', () => {
  test.each([
    ['/schemas/services/validate', { host: 'a.test' }],
    ['/schemas/services/validate', { url: 'https://a.test/x' }],
    ['/schemas/routes/validate', { paths: ['/a'], service: { id: '11111111-1111-4111-8111-111111111111' } }],
    ['/schemas/plugins/validate', { name: 'rate-limiting', config: { minute: 5 } }],
    ['/schemas/vaults/validate', { name: 'env', prefix: 'mine' }],
  ])('at %s passes %j', async (path, body) => {
    const answer = await admin.send('POST', path, body)
    expect([answer.status, answer.json]).toEqual([200, { message: 'schema validation successful' }])
  })

  test('tells of one violation', async () => {
    const answer = await admin.send('POST', '/schemas/services/validate', { port: 5 })
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      code: 2,
      name: 'schema violation',
      message: 'schema violation (host: required field missing)',
      fields: { host: 'required field missing' },
    })
  })

  test('tells of several: the whole first, then fields by name', async () => {
    const answer = await admin.send('POST', '/schemas/services/validate', {
      host: 'a.test',
      protocol: 'tcp',
      path: '/x',
      tls_verify: true,
    })
    expect(answer.json).toMatchObject({
      fields: {
        '@entity': [
          "failed conditional validation given value of field 'protocol'",
          "failed conditional validation given value of field 'protocol'",
        ],
        path: 'value must be null',
        tls_verify: 'value must be null',
      },
      message:
        "4 schema violations (failed conditional validation given value of field 'protocol'; failed conditional validation given value of field 'protocol'; path: value must be null; tls_verify: value must be null)",
    })
  })

  test('tells where within an entity', async () => {
    const answer = await admin.send('POST', '/schemas/plugins/validate', {
      name: 'rate-limiting',
      tags: ['a', 1],
      config: { minute: 5, redis: { port: 70000 } },
    })
    expect(answer.json).toMatchObject({
      message:
        '2 schema violations (config.redis.port: value should be between 0 and 65535; tags.2: expected a string)',
      fields: { config: { redis: { port: 'value should be between 0 and 65535' } }, tags: [null, 'expected a string'] },
    })
    const unknown = await admin.send('POST', '/schemas/plugins/validate', { name: 'no-such' })
    expect(unknown.text).toContain("plugin 'no-such' not enabled")
  })

  test('reads forms, with the types that the schema wants', async () => {
    const form = (pairs: Record<string, string>[]) => {
      const params = new URLSearchParams()
      for (const pair of pairs) for (const [name, value] of Object.entries(pair)) params.append(name, value)
      return params
    }
    const good = form([
      { name: 'rate-limiting' },
      { 'config.minute': '5' },
      { 'config.fault_tolerant': 'false' },
      { 'config.redis.port': '6380' },
      { 'config.path': '' },
      { 'protocols[]': 'http' },
      { 'protocols[]': 'https' },
      { tags: 'one' },
    ])
    expect((await admin.send('POST', '/schemas/plugins/validate', good)).status).toBe(200)
    const bad = form([{ 'paths[1]': '/a' }, { 'paths[2]': 'b' }, { strip_path: 'maybe' }, { regex_priority: 'x' }])
    expect((await admin.send('POST', '/schemas/routes/validate', bad)).json).toMatchObject({
      fields: {
        paths: [null, expect.stringContaining('should start with: /')],
        strip_path: 'expected a boolean',
        regex_priority: 'expected a number',
      },
    })
    const multipart = new FormData()
    multipart.set('host', 'a.test')
    expect((await admin.send('POST', '/schemas/services/validate', multipart)).status).toBe(200)
  })

  test('wants a known entity and a body', async () => {
    expect((await admin.send('POST', '/schemas/nothing/validate', {})).status).toBe(404)
    expect((await admin.send('POST', '/schemas/services/validate')).text).toContain('host: required field missing')
    expect((await admin.send('POST', '/schemas/plugins/key-auth', {})).status).toBe(405)
    const broken = await admin.send('POST', '/schemas/services/validate', '{', { 'Content-Type': 'application/json' })
    expect([broken.status, broken.json]).toEqual([400, { message: 'Cannot parse JSON body' }])
    const part = await admin.send('POST', '/schemas/services/validate', 'x', {
      'Content-Type': 'multipart/form-data; boundary=a',
    })
    expect([part.status, part.json]).toEqual([400, { message: 'Cannot parse multipart body' }])
  })
})

describe("a zod schema in Kong's notation", () => {
  interface Tree {
    readonly name: string
    readonly children: readonly Tree[]
  }
  const tree: z.ZodType<Tree> = z.lazy(() => z.strictObject({ name: z.string(), children: z.array(tree) }))

  test.each([
    ['numbers', z.number(), { type: 'number' }],
    ['integers from a bound on', z.int().min(3), { type: 'integer', between: [3, Number.MAX_SAFE_INTEGER] }],
    ['integers up to a bound', z.int().max(3), { type: 'integer', between: [Number.MIN_SAFE_INTEGER, 3] }],
    ['numbers over a bound', z.number().gt(0), { type: 'number', gt: 0 }],
    ['texts of a length', z.string().min(2).max(9), { type: 'string', len_min: 2, len_max: 9 }],
    ['texts with a start', z.string().startsWith('/'), { type: 'string', starts_with: '/' }],
    ['URLs', z.url(), { type: 'string' }],
    ['ids', z.uuid(), { type: 'string', uuid: true }],
    ['one value', z.literal('a'), { type: 'string', eq: 'a' }],
    ['some numbers', z.literal([1.5, 2]), { type: 'number', one_of: [1.5, 2] }],
    ['a choice of values', z.union([z.literal(-1), z.literal(1)]), { type: 'integer', one_of: [-1, 1] }],
    ['text or nothing', z.union([z.string(), z.null()]), { type: 'string', required: false }],
    ['texts of two kinds', z.union([z.string(), z.url()]), { type: 'string' }],
    ['text or number', z.union([z.string(), z.number()]), { type: 'any' }],
    ['nothing at all', z.union([z.null()]), { type: 'any', required: false }],
    ['anything', z.unknown(), { type: 'any' }],
    ['what is changed on the way', z.string().transform(Number), { type: 'string' }],
    ['what is changed before', z.preprocess((value) => value, z.boolean()), { type: 'boolean' }],
    [
      'frozen lists',
      z.array(z.boolean()).min(1).readonly(),
      { type: 'array', elements: { type: 'boolean' }, len_min: 1 },
    ],
    ['what has a substitute', z.boolean().catch(false), { type: 'boolean' }],
    [
      'what is made each time',
      z.string().default(() => crypto.randomUUID()),
      { type: 'string', required: true, auto: true },
    ],
  ])('%s', (_kind, schema, expected) => {
    expect(kongType(schema)).toEqual(expected)
  })

  test('makes one record of records of several forms', () => {
    const either = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('a'), size: z.int(), note: z.string() }),
      z.strictObject({ kind: z.literal('b'), size: z.int().optional() }),
    ])
    expect(kongType(either)).toEqual({
      type: 'record',
      fields: [
        { kind: { type: 'string', one_of: ['a', 'b'], required: true } },
        { size: { type: 'integer', required: false } },
        { note: { type: 'string', required: false } },
      ],
    })
  })

  test('ends where a schema holds itself', () => {
    expect(kongFields({ tree })).toEqual([
      {
        tree: {
          type: 'record',
          required: true,
          fields: [
            { name: { type: 'string', required: true } },
            { children: { type: 'array', elements: { type: 'any' }, required: true } },
          ],
        },
      },
    ])
  })
})
