import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../src/config/load.ts'
import { createTestAdmin, listed, type TestAdmin } from './support.ts'

let admin: TestAdmin
beforeEach(async () => {
  admin = await createTestAdmin(null)
})

const yaml = '_format_version: "3.0"\nservices:\n- name: one\n  host: one.test\n'
const asObject = { _format_version: '3.0', services: [{ name: 'one', host: 'one.test' }] }

describe('a new configuration', () => {
  test.each([
    ['a JSON object that is one', JSON.stringify(asObject), 'application/json'],
    ['a JSON object with YAML in it', JSON.stringify({ config: yaml }), 'application/json; charset=utf-8'],
    ['a JSON object with JSON in it', JSON.stringify({ config: JSON.stringify(asObject) }), 'application/json'],
    ['YAML', yaml, 'text/yaml'],
    ['YAML by its other name', yaml, 'application/yaml'],
    ['a form', new URLSearchParams({ config: yaml }).toString(), 'application/x-www-form-urlencoded'],
    ['what curl calls a form', yaml, 'application/x-www-form-urlencoded'],
  ])('may be sent as %s', async (_kind, body, type) => {
    const answer = await admin.send('POST', '/config', body, { 'Content-Type': type })
    expect(answer.status).toBe(201)
    const { services } = z
      .object({ services: z.record(z.string(), z.looseObject({ name: z.string() })) })
      .parse(answer.json)
    const [id, service] = Object.entries(services)[0] ?? []
    expect(service).toMatchObject({ id, name: 'one', host: 'one.test', retries: 5 })
    expect(listed(await admin.get('/services'))).toEqual(['one'])
  })

  test('may be sent as a field or a file of a multipart form', async () => {
    for (const value of [yaml, new Blob([yaml])]) {
      const form = new FormData()
      form.set('config', value)
      expect((await admin.send('POST', '/config', form)).status).toBe(201)
    }
  })

  test('may be sent without saying what it is', async () => {
    const response = await admin.app.request('/config', { method: 'POST', body: new TextEncoder().encode(yaml) })
    expect(response.status).toBe(201)
  })

  test.each([
    ['nothing', '', 'text/yaml'],
    ['a JSON object without one', '{}', 'application/json'],
    ['something else in its place', '{"config":{"a":1}}', 'application/json'],
  ])('must be there, and not %s', async (_kind, body, type) => {
    const answer = await admin.send('POST', '/config', body, { 'Content-Type': type })
    expect([answer.status, answer.json]).toEqual([400, { message: 'expected a declarative configuration' }])
  })

  test('in a multipart form must be under its name', async () => {
    const form = new FormData()
    form.set('other', yaml)
    const answer = await admin.send('POST', '/config', form)
    expect([answer.status, answer.json]).toEqual([400, { message: 'expected a declarative configuration' }])
  })

  test('is not taken twice where its hash is to be checked', async () => {
    const first = await admin.send('POST', '/config?check_hash=1', { config: yaml })
    expect(first.status).toBe(201)
    const second = await admin.send('POST', '/config?check_hash=1', { config: yaml })
    expect([second.status, second.text]).toEqual([304, ''])
    expect((await admin.send('POST', '/config', { config: yaml })).status).toBe(201)
    const { configuration_hash: hash } = z
      .object({ configuration_hash: z.string() })
      .parse((await admin.get('/status')).json)
    expect(hash).toBe(createHash('md5').update(yaml).digest('hex'))
  })

  test('waits its turn', async () => {
    admin.answerApply({ outcome: 'busy' })
    const answer = await admin.send('POST', '/config', { config: yaml })
    expect([answer.status, answer.json]).toEqual([429, { message: 'Currently loading previous configuration' }])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('comes too late for a node that stops', async () => {
    admin.drain()
    const answer = await admin.send('POST', '/config', { config: yaml })
    expect([answer.status, answer.json]).toEqual([503, { message: 'Kong currently exiting' }])
    expect(admin.config()).toBeNull()
  })

  test('whose parts do not work together is refused with the reason', async () => {
    admin.answerApply({ outcome: 'failed', message: 'no such door' })
    const answer = await admin.send('POST', '/config', { config: yaml })
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      code: 14,
      name: 'invalid declarative configuration',
      message: 'declarative config is invalid: no such door',
      fields: { error: 'no such door' },
    })
  })
})

describe('a bad configuration', () => {
  const bad = {
    _format_version: '3.0',
    services: [
      { name: 'fine', host: 'h' },
      { name: 'one', host: 5, tags: ['t'] },
    ],
  }

  test('is refused with errors by place, and what was served stays', async () => {
    await admin.send('POST', '/config', { config: yaml })
    const answer = await admin.send('POST', '/config', bad)
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({
      code: 14,
      name: 'invalid declarative configuration',
      message: 'declarative config is invalid: {services={[2]={host="expected a string"}}}',
      fields: { services: [null, { host: 'expected a string' }] },
    })
    expect(listed(await admin.get('/services'))).toEqual(['one'])
  })

  test.each(['1', 'true', 'on', 'yes'])('is told flat with flatten_errors=%s', async (value) => {
    const answer = await admin.send('POST', `/config?flatten_errors=${value}`, bad)
    expect(answer.json).toMatchObject({
      fields: {},
      flattened_errors: [
        {
          entity_type: 'service',
          entity_name: 'one',
          entity_tags: ['t'],
          entity: { name: 'one', host: 5, tags: ['t'] },
          errors: [{ type: 'field', field: 'host', message: 'expected a string' }],
        },
      ],
    })
  })

  test('that cannot be read is told as such', async () => {
    const answer = await admin.send('POST', '/config', { config: 'a: [' })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('"fields":{"error":"failed parsing declarative configuration: ')
  })

  test('in JSON that is none is told as such', async () => {
    for (const body of ['{', '[1]', '"text"']) {
      const answer = await admin.send('POST', '/config', body, { 'Content-Type': 'application/json' })
      expect([answer.status, answer.json]).toEqual([400, { message: 'Cannot parse JSON body' }])
    }
  })
})

describe('the configuration that is served', () => {
  test('can be read as a file, and loaded again', async () => {
    await admin.send('POST', '/config', { config: yaml })
    const { config } = z.object({ config: z.string() }).parse((await admin.get('/config')).json)
    const again = loadConfig(config, { catalog: admin.context.registry.catalog() })
    expect(again.ok && again.config.entities.services).toMatchObject([{ name: 'one', host: 'one.test' }])
  })

  test('is an empty file before there is one', async () => {
    expect((await admin.get('/config')).json).toEqual({ config: '_format_version: "3.0"\n_transform: false\n' })
  })
})
