/** Changes the body of the request to the service, where it is of a kind that has fields. */

import { formatQuery, parseQuery } from '../../http/query.ts'
import type { AccessPdk } from '../../pdk/index.ts'
import { isJsonType, parseJsonObject } from '../shared/json-object.ts'
import type { Steps } from './compile.ts'
import type { Environment } from './expression.ts'
import { changeFields } from './fields.ts'
import { boundaryOf, changeMultipart } from './multipart.ts'

export type BodyKind = 'json' | 'form' | 'multipart'

/** Null for a body that is left alone: of another type, or compressed. */
export function bodyKind(kong: AccessPdk): BodyKind | null {
  const { request } = kong.service
  const type = request.getHeader('content-type')
  const encoding = request.getHeader('content-encoding') ?? 'identity'
  if (type === undefined || encoding !== 'identity') return null
  if (isJsonType(type)) return 'json'
  if (/^\s*application\/x-www-form-urlencoded\b/i.test(type)) return 'form'
  return /^\s*multipart\/form-data\b/i.test(type) ? 'multipart' : null
}

export async function changeBody(
  kong: AccessPdk,
  kind: BodyKind,
  steps: Steps,
  environment: Environment,
): Promise<void> {
  const { request } = kong.service
  const body = await request.getRawBody()
  const changed = transform(body, kind, steps, environment, request.getHeader('content-type') ?? '')
  if (changed !== null) request.setRawBody(changed)
}

function transform(
  body: Buffer,
  kind: BodyKind,
  steps: Steps,
  environment: Environment,
  contentType: string,
): Buffer | string | null {
  if (kind === 'multipart') {
    const boundary = boundaryOf(contentType)
    return boundary === undefined ? null : changeMultipart(body, boundary, steps, environment)
  }
  const text = body.toString('utf8')
  if (kind === 'form') {
    const fields = parseQuery(text)
    return changeFields(fields, steps, environment) ? formatQuery(fields) : null
  }
  // Fields may be added to a body that is not there yet, but a broken one is for the service to refuse.
  const fields = body.length === 0 ? {} : parseJsonObject(text)
  if (fields === null) return null
  return changeFields(fields, steps, environment) ? JSON.stringify(fields) : null
}
