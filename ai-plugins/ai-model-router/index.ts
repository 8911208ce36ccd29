/** ai-model-router: serves many providers at one address; the model's name says which. */

import { format } from '../../providers/formats/index.ts'
import { TollError } from '../../src/errors/registry.ts'
import { askedModel, declareCall } from '../../src/llm/declare-call.ts'
import { logCall } from '../../src/llm/log-call.ts'
import { operationOf } from '../../src/llm/operation.ts'
import { readLlmRequest } from '../../src/llm/read-request.ts'
import { definePlugin } from '../../src/pdk/define-plugin.ts'
import { catalogOf } from './catalog.ts'
import { type Config, config } from './config.ts'

export default definePlugin<Config>({
  name: 'ai-model-router',
  priority: 770,
  version: '1.0.0',
  config,
  errorFormat(config) {
    return format(config.llm_format === 'anthropic' ? 'anthropic-messages' : 'openai-chat')
  },

  async access(kong, config) {
    const catalog = catalogOf(config)
    if (config.route_type === 'models') {
      const models = await catalog.list(kong)
      const wanted = decodeURIComponent(kong.request.getRawPath()).split('/models/')[1]
      if (wanted === undefined) {
        kong.response.exit(200, { object: 'list', data: models, has_more: false })
        return
      }
      const found = models.find(({ id }) => id === wanted)
      if (found === undefined)
        throw new TollError('TOLL_LLM_MODEL_UNKNOWN', { model: wanted, hint: 'GET /v1/models lists them' })
      kong.response.exit(200, { ...found })
      return
    }
    const operation = operationOf(config.route_type, config.llm_format)
    if (operation === null || operation.kind === 'preserve') {
      throw new TollError('TOLL_LLM_REQUEST', { reason: `${config.route_type} is not served in this format` })
    }
    const request = await readLlmRequest(kong, config.max_request_body_size)
    const asked = askedModel(request)
    if (asked === undefined) throw new TollError('TOLL_LLM_MODEL_MISSING')
    const { target, model } = await catalog.choose(asked, kong)
    declareCall(kong, {
      plugin: 'ai-model-router',
      routeType: config.route_type,
      operation,
      target,
      model,
      request,
      streaming: config.response_streaming,
      logging: config.logging,
      modelHeader: true,
    })
  },

  log(kong) {
    logCall(kong)
  },
})
