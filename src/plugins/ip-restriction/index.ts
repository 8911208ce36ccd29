/** ip-restriction: lets pass, or keeps out, clients by their address. */

import { definePlugin } from '../../pdk/index.ts'
import { AddressList } from './address-list.ts'
import { type IpRestrictionConfig, ipRestrictionConfig } from './config.ts'

interface Lists {
  readonly allow: AddressList | null
  readonly deny: AddressList | null
}

/** Built once for each config. */
const listsOf = new WeakMap<IpRestrictionConfig, Lists>()

export default definePlugin({
  name: 'ip-restriction',
  priority: 990,
  config: ipRestrictionConfig,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls'],

  access(kong, config) {
    const address = kong.client.getForwardedIp()
    let lists = listsOf.get(config)
    if (lists === undefined) {
      lists = { allow: toList(config.allow), deny: toList(config.deny) }
      listsOf.set(config, lists)
    }
    if (!lists.deny?.has(address) && lists.allow?.has(address) !== false) return
    kong.response.error(config.status ?? 403, config.message ?? `IP address not allowed: ${address}`)
  },
})

function toList(entries: readonly string[] | undefined): AddressList | null {
  return entries === undefined || entries.length === 0 ? null : new AddressList(entries)
}
