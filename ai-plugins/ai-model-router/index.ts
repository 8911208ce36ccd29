/** ai-model-router: serves many providers at one address; the model's name says which. */

import { format } from '../../providers/formats/index.ts'
import { TollError } from '../../src/errors/registry.ts'
import { askedModel, declareCall } from '../../src/llm/declare-call.ts'
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
      const wanted = modelOfPath(kong.request.getPath())
      if (wanted === undefined) {
        const data = await catalog.list(kong)
        const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
        kong.response.exit(200, { object: 'list', data, has_more: false, ...ends })
      } else kong.response.exit(200, { ...(await catalog.find(wanted, kong)) })
      return
    }
    const operation = operationOf(config.route_type, config.llm_format)
    if (operation === null || operation.kind === 'preserve') {
      throw new TypeError('the config of ai-model-router was not checked')
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
})

/** What follows `/models/`, slashes included: ids have them. */
function modelOfPath(path: string): string | undefined {
  const at = path.indexOf('/models/')
  const id = at === -1 ? '' : path.slice(at + '/models/'.length)
  if (id === '') return undefined
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}
