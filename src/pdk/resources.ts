/** What a plugin keeps beyond one exchange: connections, queues, files. Kept per gateway, closed with it. */

export interface Closable {
  close(): void | Promise<void>
}

/** All that the plugins of one gateway have open. */
export class ResourceScope {
  readonly #open = new Set<Closable>()

  add(resource: Closable): void {
    this.#open.add(resource)
  }

  async close(): Promise<void> {
    const resources = [...this.#open]
    this.#open.clear()
    await Promise.allSettled(resources.map((resource) => resource.close()))
  }
}

/** A plugin's resources of one kind, by key; made at module level. */
export class ResourcePool<T extends Closable> {
  readonly #scopes = new WeakMap<ResourceScope, Map<string, T>>()

  /** The resource of that key, opened where it is not. */
  get(scope: ResourceScope, key: string, open: () => T): T {
    let resources = this.#scopes.get(scope)
    if (resources === undefined) {
      resources = new Map()
      this.#scopes.set(scope, resources)
    }
    let resource = resources.get(key)
    if (resource === undefined) {
      resource = open()
      resources.set(key, resource)
      scope.add(resource)
    }
    return resource
  }
}
