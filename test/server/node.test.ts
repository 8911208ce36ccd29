/** A node: the outcomes of applying a configuration, its listeners, and its end. */

import { createServer, request } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GatewayNode } from '../../src/server/node.ts'
import { rsaPair } from '../entities/certificates.ts'
import { listenLocally, portOf } from '../support/listen-locally.ts'
import { get, registry, settingsOf, terminating } from './support.ts'

function make(overrides: Record<string, string> = {}, workers = 1): GatewayNode {
  const settings = settingsOf({
    admin_listen: '127.0.0.1:0',
    status_listen: '127.0.0.1:0',
    log_level: 'crit',
    drain_timeout: '1',
    ...overrides,
  })
  return new GatewayNode({ settings, registry, version: '1.2.3', workers, env: {} })
}

async function start(overrides: Record<string, string> = {}, workers = 1) {
  const node = make(overrides, workers)
  const addresses = await node.listen()
  onTestFinished(() => node.close())
  const [proxy = '', admin = '', status = ''] = [addresses.proxy[0], addresses.admin[0], addresses.status[0]]
  return { node, proxy, admin, status }
}

const text = (body: string, more: object = {}) => JSON.stringify(terminating(body, more))
const circle = text('circle', {
  plugins: [
    { name: 'cors', ordering: { before: { access: ['acl'] } } },
    { name: 'acl', config: { allow: ['a'] }, ordering: { before: { access: ['cors'] } } },
  ],
})

describe.each([1, 2])('with %i workers, applying a configuration', (workers) => {
  it('serves it, unless it is wrong, and tells which of these it was', async () => {
    const { node, proxy } = await start({}, workers)
    expect((await get(proxy)).status).toBe(503)
    expect(await node.apply(text('one'))).toEqual({ outcome: 'applied', warnings: [] })
    expect((await get(proxy)).text).toBe('one')

    expect(await node.apply(text('one'), { checkHash: true })).toEqual({ outcome: 'unchanged' })
    expect(await node.apply(text('one'))).toMatchObject({ outcome: 'applied' })
    const refused = await node.apply('{"routes":[{"paths":7}]}')
    expect(refused).toMatchObject({ outcome: 'refused', result: { ok: false } })
    expect(await node.apply(circle)).toEqual({
      outcome: 'failed',
      message: expect.stringContaining('wait for one another'),
    })
    expect((await get(proxy)).text).toBe('one')

    const [first, second] = await Promise.all([node.apply(text('two')), node.apply(text('three'))])
    expect([first.outcome, second.outcome]).toEqual(['applied', 'busy'])
    expect((await get(proxy)).text).toBe('two')
  })
})

it('its Admin and Status listeners tell of it', async () => {
  const { node, admin, status } = await start()
  expect((await get(`${status}/status/ready`)).status).toBe(503)
  await node.apply(text('one', { upstreams: [{ name: 'u.test', targets: [{ target: '127.0.0.1:1' }] }] }))
  expect((await get(`${status}/status/ready`)).status).toBe(200)
  const answer = await get(`${admin}/upstreams/u.test/health`)
  expect(answer.status).toBe(200)
  expect(answer.text).toContain('127.0.0.1:1')
  expect((await get(`${status}/metrics`)).text).toContain('kong_node_info')
  expect((await get(`${admin}/status`)).text).toContain('"configuration_hash"')
})

it('takes over a configuration from its Admin API', async () => {
  const { admin, proxy } = await start()
  const config = JSON.stringify({ config: text('posted') })
  const status = await new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const outgoing = request(`${admin}/config`, { method: 'POST', headers }, (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode))
    })
    outgoing.on('error', reject)
    outgoing.end(config)
  })
  expect(status).toBe(201)
  expect((await get(proxy)).text).toBe('posted')
})

it('keeps its token out of its log, and its id where one is set', async () => {
  const { node, admin } = await start({
    admin_token: 'a-secret-token',
    node_id: '7a1b4b1e-1d3f-4d4e-9c0a-5a7d0a6a3a10',
  })
  await node.apply(text('one'))
  expect((await get(admin)).status).toBe(401)
  const answer = await get(admin, { headers: { 'kong-admin-token': 'a-secret-token' } })
  expect(answer.status).toBe(200)
  expect(answer.text).toContain('7a1b4b1e-1d3f-4d4e-9c0a-5a7d0a6a3a10')
})

it('listens with TLS for those who run it, where that is asked for', async () => {
  const { admin } = await start({ admin_listen: '127.0.0.1:0 ssl', ssl_cert: rsaPair.cert, ssl_cert_key: rsaPair.key })
  expect(admin).toMatch(/^https:/)
  expect((await get(`${admin}/status`, { rejectUnauthorized: false })).status).toBe(200)
})

it('listens on IPv6 with its address in brackets', async () => {
  const { status } = await start({ status_listen: '[::1]:0' })
  expect(status).toMatch(/^http:\/\/\[::1\]:\d+$/)
})

it('rejects where a port is taken, and leaves nothing open', async () => {
  const other = createServer()
  await listenLocally(other)
  onTestFinished(() => void other.close())
  const taken = `127.0.0.1:${portOf(other)}`
  for (const name of ['proxy_listen', 'admin_listen', 'status_listen']) {
    const node = make({ [name]: taken })
    await expect(node.listen()).rejects.toThrow('EADDRINUSE')
    await node.close()
  }
})
