/** ai-proxy: sends LLM requests to one model at one provider, whatever the client and the provider speak. */

import { format } from '../../providers/formats/index.ts'
import { providers } from '../../providers/index.ts'
import { TollError } from '../../src/errors/registry.ts'
import { askedModel, declareCall } from '../../src/llm/declare-call.ts'
import { type Operation, operationOf } from '../../src/llm/operation.ts'
import { PreserveCall } from '../../src/llm/preserve-call.ts'
import { readLlmRequest } from '../../src/llm/read-request.ts'
import { makeTarget, type Target } from '../../src/llm/target.ts'
import { expandModel } from '../../src/llm/template.ts'
import { definePlugin } from '../../src/pdk/define-plugin.ts'
import { type Config, config } from './config.ts'

interface Prepared {
  readonly operation: Operation
  readonly target: Target
}

const prepared = new WeakMap<Config, Prepared>()

/** What a config means, worked out once. */
function prepare(config: Config): Prepared {
  let known = prepared.get(config)
  if (known === undefined) {
    const provider = providers.get(config.model.provider)
    const operation = operationOf(config.route_type, config.llm_format)
    if (provider === undefined || operation === null) throw new TypeError('the config of ai-proxy was not checked')
    known = { operation, target: makeTarget(provider, config.model, config.auth) }
    prepared.set(config, known)
  }
  return known
}

export default definePlugin<Config>({
  name: 'ai-proxy',
  priority: 770,
  version: '1.0.0',
  config,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'ws', 'wss'],
  errorFormat(config) {
    const { operation } = prepare(config)
    return operation.kind === 'chat' ? operation.format : format('openai-chat')
  },

  async access(kong, config) {
    const { operation, target: fixed } = prepare(config)
    const target = expandModel(fixed, kong)
    if (operation.kind === 'preserve') {
      kong.service.setCall(await PreserveCall.of(kong, target, config.max_request_body_size))
      return
    }
    const request = await readLlmRequest(kong, config.max_request_body_size)
    const asked = askedModel(request)
    const { name, model_alias: alias } = target.model
    if (asked !== undefined && name !== undefined && asked !== name && asked !== alias) {
      throw new TollError('TOLL_LLM_MODEL_FIXED', { model: name })
    }
    const model = name ?? asked
    if (model === undefined) throw new TollError('TOLL_LLM_MODEL_MISSING')
    declareCall(kong, {
      plugin: 'ai-proxy',
      routeType: config.route_type,
      operation,
      target,
      model,
      request,
      streaming: config.response_streaming,
      logging: config.logging,
      modelHeader: config.model_name_header,
    })
  },
})
