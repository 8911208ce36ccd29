/** What the gateway must know of a kind of entity: its schema, its names, and what it refers to. */

import type { z } from 'zod'

export interface EntityReference {
  /** Name of the entity referred to, as in `services`. */
  readonly entity: string
  /** Whether the field must be set. */
  readonly required?: boolean
  /** Key below which entities of this kind may be nested in their parent, as `routes` in a service. */
  readonly nestedAs?: string
  /** What the end of the one referred to does: forbidden while referred to (the default), or this ends with it. */
  readonly onDelete?: 'restrict' | 'cascade'
}

export interface EntityDefinition {
  /** Kong's name, plural: the key of the declarative file, as in `keyauth_credentials`. */
  readonly name: string
  /** Collection of the Admin API, as in `key-auths`; absent: the name. */
  readonly path?: string
  /** Below a parent the Admin API may use another name, as in `/consumers/:c/key-auth`. */
  readonly nestedPath?: string
  /** Parses one entity, references included; every default of Kong's is filled in. */
  readonly schema: z.ZodType
  /** The unique field that stands for the id in paths and references, as in `name`. */
  readonly endpointKey?: string
  /** The reference within which the endpoint key is unique, as `upstream` for targets; absent: everywhere. */
  readonly endpointKeyScope?: string
  /** Fields that are unique beside the id and the endpoint key. */
  readonly unique?: readonly string[]
  /** Fields that together are unique, and from which a missing id is derived. */
  readonly cacheKey?: readonly string[]
  /** Foreign keys by field. */
  readonly references?: Readonly<Record<string, EntityReference>>
  /** Replaces write-only fields by those that they stand for, before the schema sees them, as `url` of a service. */
  readonly expand?: (raw: Readonly<Record<string, unknown>>) => Record<string, unknown>
  /** Runs once an entity and its parents are known, as the hashing of a password. */
  readonly transform?: (entity: Record<string, unknown>) => Record<string, unknown>
  /** Fields whose values are never printed. */
  readonly secrets?: readonly string[]
}

/** A reference as every entity holds it once the file is read. */
export interface Reference {
  readonly id: string
}

export function defineEntity<const T extends EntityDefinition>(definition: T): T {
  return definition
}
