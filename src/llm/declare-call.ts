/** Declares the LLM call of an exchange: what every plugin that proxies to a model does once it knows which. */

import { asString } from '../../providers/canonical/json.ts'
import { TollError } from '../errors/registry.ts'
import type { AccessPdk } from '../pdk/define-plugin.ts'
import { LlmCall } from './call.ts'
import { ChatWire } from './chat-wire.ts'
import type { LoggingConfig } from './config.ts'
import { EmbeddingsWire } from './embeddings-wire.ts'
import { leadsElsewhere } from './leads-elsewhere.ts'
import type { Operation } from './operation.ts'
import type { LlmRequest } from './read-request.ts'
import type { LlmRecord } from './record.ts'
import type { Target } from './target.ts'

export interface CallDeclaration {
  readonly plugin: string
  readonly routeType: string
  readonly operation: Exclude<Operation, { kind: 'preserve' }>
  readonly target: Target
  /** The model's name at the provider. */
  readonly model: string
  readonly request: LlmRequest
  readonly streaming: 'allow' | 'deny' | 'always'
  readonly logging: LoggingConfig
  readonly modelHeader: boolean
}

/** Throws a TollError or a FormatError where the request is not one that can be made. */
export function declareCall(kong: AccessPdk, declaration: CallDeclaration): void {
  const { operation, target, model, request, streaming, logging } = declaration
  const asked = request.parsed.stream === true
  if (asked && streaming === 'deny') throw new TollError('TOLL_LLM_STREAMING_DENIED')
  const stream = operation.kind === 'chat' && (asked || streaming === 'always')
  const record: LlmRecord = {
    plugin: declaration.plugin,
    routeType: declaration.routeType,
    provider: target.provider.name,
    requestModel: model,
    responseModel: undefined,
    mode: stream ? 'stream' : 'oneshot',
    usage: {},
    cost: null,
    latency: undefined,
    timeToFirstToken: undefined,
    logStatistics: logging.log_statistics,
    logPayloads: logging.log_payloads,
  }
  kong.llm.setRecord(record)
  const wire =
    operation.kind === 'chat'
      ? new ChatWire({
          target,
          format: operation.format,
          operation: operation.path,
          bytes: request.bytes,
          parsed: request.parsed,
          model,
          stream,
          record,
        })
      : new EmbeddingsWire({ target, bytes: request.bytes, parsed: request.parsed, model, record })
  const service = kong.router.getService()
  kong.service.setCall(
    new LlmCall({
      target,
      wire,
      record,
      modelHeader: declaration.modelHeader,
      // The service of an AI route names no real host, but what it says of time holds.
      timeouts: service === null ? undefined : { connect: service.connect_timeout, read: service.read_timeout },
    }),
  )
}

/** The model that the client asks for; absent and null are the same. Throws TOLL_LLM_REQUEST for anything but a name. */
export function askedModel({ parsed }: LlmRequest): string | undefined {
  const { model } = parsed
  if (model === undefined || model === null || model === '') return undefined
  const name = asString(model)
  if (name === undefined) throw new TollError('TOLL_LLM_REQUEST', { reason: 'model must be a string' })
  // A name becomes part of a path at some providers; dots and slashes must not lead elsewhere there.
  if (leadsElsewhere(name)) {
    throw new TollError('TOLL_LLM_REQUEST', { reason: 'model holds characters that no model name has' })
  }
  return name
}
