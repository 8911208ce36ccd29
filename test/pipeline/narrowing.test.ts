/** Plugins of a consumer, or of its groups, apply as soon as it is known who calls. */

import { expect, it } from 'vitest'
import { startRoute } from './support.ts'

const adding = (value: string, scope: object = {}) => ({
  name: 'response-transformer',
  ...scope,
  config: { add: { headers: [`X-Plan:${value}`] } },
})

it('the most specific config of a caller counts', async () => {
  const gateway = await startRoute({
    entities: () => ({
      consumer_groups: [{ name: 'gold' }, { name: 'amber' }],
      consumers: [
        { username: 'ada', keyauth_credentials: [{ key: 'ada' }], groups: [{ name: 'gold' }] },
        { username: 'bob', keyauth_credentials: [{ key: 'bob' }], groups: [{ name: 'gold' }] },
        { username: 'eve', keyauth_credentials: [{ key: 'eve' }], groups: [{ name: 'gold' }, { name: 'amber' }] },
        { username: 'sue', keyauth_credentials: [{ key: 'sue' }] },
      ],
      plugins: [
        { name: 'recorder' },
        { name: 'key-auth' },
        adding('everybody'),
        adding('gold', { consumer_group: 'gold' }),
        adding('amber', { consumer_group: 'amber' }),
        adding('ada', { consumer: 'ada' }),
        { name: 'request-termination', consumer: 'sue', config: { status_code: 402, message: 'pay first' } },
      ],
    }),
  })
  const plans = await Promise.all(
    ['ada', 'bob', 'eve'].map(async (apikey) => (await gateway.request({ headers: { apikey } })).headers['x-plan']),
  )
  expect(plans).toEqual(['ada', 'gold', 'amber'])
  const sue = await gateway.request({ headers: { apikey: 'sue' } })
  expect([sue.status, sue.headers['x-plan']]).toEqual([402, 'everybody'])
  expect((await gateway.request()).status).toBe(401)
  expect(gateway.seen).toHaveLength(3)
})
