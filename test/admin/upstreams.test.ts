import { beforeEach, describe, expect, test } from 'vitest'
import { fixture } from './fixture.ts'
import { createTestAdmin, listed, type TestAdmin } from './support.ts'

let admin: TestAdmin
beforeEach(async () => {
  admin = await createTestAdmin(fixture)
})

const health = async () => listed(await admin.get('/upstreams/cart-pool/health'), 'health')
const put = async (path: string) => {
  const { status, json } = await admin.send('PUT', `/upstreams/${path}`)
  return [status, json]
}

describe('the health of an upstream', () => {
  test('is told for each target and address', async () => {
    const answer = await admin.get('/upstreams/cart-pool/health')
    expect(answer.json).toMatchObject({
      data: [
        {
          target: '127.0.0.1:9001',
          tags: ['red'],
          health: 'HEALTHY',
          data: { addresses: [{ ip: '127.0.0.1', port: 9001, weight: 100, health: 'HEALTHY' }], host: '127.0.0.1' },
        },
        { target: '127.0.0.2:9001', health: 'HEALTHY' },
      ],
      next: null,
      node_id: admin.context.nodeId,
    })
  })

  test('is told for the whole', async () => {
    expect((await admin.get('/upstreams/cart-pool/health?balancer_health=1')).json).toMatchObject({
      data: { health: 'HEALTHY', balancer_health: 'HEALTHY', details: [{ target: '127.0.0.1:9001' }, {}] },
      node_id: admin.context.nodeId,
    })
  })

  test('is off where nothing is checked', async () => {
    expect(listed(await admin.get('/upstreams/plain-pool/health'), 'health')).toEqual([
      'HEALTHCHECKS_OFF',
      'HEALTHCHECKS_OFF',
    ])
  })

  test('is not there for an upstream that is not', async () => {
    expect((await admin.get('/upstreams/nothing/health')).status).toBe(404)
  })
})

describe('setting health by hand', () => {
  test('takes a target out, and back in', async () => {
    expect(await put('cart-pool/targets/127.0.0.1:9001/unhealthy')).toEqual([204, null])
    expect(await health()).toEqual(['UNHEALTHY', 'HEALTHY'])
    expect(await put('cart-pool/targets/127.0.0.1:9001/healthy')).toEqual([204, null])
    expect(await health()).toEqual(['HEALTHY', 'HEALTHY'])
  })

  test('may name one address', async () => {
    expect(await put('cart-pool/targets/127.0.0.2:9001/127.0.0.2:9001/unhealthy')).toEqual([204, null])
    expect(await health()).toEqual(['HEALTHY', 'UNHEALTHY'])
  })

  test('wants a target, an address and a check that are there', async () => {
    const missing = [404, { message: 'Not found' }]
    expect(await put('cart-pool/targets/127.0.0.9:1/healthy')).toEqual(missing)
    expect(await put('nothing/targets/127.0.0.1:9001/healthy')).toEqual(missing)
    expect(await put('cart-pool/targets/127.0.0.1:9001/127.0.0.9:1/healthy')).toEqual(missing)
    expect(await put('plain-pool/targets/127.0.0.3:80/unhealthy')).toEqual([
      400,
      { message: 'no healthchecker found for plain-pool' },
    ])
  })
})
