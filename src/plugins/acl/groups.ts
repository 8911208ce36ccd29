/** Which access groups a request is in. */

import type { Consumer } from '../../entities/consumer.ts'
import type { AccessPdk } from '../../pdk/index.ts'
import type { AclConfig } from './config.ts'

export interface Groups {
  readonly names: readonly string[]
  /** The header that tells the upstream. */
  readonly header: 'X-Consumer-Groups' | 'X-Authenticated-Groups'
}

/** Groups of the consumer, or those that an authentication plugin found; null where there is neither. */
export function groupsOf(kong: AccessPdk, config: AclConfig): Groups | null {
  const consumer = kong.client.getConsumer()
  if (consumer === null) return authenticatedGroups(kong)
  if (config.always_use_authenticated_groups || kong.client.getCredential() === null) {
    const groups = authenticatedGroups(kong)
    if (groups !== null) return groups
  }
  const names = consumerGroups(kong, consumer, config.include_consumer_groups)
  return { names, header: 'X-Consumer-Groups' }
}

function consumerGroups(kong: AccessPdk, consumer: Consumer, withConsumerGroups: boolean): string[] {
  const names: string[] = []
  for (const { group } of kong.entities.referring('acls', 'consumer', consumer.id)) {
    if (typeof group === 'string') names.push(group)
  }
  if (withConsumerGroups) for (const { name } of kong.client.getConsumerGroups()) names.push(name)
  return names
}

function authenticatedGroups(kong: AccessPdk): Groups | null {
  const found = kong.ctx.getShared('authenticated_groups')
  if (!Array.isArray(found)) return null
  const names = found.filter((name) => typeof name === 'string')
  return { names, header: 'X-Authenticated-Groups' }
}
