/** Puts the values of vaults in the place of references, wherever they stand in a value. */

import type { Vault } from '../entities/vault.ts'
import { isReference, parseReference, type VaultReference } from './reference.ts'

export interface Resolved<T> {
  /** The value with every reference replaced; the very same value where it held none. */
  readonly value: T
  /** What the references stood for. */
  readonly secrets: readonly string[]
  /** One text for each reference that stands for nothing, as `config.auth.key: {vault://env/x} (…)`; it became ''. */
  readonly missing: readonly string[]
}

/** The parts of a vault entity that say how to reach its secrets. */
export type VaultSource = Pick<Vault, 'prefix' | 'name' | 'config'>

/**
 * Resolves the references in texts, lists and tables of any depth.
 *
 * @example
 * resolveReferences({ key: '{vault://env/openai-key}' }, [], { OPENAI_KEY: 'sk-1' }).value // { key: 'sk-1' }
 */
export function resolveReferences<T>(value: T, vaults: readonly VaultSource[], env: NodeJS.ProcessEnv): Resolved<T>
export function resolveReferences(
  value: unknown,
  vaults: readonly VaultSource[],
  env: NodeJS.ProcessEnv,
): Resolved<unknown> {
  const secrets: string[] = []
  const missing: string[] = []
  const walk = (item: unknown, path: string): unknown => {
    if (isReference(item)) {
      const found = lookUp(item, vaults, env)
      if ('secret' in found) {
        secrets.push(found.secret)
        return found.secret
      }
      missing.push(`${path === '' ? '' : `${path}: `}${item} (${found.reason})`)
      return ''
    }
    if (Array.isArray(item)) {
      const list: readonly unknown[] = item
      const resolved = list.map((element, index) => walk(element, `${path}[${index}]`))
      return resolved.some((element, index) => element !== list[index]) ? resolved : item
    }
    return isPlainObject(item) ? walkFields(item, path) : item
  }
  const walkFields = (fields: Readonly<Record<string, unknown>>, path: string): unknown => {
    const entries = Object.entries(fields)
    const resolved = entries.map(([key, field]): [string, unknown] => [
      key,
      walk(field, path === '' ? key : `${path}.${key}`),
    ])
    return resolved.some(([key, field]) => field !== fields[key]) ? Object.fromEntries(resolved) : fields
  }
  return { value: walk(value, ''), secrets, missing }
}

type Found = { secret: string } | { reason: string }

function lookUp(text: string, vaults: readonly VaultSource[], env: NodeJS.ProcessEnv): Found {
  let reference: VaultReference
  try {
    reference = parseReference(text)
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
  const vault = vaults.find(({ prefix }) => prefix === reference.vault)
  if ((vault?.name ?? reference.vault) !== 'env') return { reason: `no vault '${reference.vault}'` }
  const variable = variableName(reference, vault)
  const value = env[variable]
  if (value === undefined) return { reason: `environment variable ${variable} is not set` }
  const base64 = reference.options.base64_decode ?? String(vault?.config.base64_decode ?? false)
  const text64 = base64 === 'true' ? Buffer.from(value, 'base64').toString('utf8') : value
  return reference.key === undefined ? { secret: text64 } : fieldOf(text64, reference.key, variable)
}

/** The variable that a reference means: version 2 is the one before the current. */
function variableName(reference: VaultReference, vault: VaultSource | undefined): string {
  const prefix = reference.options.prefix ?? vault?.config.prefix ?? ''
  const name = `${prefix}${reference.resource}`.replaceAll('-', '_').toUpperCase()
  return reference.version === 2 ? `${name}_PREVIOUS` : name
}

/** A field of a secret that is a JSON object. */
function fieldOf(json: string, key: string, variable: string): Found {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch {
    return { reason: `environment variable ${variable} is not JSON` }
  }
  const field = isPlainObject(parsed) && Object.hasOwn(parsed, key) ? parsed[key] : undefined
  if (typeof field === 'string') return { secret: field }
  if (typeof field === 'number' || typeof field === 'boolean') return { secret: String(field) }
  return { reason: `environment variable ${variable} has no field '${key}'` }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
