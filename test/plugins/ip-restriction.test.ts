import { afterEach, describe, expect, test } from 'vitest'
import { AddressList } from '../../src/plugins/ip-restriction/address-list.ts'
import ipRestriction from '../../src/plugins/ip-restriction/index.ts'
import { createTestGateway, type TestAnswer, type TestGateway } from '../../src/testing/index.ts'

let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

async function start(config: object): Promise<TestGateway> {
  gateway = await createTestGateway({
    plugins: [ipRestriction],
    settings: { trusted_ips: '127.0.0.1', real_ip_header: 'X-Forwarded-For' },
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl, routes: [{ name: 'r', paths: ['/'] }] }],
      plugins: [{ name: 'ip-restriction', config }],
    }),
  })
  return gateway
}

const from = (address: string): Promise<TestAnswer> | undefined =>
  gateway?.request({ headers: { 'x-forwarded-for': address } })

describe('lists', () => {
  test('allow addresses and ranges of both families', async () => {
    await start({ allow: ['10.1.0.0/16', '192.0.2.7', '2001:db8::/32'] })
    for (const address of ['10.1.255.1', '192.0.2.7', '2001:db8::1']) expect((await from(address))?.status).toBe(200)
    for (const address of ['10.2.0.1', '192.0.2.8', '2001:db9::1']) expect((await from(address))?.status).toBe(403)
  })

  test('deny before they allow', async () => {
    await start({ allow: ['10.0.0.0/8'], deny: ['10.1.0.0/16'] })
    expect((await from('10.0.0.1'))?.status).toBe(200)
    expect((await from('10.1.0.1'))?.status).toBe(403)
    expect((await from('11.0.0.1'))?.status).toBe(403)
  })

  test('deny alone lets everybody else pass', async () => {
    await start({ deny: ['10.1.0.0/16'] })
    expect((await from('11.0.0.1'))?.status).toBe(200)
  })
})

describe('a refusal', () => {
  test('names the address', async () => {
    await start({ deny: ['127.0.0.1'] })
    const answer = await gateway?.request()
    expect(answer?.status).toBe(403)
    expect(answer?.json()).toMatchObject({ message: 'IP address not allowed: 127.0.0.1' })
  })

  test('has the status and the text of the config', async () => {
    await start({ deny: ['127.0.0.1'], status: 404, message: 'nothing here' })
    const answer = await gateway?.request()
    expect(answer?.status).toBe(404)
    expect(answer?.json()).toMatchObject({ message: 'nothing here' })
  })
})

test.each([
  [{}, 'at least one of these fields'],
  [{ allow: ['nonsense'] }, "invalid ip or cidr range: 'nonsense'"],
])('refuses the config %j', async (config, message) => {
  await expect(start(config)).rejects.toThrow(message)
})

test('an address list has nothing that is no address', () => {
  expect(new AddressList(['0.0.0.0/0']).has('')).toBe(false)
})
