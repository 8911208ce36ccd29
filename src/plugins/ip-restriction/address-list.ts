/** A list of addresses and ranges that can be asked about one address. */

import { BlockList, isIP, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

export class AddressList {
  readonly #list = new BlockList()

  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      if (isIP(entry) !== 0) this.#list.addAddress(entry, family(entry))
      else {
        const [network, prefix] = ipaddr.parseCIDR(entry)
        this.#list.addSubnet(network.toString(), prefix, network.kind())
      }
    }
  }

  has(address: string): boolean {
    return isIP(address) !== 0 && this.#list.check(address, family(address))
  }
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}
