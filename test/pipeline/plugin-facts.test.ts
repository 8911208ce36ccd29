import { afterEach, expect, test } from 'vitest'
import { definePlugin, z } from '../../src/pdk/index.ts'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'

let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

const teller = definePlugin({
  name: 'teller',
  priority: 1,
  config: z.strictObject({}),
  access(kong) {
    kong.response.exit(200, {
      id: kong.plugin.getId(),
      scope: kong.plugin.getScope(),
      values: kong.request.getHeaderValues('X-Many'),
      connection: kong.client.getConnection(),
    })
  },
})

const id = '2b4c4b1e-1d3f-4d4e-9c0a-5a7d0a6a3a10'
const routeId = '2b4c4b1e-1d3f-4d4e-9c0a-5a7d0a6a3a11'

test('a plugin can ask for its own id and scope, for repeated headers and for the connection', async () => {
  gateway = await createTestGateway({
    plugins: [teller],
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [
        { name: 's', url: upstreamUrl, routes: [{ id: routeId, paths: ['/'], plugins: [{ id, name: 'teller' }] }] },
      ],
    }),
  })
  const answer = await gateway.request({ headers: { 'x-many': ['a', 'b, c'] } })
  expect(answer.json()).toEqual({
    id,
    scope: { route: routeId },
    values: ['a', 'b, c'],
    connection: {
      serverAddress: '127.0.0.1',
      serverPort: Number(new URL(gateway.url).port),
      serial: expect.any(Number),
      ordinal: 1,
    },
  })
  expect((await gateway.request()).json()).toMatchObject({ values: [] })
})
