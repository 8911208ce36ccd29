import { afterEach, describe, expect, test } from 'vitest'
import requestSizeLimiting from '../../src/plugins/request-size-limiting/index.ts'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'

let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

async function start(config: object): Promise<TestGateway> {
  gateway = await createTestGateway({
    plugins: [requestSizeLimiting],
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl, routes: [{ name: 'r', paths: ['/'] }] }],
      plugins: [{ name: 'request-size-limiting', config }],
    }),
  })
  return gateway
}

const chunked = { 'transfer-encoding': 'chunked' }

describe('a body that says how long it is', () => {
  test.each([
    ['bytes', 10, 10],
    ['kilobytes', 1, 1024],
    ['megabytes', 1, 1024 * 1024],
  ])('passes up to the limit in %s, and no further', async (unit, size, bytes) => {
    const { request, seen } = await start({ allowed_payload_size: size, size_unit: unit })
    expect((await request({ body: 'x'.repeat(bytes) })).status).toBe(200)
    const answer = await request({ body: 'x'.repeat(bytes + 1) })
    expect(answer.status).toBe(413)
    expect(answer.json()).toMatchObject({ message: 'Request size limit exceeded' })
    expect(seen.map(({ body }) => body.length)).toEqual([bytes])
  })

  test('is refused with 417 where the client asked first', async () => {
    const { request } = await start({ allowed_payload_size: 1, size_unit: 'bytes' })
    const answer = await request({ body: 'xx', headers: { expect: '100-continue' } })
    expect(answer.status).toBe(417)
    expect(answer.json()).toMatchObject({ message: 'Request size limit exceeded' })
  })
})

describe('a body that does not say', () => {
  test('is measured', async () => {
    const { request, seen } = await start({ allowed_payload_size: 10, size_unit: 'bytes' })
    expect((await request({ body: 'x'.repeat(10), headers: chunked })).status).toBe(200)
    expect((await request({ body: 'x'.repeat(11), headers: chunked })).status).toBe(413)
    expect(seen.map(({ body }) => body)).toEqual(['x'.repeat(10)])
  })

  test('must be empty where nothing is allowed', async () => {
    const { request } = await start({ allowed_payload_size: 0, size_unit: 'bytes' })
    expect((await request({ body: 'x', headers: chunked })).status).toBe(413)
    expect((await request({ body: 'xx', headers: chunked })).status).toBe(413)
    expect((await request({ body: '', headers: chunked })).status).toBe(200)
  })
})

describe('a length that is required', () => {
  test('must be there unless the body is chunked', async () => {
    const { request } = await start({ require_content_length: true })
    const answer = await request({ method: 'GET' })
    expect(answer.status).toBe(411)
    expect(answer.json()).toMatchObject({ message: 'A valid Content-Length header is required' })
    expect((await request({ body: 'x' })).status).toBe(200)
    expect((await request({ body: 'x', headers: chunked })).status).toBe(200)
  })

  test('need not be there by default', async () => {
    expect((await (await start({})).request()).status).toBe(200)
  })
})
