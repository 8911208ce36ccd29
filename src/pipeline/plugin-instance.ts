/** A plugin with one of its configs: what a plan is made of. */

import type { PluginEntity } from '../entities/plugin.ts'
import type { PluginDefinition } from '../pdk/define-plugin.ts'

export interface PluginInstance {
  readonly definition: PluginDefinition
  /** Parsed, with every reference to a vault resolved. */
  readonly config: unknown
  readonly entity: PluginEntity
}
