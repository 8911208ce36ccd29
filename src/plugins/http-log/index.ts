/** Sends the record of each exchange to an HTTP endpoint, in batches and off the path of requests. */

import { type Closable, definePlugin, type LogPdk, ResourcePool } from '../../pdk/index.ts'
import { Queue } from '../../queue/queue.ts'
import { type Config, config } from './config.ts'
import { type ClientCertificate, Endpoint } from './endpoint.ts'

/** A queue with the connections that it sends over. */
interface Sender extends Closable {
  readonly queue: Queue<string>
}

/** By what the config says: plugins that say the same share one. */
const senders = new ResourcePool<Sender>()
const keys = new WeakMap<Config, string>()

export default definePlugin<Config>({
  name: 'http-log',
  priority: 12,
  config,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  log(kong, settings) {
    const record = JSON.stringify(kong.log.serialize())
    const { queue } = senders.get(kong.node.getResources(), keyOf(settings), () => openSender(kong, settings))
    queue.add(record, record.length)
  },
})

function keyOf(settings: Config): string {
  let key = keys.get(settings)
  if (key === undefined) {
    key = JSON.stringify(settings)
    keys.set(settings, key)
  }
  return key
}

function openSender(kong: LogPdk, settings: Config): Sender {
  const endpoint = new Endpoint(settings, certificateOf(kong, settings))
  const queue = new Queue<string>({
    name: `http-log to ${new URL(settings.http_endpoint).host}`,
    config: settings.queue,
    log: kong.node.getLog(),
    send: (records, signal) => endpoint.send(records, signal),
  })
  return {
    queue,
    async close() {
      await queue.close()
      await endpoint.close()
    },
  }
}

function certificateOf(kong: LogPdk, { client_certificate: reference }: Config): ClientCertificate | null {
  const found = reference === null ? null : kong.entities.find('certificates', 'id', reference.id)
  return typeof found?.cert === 'string' && typeof found.key === 'string' ? { cert: found.cert, key: found.key } : null
}
