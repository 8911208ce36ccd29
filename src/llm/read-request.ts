/** Reads the body of an LLM request: JSON, within a limit, whatever the client calls it. */

import { asObject, type JsonObject } from '../../providers/canonical/json.ts'
import { TollError } from '../errors/registry.ts'
import type { AccessPdk } from '../pdk/define-plugin.ts'

export interface LlmRequest {
  /** As they came. */
  readonly bytes: Buffer
  readonly parsed: JsonObject
}

/** Throws TOLL_LLM_BODY, TOLL_BAD_JSON, TOLL_CONTENT_ENCODING, TOLL_BODY_TOO_LARGE. */
export async function readLlmRequest(kong: AccessPdk, limit: number): Promise<LlmRequest> {
  const type = kong.request.getHeader('content-type')
  // A missing type means JSON: a plugin that looked away for want of it would be one that can be walked around.
  if (type !== undefined && !/^application\/([\w.+-]+\+)?json\b/i.test(type)) throw new TollError('TOLL_LLM_BODY')
  const encoding = kong.request.getHeader('content-encoding')
  if (encoding !== undefined && encoding !== 'identity') throw new TollError('TOLL_CONTENT_ENCODING', { encoding })
  // As earlier plugins left it: what a transformer changed is what the model is asked.
  const bytes = await kong.service.request.getRawBody(limit)
  let body: unknown
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new TollError('TOLL_BAD_JSON', { reason: error instanceof Error ? error.message : 'it cannot be read' })
  }
  const parsed = asObject(body)
  if (parsed === undefined) throw new TollError('TOLL_BAD_JSON', { reason: 'it is not an object' })
  return { bytes, parsed }
}
