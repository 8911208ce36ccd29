/** Embeddings on the wire: OpenAI's shape, which the providers that serve them here speak. */

import { ChatFailure } from '../../providers/canonical/error.ts'
import type { Json, JsonObject } from '../../providers/canonical/json.ts'
import { format } from '../../providers/formats/index.ts'
import { editTopLevel } from '../../providers/formats/json-edit.ts'
import {
  decodeEmbeddingsRequest,
  encodeEmbeddingsResponse,
  withEncoding,
} from '../../providers/formats/openai-embeddings.ts'
import { TollError } from '../errors/registry.ts'
import type { BodyTransform, CallContext, LocalAnswer } from '../upstream/call.ts'
import type { ResponseHead } from '../upstream/types.ts'
import { withBodyCredential } from './body-credential.ts'
import { estimateUsage } from './estimate.ts'
import type { LlmRecord } from './record.ts'
import type { Target } from './target.ts'
import { PassJson } from './transforms/pass.ts'
import type { Wire } from './wire.ts'

export interface EmbeddingsWireOptions {
  readonly target: Target
  readonly bytes: Buffer
  readonly parsed: JsonObject
  readonly model: string
  readonly record: LlmRecord
}

export class EmbeddingsWire implements Wire {
  readonly path: string
  readonly #options: EmbeddingsWireOptions
  #bytes: Buffer
  #encoding: 'float' | 'base64' = 'float'

  /** Throws TOLL_LLM_UNSUPPORTED where the provider has no embeddings. */
  constructor(options: EmbeddingsWireOptions) {
    const { provider } = options.target
    const { embeddings } = provider.paths
    if (embeddings === undefined) {
      throw new TollError('TOLL_LLM_UNSUPPORTED', { provider: provider.name, what: 'embeddings' })
    }
    this.#options = options
    this.path = embeddings
    this.#bytes = options.bytes
  }

  prepare(): LocalAnswer | undefined {
    const { target, bytes, parsed, model, record } = this.#options
    const request = decodeEmbeddingsRequest(parsed)
    this.#encoding = request.encoding
    const { local } = target.provider
    if (local !== undefined) {
      const inputs = request.inputs.length > 0 ? request.inputs : request.tokens.map((tokens) => tokens.join(' '))
      const vectors = local.embed(inputs, request.dimensions)
      const tokens = inputs.reduce((sum, input) => sum + input.split(/\s+/).filter(Boolean).length, 0)
      record.usage = { input: tokens }
      record.responseModel = model
      const body = encodeEmbeddingsResponse(vectors, { model, promptTokens: tokens, encoding: request.encoding })
      return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
    }
    const edits: Record<string, Json | undefined> = {}
    if (parsed.model !== model) edits.model = model
    const { embeddings_dimensions: dimensions } = target.model.options
    if (dimensions !== undefined && parsed.dimensions === undefined) edits.dimensions = dimensions
    withBodyCredential(edits, target)
    this.#bytes = Object.keys(edits).length === 0 ? bytes : editTopLevel(bytes, edits)
    return undefined
  }

  body(): Buffer {
    return this.#bytes
  }

  headers(): string[] {
    return ['Accept', 'application/json']
  }

  receive(_: ResponseHead, context: CallContext): BodyTransform {
    const { record, target } = this.#options
    return new PassJson({
      format: format('openai-chat'),
      record,
      limit: context.maxBuffered,
      provider: target.provider.name,
      // The official SDK asks for base64 by default, and not every provider knows it.
      convert: (body) => withEncoding(body, this.#encoding),
    })
  }

  refuse(status: number, head: ResponseHead, body: Buffer): Buffer {
    throw new ChatFailure(format('openai-chat').decodeError(status, head.headers, body.toString('utf8')))
  }

  done(aborted: boolean): void {
    const { record } = this.#options
    if (aborted && Object.keys(record.usage).length === 0) record.usage = estimateUsage(this.#bytes.length, 0)
  }
}
