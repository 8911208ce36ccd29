/** Whose requests are counted together. */

import type { AccessPdk } from '../../pdk/index.ts'
import type { RateLimitingConfig } from './config.ts'

/** What `limit_by` names; the client's address where the request has none of it. */
export function identifierOf(kong: AccessPdk, config: RateLimitingConfig): string {
  return wanted(kong, config) ?? kong.client.getForwardedIp()
}

function wanted(kong: AccessPdk, config: RateLimitingConfig): string | undefined {
  const { client } = kong
  switch (config.limit_by) {
    case 'consumer':
      return client.getConsumer()?.id ?? client.getCredential()?.id
    case 'credential':
      return client.getCredential()?.id
    case 'service':
      return kong.router.getService()?.id
    case 'header':
      return kong.request.getHeader(config.header_name ?? '') || undefined
    case 'path':
      return kong.request.getPath() === config.path ? config.path : undefined
    case 'consumer-group':
      return kong.plugin.getScope().consumerGroup ?? client.getConsumerGroups()[0]?.id
    case 'ip':
      return undefined
  }
}
