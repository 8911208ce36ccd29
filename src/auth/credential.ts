/** Finds the credential that a client proves to have, and the consumer that it belongs to. */

import type { Consumer } from '../entities/consumer.ts'
import type { Credential } from '../pdk/api.ts'
import type { AccessPdk } from '../pdk/define-plugin.ts'

type Fields = Readonly<Record<string, unknown>>

/** A credential entity, with what each kind has of its own in `fields`. */
export interface FoundCredential extends Credential {
  readonly consumer: { readonly id: string } | null
  readonly fields: Fields
}

/** The credential whose unique field has that value, through an index; null where there is none or its time is over. */
export function findCredential(kong: AccessPdk, entity: string, field: string, value: string): FoundCredential | null {
  const fields = kong.entities.find(entity, field, value)
  if (fields === null || typeof fields.id !== 'string' || isExpired(fields, kong.request.getStartTime())) return null
  return { id: fields.id, consumer: reference(fields.consumer), fields }
}

/** The consumer of a credential; null where the credential has none or the consumer is gone. */
export function consumerOf(kong: AccessPdk, credential: FoundCredential): Consumer | null {
  return credential.consumer === null ? null : kong.client.loadConsumer(credential.consumer.id)
}

/** Longest `ttl` that counts from the creation of a credential, in seconds; a larger one is a moment in Unix time. */
export const longestTtl = 100_000_000

/** Whether the `ttl` of an entity has passed at `now` (milliseconds); 0 and none mean that it does not end. */
export function isExpired({ ttl, created_at: createdAt }: Fields, now: number): boolean {
  if (typeof ttl !== 'number' || ttl === 0) return false
  const end = ttl > longestTtl ? ttl : (typeof createdAt === 'number' ? createdAt : 0) + ttl
  return end * 1000 <= now
}

function reference(value: unknown): { readonly id: string } | null {
  if (typeof value !== 'object' || value === null || !('id' in value)) return null
  return typeof value.id === 'string' ? { id: value.id } : null
}
