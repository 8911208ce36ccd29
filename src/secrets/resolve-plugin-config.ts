/** Resolves the references in a plugin's config, and turns their texts into the numbers and booleans that its schema wants. */

import type { z } from 'zod'
import { isReference } from './reference.ts'
import { type Resolved, resolveReferences, type VaultSource } from './resolve.ts'

export interface ResolvedConfig<T> extends Resolved<T> {
  /** What the schema says against the secrets, as `config.limit: …`; the secrets themselves are not in it. */
  readonly invalid: readonly string[]
}

/** `config` is what the loader made of it: parsed, its references still in place. */
export function resolvePluginConfig(
  schema: z.ZodType,
  config: Record<string, unknown>,
  vaults: readonly VaultSource[],
  env: NodeJS.ProcessEnv,
): ResolvedConfig<Record<string, unknown>> {
  const resolved = resolveReferences(config, vaults, env)
  const invalid: string[] = []
  if (resolved.value === config) return { ...resolved, invalid }
  const value = structuredClone(resolved.value)
  for (const { path, code, expected } of issuesOf(schema, value)) {
    if (!isReference(at(config, path)) || code !== 'invalid_type') continue
    const secret = at(value, path)
    const converted = typeof secret === 'string' ? convert(secret, expected) : undefined
    if (converted !== undefined) put(value, path, converted)
  }
  for (const { path } of issuesOf(schema, value)) {
    if (isReference(at(config, path)) && at(value, path) !== '') {
      invalid.push(`config.${path.map(String).join('.')}: the value of ${String(at(config, path))} is not accepted`)
    }
  }
  return { ...resolved, value, invalid }
}

interface Issue {
  readonly path: readonly PropertyKey[]
  readonly code: string
  readonly expected: string | undefined
}

function issuesOf(schema: z.ZodType, value: unknown): Issue[] {
  const result = schema.safeParse(value)
  if (result.success) return []
  return result.error.issues.flatMap((issue) => flatten(issue, []))
}

function flatten(issue: z.core.$ZodIssue, base: readonly PropertyKey[]): Issue[] {
  const path = [...base, ...issue.path]
  if (issue.code === 'invalid_union') return issue.errors.flat().flatMap((inner) => flatten(inner, path))
  return [{ path, code: issue.code, expected: issue.code === 'invalid_type' ? issue.expected : undefined }]
}

function convert(secret: string, expected: string | undefined): number | boolean | undefined {
  if (expected === 'boolean' && (secret === 'true' || secret === 'false')) return secret === 'true'
  if (expected !== 'number' && expected !== 'int') return undefined
  return secret.trim() !== '' && Number.isFinite(Number(secret)) ? Number(secret) : undefined
}

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (hasKey(value, key) ? value[key] : undefined), root)
}

function put(root: unknown, path: readonly PropertyKey[], value: unknown): void {
  const parent = at(root, path.slice(0, -1))
  const key = path.at(-1)
  if (key !== undefined && hasKey(parent, key)) parent[key] = value
}

function hasKey(value: unknown, key: PropertyKey): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
}
