import { describe, expect, it } from 'vitest'
import { directBalancer } from '../../../src/upstream/balancer/index.ts'
import { Resolver } from '../../../src/upstream/resolve.ts'
import { pickContext } from '../support.ts'
import { pickNow, tally } from './support.ts'

describe('the balancer of a plain host', () => {
  it('leases an IP address as it is', () => {
    const lease = pickNow(directBalancer('[::1]', 8080, new Resolver()))
    expect(lease.address).toEqual({ host: '::1', port: 8080, hostname: '::1' })
    expect(lease.hostHeader).toBeUndefined()
    lease.answered(200, 1)
    lease.failed('tcp')
    lease.release()
  })

  it('takes the addresses of a name in turn, and those not tried before others', async () => {
    const answer = ['10.0.0.1', '10.0.0.2', '10.0.0.3']
    const balancer = directBalancer('a.test', 443, new Resolver({ lookup: async () => answer }))
    const first = await balancer.pick(pickContext(), [])
    expect(first.address).toMatchObject({ port: 443, hostname: 'a.test' })
    expect(Object.fromEntries(tally(balancer, 30))).toEqual({ '10.0.0.1': 10, '10.0.0.2': 10, '10.0.0.3': 10 })
    const second = pickNow(balancer, pickContext(), [first.address]).address
    const third = pickNow(balancer, pickContext(), [first.address, second]).address
    expect(new Set([first.address.host, second.host, third.host]).size).toBe(3)
    expect(pickNow(balancer, pickContext(), [first.address, second, third]).address.hostname).toBe('a.test')
  })

  it('says that a name does not resolve', async () => {
    const balancer = directBalancer('a.test', 80, new Resolver({ lookup: async () => [] }))
    await expect(balancer.pick(pickContext(), [])).rejects.toMatchObject({ code: 'TOLL_NAME_RESOLUTION' })
  })
})
