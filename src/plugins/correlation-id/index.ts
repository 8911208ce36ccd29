/** correlation-id: gives each request an id that upstream, log and client can be matched by. */

import { definePlugin, PluginState } from '../../pdk/index.ts'
import { correlationIdConfig } from './config.ts'
import { generators } from './generators.ts'

const state = new PluginState<{ id: string | undefined }>(() => ({ id: undefined }))

export default definePlugin({
  name: 'correlation-id',
  priority: 100001,
  config: correlationIdConfig,

  access(kong, config) {
    const given = kong.request.getHeader(config.header_name)
    const id = given || generators[config.generator](kong)
    if (!given) kong.service.request.setHeader(config.header_name, id)
    state.of(kong).id = id
    kong.log.setSerializeValue('correlation_id', id)
  },

  headerFilter(kong, config) {
    if (!config.echo_downstream) return
    const id = state.of(kong).id ?? kong.request.getHeader(config.header_name)
    if (id) kong.response.setHeader(config.header_name, id)
  },
})
