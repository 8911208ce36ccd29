/** What loading a configuration takes, and what comes out of it. */

import type { z } from 'zod'
import type { EntityDefinition } from '../entities/definition.ts'
import type { EntitySet } from './entity-set.ts'

export type PluginScope = 'consumer' | 'route' | 'service' | 'consumer_group'

/** What the loader must know of a plugin. */
export interface PluginSchema {
  readonly name: string
  readonly config: z.ZodType
  /** Default of the `protocols` of its entities; absent: grpc, grpcs, http, https. */
  readonly protocols?: readonly string[] | undefined
  /** Scopes that it cannot have. */
  readonly noScopes?: readonly PluginScope[] | undefined
}

/** The kinds of entities and the plugins that a file may name. */
export interface ConfigCatalog {
  /** The core's and the plugins', each after those that it refers to. */
  readonly entities: readonly EntityDefinition[]
  readonly plugins: ReadonlyMap<string, PluginSchema>
}

export type PathSegment = string | number

/** One thing wrong with a file, and where. */
export interface ConfigProblem {
  /** Kind of the entity, as `services`; empty where the problem is the file's own. */
  readonly entityType: string
  readonly entityName?: string | undefined
  readonly entityId?: string | undefined
  /** From the top of the file, as `services[0].routes[1].paths[0]`. */
  readonly path: string
  readonly segments: readonly PathSegment[]
  /** How many of the segments lead to the entity. */
  readonly entityDepth: number
  /** Below the entity, as `config.limits.1` (list places count from 1, as Kong's do); empty for the whole entity. */
  readonly field: string
  /** Kong's text. */
  readonly message: string
  /** A guess at what was meant. */
  readonly hint?: string | undefined
  /** From 1. */
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** Errors by place, as Kong's `fields`: a text, a list with null for what is good, or a table. */
export type ErrorTree = string | null | ErrorTree[] | { [field: string]: ErrorTree }

export interface LoadedConfig {
  readonly entities: EntitySet
  /** MD5 of the text in hex. */
  readonly hash: string
}

export interface LoadOptions {
  readonly catalog: ConfigCatalog
  /** Where `${{ env "DECK_X" }}` looks; absent: such text is left as it is. */
  readonly env?: NodeJS.ProcessEnv | undefined
  readonly format?: 'yaml' | 'json' | undefined
}

export type LoadResult =
  | { readonly ok: true; readonly config: LoadedConfig; readonly warnings: readonly string[] }
  | {
      readonly ok: false
      readonly problems: readonly ConfigProblem[]
      /** Kong's nested errors. */
      readonly fields: { [field: string]: ErrorTree }
      /** The file as it was read, for the flattened errors; undefined where it could not be. */
      readonly document: unknown
    }
