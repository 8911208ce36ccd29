/** Appends one line of JSON for each exchange to a file. */

import { definePlugin, ResourcePool } from '../../pdk/index.ts'
import { type Config, config } from './config.ts'
import { LogFile } from './log-file.ts'

const files = new ResourcePool<LogFile>()

export default definePlugin<Config>({
  name: 'file-log',
  priority: 9,
  config,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  log(kong, { path, reopen }) {
    const file = files.get(kong.node.getResources(), path, () => new LogFile({ path, log: kong.node.getLog() }))
    file.write(`${JSON.stringify(kong.log.serialize())}\n`, reopen)
  },
})
