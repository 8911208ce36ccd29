/** Checks that a plugin on a route or a service serves a protocol that can come its way. */

import type { PluginEntity } from '../entities/plugin.ts'
import { routes } from '../entities/route.ts'
import type { EntitySet } from './entity-set.ts'

/** Kong's complaint about the plugin's protocols; null where there is none. */
export function protocolComplaint(plugin: PluginEntity, entities: EntitySet): string | null {
  const serves = (protocols: readonly string[]) =>
    protocols.some((name) => plugin.protocols.some((own) => own === name))
  if (plugin.route !== null) {
    const route = entities.get(routes, plugin.route.id)
    return route === undefined || serves(route.protocols) ? null : "must match the associated route's protocols"
  }
  if (plugin.service === null) return null
  const { id } = plugin.service
  const own = entities.routes.filter((route) => route.service?.id === id)
  if (own.length === 0 || own.some((route) => serves(route.protocols))) return null
  return "must match the protocols of at least one route pointing to this Plugin's service"
}
