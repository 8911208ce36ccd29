import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { definePlugin } from '../../src/pdk/index.ts'
import correlationId from '../../src/plugins/correlation-id/index.ts'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'
import { waitFor } from '../support/wait-for.ts'

let gateway: TestGateway | undefined
const logged: Record<string, unknown>[] = []

afterEach(async () => {
  await gateway?.close()
  gateway = undefined
  logged.length = 0
})

const recorder = definePlugin({
  name: 'recorder',
  priority: 1,
  config: z.strictObject({}),
  log(kong) {
    logged.push(kong.log.serialize())
  },
})

async function start(config: object = {}): Promise<TestGateway> {
  gateway = await createTestGateway({
    plugins: [correlationId, recorder],
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [
        {
          name: 's',
          url: upstreamUrl,
          routes: [
            { name: 'r', paths: ['/'] },
            { name: 'secure', paths: ['/secure'], protocols: ['https'] },
          ],
        },
      ],
      plugins: [{ name: 'correlation-id', config }, { name: 'recorder' }],
    }),
  })
  return gateway
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'

describe('ids', () => {
  test('are by default a UUID of the process and a number that goes up', async () => {
    const { request, seen } = await start()
    await request()
    await request()
    const [first = '', second = ''] = seen.map(({ headers }) => String(headers['kong-request-id']))
    expect(first).toMatch(new RegExp(`^${uuid}#\\d+$`))
    expect(second.split('#')[0]).toBe(first.split('#')[0])
    expect(Number(second.split('#')[1])).toBe(Number(first.split('#')[1]) + 1)
  })

  test('may be a UUID of their own', async () => {
    const { request, seen } = await start({ generator: 'uuid', header_name: 'X-Trace' })
    await request()
    expect(seen[0]?.headers['x-trace']).toMatch(new RegExp(`^${uuid}$`))
  })

  test('may tell where and when the request came in', async () => {
    const { request, seen, url } = await start({ generator: 'tracker' })
    await request()
    await request()
    const ids = seen.map(({ headers }) => String(headers['kong-request-id']))
    const { port } = new URL(url)
    for (const id of ids)
      expect(id).toMatch(new RegExp(`^127\\.0\\.0\\.1-${port}-${process.pid}-\\d+-1-\\d+\\.\\d{3}$`))
    expect(ids[0]).not.toBe(ids[1])
  })

  test('of the client are kept', async () => {
    const { request, seen } = await start({ echo_downstream: true })
    const answer = await request({ headers: { 'kong-request-id': 'mine' } })
    expect(seen[0]?.headers['kong-request-id']).toBe('mine')
    expect(answer.headers['kong-request-id']).toBe('mine')
  })

  test('are made where the client sent an empty one', async () => {
    const { request, seen } = await start()
    await request({ headers: { 'kong-request-id': '' } })
    expect(seen[0]?.headers['kong-request-id']).toMatch(new RegExp(`^${uuid}#\\d+$`))
  })
})

describe('the answer', () => {
  test('carries the id on demand', async () => {
    const { request, seen } = await start({ echo_downstream: true })
    const answer = await request()
    expect(answer.headers['kong-request-id']).toBe(seen[0]?.headers['kong-request-id'])
  })

  test('carries no id otherwise', async () => {
    const answer = await (await start()).request()
    expect(answer.headers).not.toHaveProperty('kong-request-id')
  })

  test('carries the id of the client even where the request went no further than routing', async () => {
    const { request } = await start({ echo_downstream: true })
    const answer = await request({ path: '/secure', headers: { 'kong-request-id': 'mine' } })
    expect(answer.status).toBe(426)
    expect(answer.headers['kong-request-id']).toBe('mine')
  })
})

test('the log carries the id', async () => {
  const { request, seen } = await start()
  await request()
  const [record] = await waitFor(() => logged.length > 0 && logged)
  expect(record?.correlation_id).toBe(seen[0]?.headers['kong-request-id'])
})
