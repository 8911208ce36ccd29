/** Sources and destinations of a route: addresses, ranges of addresses, ports. */

import { BlockList, isIP } from 'node:net'
import type { MatchInput } from './types.ts'

export interface Endpoint {
  readonly ip?: string | null | undefined
  readonly port?: number | null | undefined
}

/** Any of the endpoints; of one endpoint both the address and the port, as far as given. Throws on a bad address. */
export function addressTest(endpoints: readonly Endpoint[]): (ip: string, port: number) => boolean {
  const tests = endpoints.map((endpoint) => ({
    addresses: endpoint.ip ? addressesOf(endpoint.ip) : null,
    port: endpoint.port ?? null,
  }))
  return (ip, port) =>
    tests.some(
      (test) => (test.port === null || test.port === port) && (test.addresses === null || holds(test.addresses, ip)),
    )
}

export function sourceTest(endpoints: readonly Endpoint[]): (request: { readonly input: MatchInput }) => boolean {
  const test = addressTest(endpoints)
  return ({ input }) => test(input.sourceIp, input.sourcePort)
}

export function destinationTest(endpoints: readonly Endpoint[]): (request: { readonly input: MatchInput }) => boolean {
  const test = addressTest(endpoints)
  return ({ input }) => test(input.destinationIp, input.destinationPort)
}

function addressesOf(text: string): BlockList {
  const list = new BlockList()
  const [address = '', bits] = text.split('/')
  if (bits === undefined) list.addAddress(address, family(address))
  else list.addSubnet(address, Number(bits), family(address))
  return list
}

function holds(list: BlockList, ip: string): boolean {
  return isIP(ip) !== 0 && list.check(ip, family(ip))
}

function family(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}
