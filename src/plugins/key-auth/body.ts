/** Reads and rewrites the bodies in which a key may come: JSON, URL-encoded, multipart. */

import type { AccessPdk } from '../../pdk/index.ts'
import { isJsonType, parseJsonObject } from '../shared/json-object.ts'
import { boundaryOf, formField, splitParts, withoutPart } from './multipart.ts'

export type Body =
  | { readonly kind: 'json'; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'form'; readonly fields: URLSearchParams }
  | { readonly kind: 'multipart'; readonly boundary: string; readonly parts: readonly string[] }

/** Null where the body is of another kind, or not what it says. An oversized one throws TOLL_BODY_TOO_LARGE. */
export async function readBody({ request }: AccessPdk): Promise<Body | null> {
  const type = request.getHeader('content-type') ?? ''
  const bytes = await request.getRawBody()
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) {
    return { kind: 'form', fields: new URLSearchParams(bytes.toString('utf8')) }
  }
  if (isJsonType(type)) {
    const fields = parseJsonObject(bytes.toString('utf8'))
    return fields === null ? null : { kind: 'json', fields }
  }
  const boundary = boundaryOf(type)
  // Latin-1 keeps every byte of the other parts as it is.
  const parts = boundary === null ? null : splitParts(bytes.toString('latin1'), boundary)
  return boundary === null || parts === null ? null : { kind: 'multipart', boundary, parts }
}

/** The values of a field: one, several, or none. */
export function bodyValue(body: Body, name: string): unknown {
  if (body.kind === 'json') return Object.hasOwn(body.fields, name) ? body.fields[name] : undefined
  const values = body.kind === 'form' ? body.fields.getAll(name) : formField(body.parts, name)
  return values.length > 1 ? values : values[0]
}

/** The bytes of the body without that field. */
export function withoutField(body: Body, name: string): Buffer {
  switch (body.kind) {
    case 'json': {
      const { [name]: _, ...rest } = body.fields
      return Buffer.from(JSON.stringify(rest))
    }
    case 'form': {
      const kept = new URLSearchParams(body.fields)
      kept.delete(name)
      return Buffer.from(kept.toString())
    }
    case 'multipart':
      return Buffer.from(withoutPart(body.parts, body.boundary, name), 'latin1')
  }
}
