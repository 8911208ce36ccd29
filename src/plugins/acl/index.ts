/** acl: lets pass, or keeps out, whoever is in certain groups. */

import { type AccessPdk, definePlugin } from '../../pdk/index.ts'
import { type AclConfig, aclConfig } from './config.ts'
import { acls } from './entity.ts'
import { groupsOf } from './groups.ts'

export default definePlugin({
  name: 'acl',
  priority: 950,
  config: aclConfig,
  noScopes: ['consumer'],
  entities: [acls],

  access(kong, config) {
    const groups = groupsOf(kong, config)
    if (groups === null || !mayPass(config, groups.names)) return refuse(kong, groups?.names.length ?? 0)
    if (!config.hide_groups_header && groups.names.length > 0) {
      kong.service.request.setHeader(groups.header, groups.names.join(', '))
    } else {
      // Only the gateway may tell the upstream which groups somebody is in.
      kong.service.request.clearHeader(groups.header)
    }
  },
})

function mayPass({ allow, deny }: AclConfig, names: readonly string[]): boolean {
  // An entry of the list is looked for in the few groups of one consumer, so neither needs a set.
  if (allow !== undefined && allow.length > 0) return names.some((name) => allow.includes(name))
  return !names.some((name) => deny?.includes(name))
}

/** Who has not said who they are is asked to; who has is told no. */
function refuse(kong: AccessPdk, groups: number): void {
  const known = groups > 0 || kong.client.getCredential() !== null
  if (known) kong.response.error(403, 'You cannot consume this service')
  else kong.response.error(401, 'Unauthorized')
}
