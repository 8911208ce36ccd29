/** The plugins that a gateway knows, by name: the only way by which the core reaches them. */

import type { ConfigCatalog } from '../config/types.ts'
import { coreEntities } from '../entities/index.ts'
import type { AnyPlugin } from '../pdk/define-plugin.ts'

export class PluginRegistry {
  readonly #plugins: ReadonlyMap<string, AnyPlugin>

  /** Later plugins replace earlier ones of the same name. */
  constructor(plugins: readonly AnyPlugin[]) {
    this.#plugins = new Map(plugins.map((plugin) => [plugin.name, plugin]))
  }

  get(name: string): AnyPlugin | undefined {
    return this.#plugins.get(name)
  }

  all(): AnyPlugin[] {
    return [...this.#plugins.values()]
  }

  /** What may stand in a declarative file. */
  catalog(): ConfigCatalog {
    return {
      entities: [...coreEntities, ...this.all().flatMap((plugin) => plugin.entities ?? [])],
      plugins: this.#plugins,
    }
  }
}
