/** A plugin in use: its name, its config, and for whom it runs. */

import { z } from 'zod'
import { defineEntity } from './definition.ts'
import { name, optional, protocol, reference, setOf, tagged, text } from './fields.ts'

const moved = z.strictObject({ access: optional(z.array(text)) })

/** One place in the config that a partial fills. */
const partialLink = z
  .strictObject({ id: optional(text), name: optional(text), path: optional(text) })
  .refine(
    (link) => link.id !== null || link.name !== null,
    "at least one of these fields must be non-empty: 'id', 'name'",
  )

const shape = z.strictObject({
  ...tagged,
  name: text,
  instance_name: optional(name),
  route: optional(reference),
  service: optional(reference),
  consumer: optional(reference),
  consumer_group: optional(reference),
  /** What the plugin's own schema made of it. */
  config: z.record(z.string(), z.unknown()).default({}),
  protocols: setOf(protocol).min(1).default(['grpc', 'grpcs', 'http', 'https']),
  enabled: z.boolean().default(true),
  /** Runs before, or after, the named plugins, whatever the priorities say. */
  ordering: optional(z.strictObject({ before: optional(moved), after: optional(moved) })),
  /** An expression that must hold for the plugin to run. */
  condition: optional(z.string().min(1).max(1024)),
  partials: optional(z.array(partialLink)),
})

export type PluginEntity = z.infer<typeof shape>

export const plugins = defineEntity({
  name: 'plugins',
  endpointKey: 'instance_name',
  cacheKey: ['name', 'route', 'service', 'consumer', 'consumer_group'],
  references: {
    route: { entity: 'routes', nestedAs: 'plugins', onDelete: 'cascade' },
    service: { entity: 'services', nestedAs: 'plugins', onDelete: 'cascade' },
    consumer: { entity: 'consumers', nestedAs: 'plugins', onDelete: 'cascade' },
    consumer_group: { entity: 'consumer_groups', nestedAs: 'plugins', onDelete: 'cascade' },
  },
  schema: shape,
})
