/** The entities that the gateway knows without any plugin, each after those that it refers to. */

import { caCertificates } from './ca-certificate.ts'
import { certificates } from './certificate.ts'
import { consumers } from './consumer.ts'
import { consumerGroupConsumers, consumerGroups } from './consumer-group.ts'
import type { EntityDefinition } from './definition.ts'
import { keySets, keys } from './key.ts'
import { partials } from './partial.ts'
import { plugins } from './plugin.ts'
import { routes } from './route.ts'
import { services } from './service.ts'
import { snis } from './sni.ts'
import { targets } from './target.ts'
import { upstreams } from './upstream.ts'
import { vaults } from './vault.ts'

export const coreEntities: readonly EntityDefinition[] = [
  vaults,
  certificates,
  caCertificates,
  snis,
  keySets,
  keys,
  consumers,
  consumerGroups,
  consumerGroupConsumers,
  services,
  upstreams,
  targets,
  routes,
  partials,
  plugins,
]
