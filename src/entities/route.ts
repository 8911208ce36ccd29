/** A route: which requests are meant, and what is done to them on the way to the service. */

import { defineEntity } from './definition.ts'
import { checkRoute } from './route-checks.ts'
import { shape } from './route-shape.ts'

export type { Route } from './route-shape.ts'

export const routes = defineEntity({
  name: 'routes',
  endpointKey: 'name',
  references: { service: { entity: 'services', nestedAs: 'routes' } },
  expand: defaultStripPath,
  schema: shape.superRefine((route, context) => {
    checkRoute(route, (path, message) => context.addIssue({ code: 'custom', path: [...path], message }))
  }),
})

/** A gRPC path is never cut, so its default is the other way. */
function defaultStripPath(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (raw.strip_path !== undefined || !Array.isArray(raw.protocols)) return { ...raw }
  const grpc = raw.protocols.some((value) => value === 'grpc' || value === 'grpcs')
  return grpc ? { ...raw, strip_path: false } : { ...raw }
}
