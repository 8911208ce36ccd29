/** The text `{vault://name/resource/key?option=value#version}`, which stands for a secret in an entity. */

/** A vault reference taken apart. */
export interface VaultReference {
  /** Kind of the vault, as `env`, or the prefix of a vault entity. */
  readonly vault: string
  readonly resource: string
  /** Key into a secret whose value is a JSON object. */
  readonly key?: string
  /** Options of this reference, which win over those of the vault. */
  readonly options: Readonly<Record<string, string>>
  readonly version?: number
}

/** Why a text is no usable reference. */
export class BadReference extends Error {}

/** Whether the value has the form of a vault reference; it may still be a bad one. */
export function isReference(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('{vault://') && value.endsWith('}') && value.length > 10
}

/**
 * Takes a reference apart; throws BadReference with Kong's text where it is not one.
 *
 * @example
 * parseReference('{vault://env/openai-key}') // { vault: 'env', resource: 'openai-key', options: {} }
 */
export function parseReference(reference: string): VaultReference {
  if (!isReference(reference)) throw new BadReference(`not a reference [${reference}]`)
  const found = /^([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?(?:#(.*))?$/s.exec(reference.slice('{vault://'.length, -1))
  const vault = found?.[1]
  if (found === null || vault === undefined || vault === '') throw new BadReference(`not a reference [${reference}]`)
  if (found[2] === undefined) throw new BadReference(`reference url is missing path [${reference}]`)
  const segments = found[2].slice(1).split('/').map(decoded)
  const wholePath = segments.at(-1) === ''
  if (wholePath) segments.pop()
  if (segments.length === 0) throw new BadReference(`reference url has empty path [${reference}]`)
  const key = segments.length > 1 && !wholePath ? segments.pop() : undefined
  const version = found[4]
  if (version !== undefined && !/^\d+$/.test(version)) {
    throw new BadReference(`reference url has invalid version [${reference}]`)
  }
  return {
    vault,
    resource: segments.join('/'),
    ...(key === undefined ? {} : { key }),
    options: Object.fromEntries(new URLSearchParams(found[3] ?? '')),
    ...(version === undefined ? {} : { version: Number(version) }),
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
