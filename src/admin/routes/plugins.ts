/** Which plugins there are, and, at an address that Kong keeps for old clients, what their config is. */

import { AdminError, json } from '../answer.ts'
import type { AdminContext } from '../context.ts'
import { type Endpoints, pathParameter } from '../endpoints.ts'
import { configType } from '../schema/entity-schema.ts'

/** `/plugins/enabled` and `/plugins/schema/{name}` */
export function addPlugins(endpoints: Endpoints, { registry }: AdminContext): void {
  endpoints.add('/plugins/enabled', {
    GET() {
      const names = registry.all().map(({ name }) => name)
      return json({ enabled_plugins: names.toSorted() })
    },
  })
  endpoints.add('/plugins/schema/:name', {
    GET(c) {
      const name = pathParameter(c, 'name')
      const plugin = registry.get(name)
      if (plugin === undefined) throw new AdminError(404, `No plugin named '${name}'`)
      return json(configType(plugin.config))
    },
  })
}
