/** Every entity of one configuration, by kind and by id. */

import type { z } from 'zod'
import { caCertificates } from '../entities/ca-certificate.ts'
import { certificates } from '../entities/certificate.ts'
import { consumers } from '../entities/consumer.ts'
import { consumerGroupConsumers, consumerGroups } from '../entities/consumer-group.ts'
import type { EntityDefinition } from '../entities/definition.ts'
import { partials } from '../entities/partial.ts'
import { plugins } from '../entities/plugin.ts'
import { routes } from '../entities/route.ts'
import { services } from '../entities/service.ts'
import { snis } from '../entities/sni.ts'
import { targets } from '../entities/target.ts'
import { upstreams } from '../entities/upstream.ts'
import { vaults } from '../entities/vault.ts'

/** An entity of whichever kind, parsed. */
export interface Entity {
  readonly id: string
  readonly [field: string]: unknown
}

/** What the schema of a kind of entity parses to. */
export type Parsed<D extends EntityDefinition> = z.output<D['schema']>

interface Bucket<D extends EntityDefinition> {
  readonly definition: D
  readonly rows: Parsed<D>[]
  readonly byId: Map<string, Parsed<D>>
}

/**
 * Holds entities in the order of the file.
 *
 * @example
 * set.of(services)          // Service[]
 * set.get(routes, id)       // Route | undefined
 * set.all('acls')           // Entity[], for who knows the kind by its name only
 */
export class EntitySet {
  readonly #buckets = new Map<string, Bucket<EntityDefinition>>()

  /** Adds an entity that the definition's schema has parsed. */
  add<D extends EntityDefinition>(definition: D, entity: Parsed<D>): void {
    if (!isEntity(entity)) throw new TypeError(`an entity of ${definition.name} has no id`)
    const bucket = this.#bucket(definition)
    bucket.rows.push(entity)
    bucket.byId.set(entity.id, entity)
  }

  /** The entities of one kind, in the order of the file. */
  of<D extends EntityDefinition>(definition: D): readonly Parsed<D>[] {
    return this.#bucket(definition).rows
  }

  get<D extends EntityDefinition>(definition: D, id: string): Parsed<D> | undefined {
    return this.#bucket(definition).byId.get(id)
  }

  /** The entities of one kind, of which only the name is known. */
  all(name: string): readonly Entity[] {
    return this.#buckets.get(name)?.rows.filter(isEntity) ?? []
  }

  find(name: string, id: string): Entity | undefined {
    const found = this.#buckets.get(name)?.byId.get(id)
    return isEntity(found) ? found : undefined
  }

  /** The kinds that have entities. */
  names(): string[] {
    return [...this.#buckets.values()].filter(({ rows }) => rows.length > 0).map(({ definition }) => definition.name)
  }

  definition(name: string): EntityDefinition | undefined {
    return this.#buckets.get(name)?.definition
  }

  /** Every kind that has entities, by name. */
  toRecord(): Record<string, readonly Entity[]> {
    return Object.fromEntries(this.names().map((name) => [name, this.all(name)]))
  }

  get services() {
    return this.of(services)
  }
  get routes() {
    return this.of(routes)
  }
  get plugins() {
    return this.of(plugins)
  }
  get consumers() {
    return this.of(consumers)
  }
  get consumerGroups() {
    return this.of(consumerGroups)
  }
  get memberships() {
    return this.of(consumerGroupConsumers)
  }
  get upstreams() {
    return this.of(upstreams)
  }
  get targets() {
    return this.of(targets)
  }
  get certificates() {
    return this.of(certificates)
  }
  get caCertificates() {
    return this.of(caCertificates)
  }
  get snis() {
    return this.of(snis)
  }
  get vaults() {
    return this.of(vaults)
  }
  get partials() {
    return this.of(partials)
  }

  #bucket<D extends EntityDefinition>(definition: D): Bucket<D> {
    const known = this.#buckets.get(definition.name)
    if (known === undefined) {
      const fresh: Bucket<D> = { definition, rows: [], byId: new Map() }
      this.#buckets.set(definition.name, fresh)
      return fresh
    }
    if (!isBucketOf(known, definition)) throw new TypeError(`two definitions are named ${definition.name}`)
    return known
  }
}

/** Whether the value has what every entity has. */
export function isEntity(value: unknown): value is Entity {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
}

function isBucketOf<D extends EntityDefinition>(bucket: Bucket<EntityDefinition>, definition: D): bucket is Bucket<D> {
  return bucket.definition === definition
}
