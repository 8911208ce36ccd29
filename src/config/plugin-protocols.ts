/** Checks that a plugin on a route or a service serves a protocol that can come its way. */

import type { PluginEntity } from '../entities/plugin.ts'
import { type Route, routes } from '../entities/route.ts'
import type { EntitySet } from './entity-set.ts'

/** Makes the check for one set of entities: it answers Kong's complaint about a plugin's protocols, or null. */
export function protocolCheck(entities: EntitySet): (plugin: PluginEntity) => string | null {
  const routesOf = Map.groupBy(entities.routes, (route) => route.service?.id)
  return (plugin) => {
    const serves = (route: Route) => route.protocols.some((name) => plugin.protocols.includes(name))
    if (plugin.route !== null) {
      const route = entities.get(routes, plugin.route.id)
      return route === undefined || serves(route) ? null : "must match the associated route's protocols"
    }
    const own = plugin.service === null ? undefined : routesOf.get(plugin.service.id)
    if (own === undefined || own.some(serves)) return null
    return "must match the protocols of at least one route pointing to this Plugin's service"
  }
}
