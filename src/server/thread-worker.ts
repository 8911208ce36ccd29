/** Entry of a worker thread: a data plane that does what the main thread asks. */

import { parentPort, workerData } from 'node:worker_threads'
import { SharedCounters } from '../counters/shared-counters.ts'
import { Redactor } from '../secrets/redact.ts'
import { createLogger } from '../telemetry/logger.ts'
import { loadRegistry } from './load-plugins.ts'
import { LocalPlane } from './local-plane.ts'
import { fromPlain } from './plain-config.ts'
import type { AnyAsk, ToWorker, WorkerSetup } from './thread-messages.ts'

const setup: WorkerSetup = workerData
const { settings, version, nodeId, env } = setup
const redactor = new Redactor()
const registry = await loadRegistry(settings)
const logger = createLogger({ level: settings.log_level, redact: (text) => redactor.redact(text) })
const counters = new SharedCounters(setup.counters)
const plane = new LocalPlane({ settings, registry, redactor, logger, counters, version, nodeId, env, shared: true })

parentPort?.on('message', ({ reply, ...ask }: ToWorker) => {
  perform(ask).then(
    (value) => reply.postMessage({ value }),
    (error: unknown) => reply.postMessage({ error: error instanceof Error ? error.message : String(error) }),
  )
})

async function perform(ask: AnyAsk): Promise<unknown> {
  switch (ask.ask) {
    case 'listen':
      return plane.listen()
    case 'apply':
      return plane.apply(fromPlain(ask.config, registry.catalog()))
    case 'status':
      return plane.status()
    case 'metrics':
      return plane.metrics()
    case 'upstreamHealth':
      return plane.upstreamHealth(ask.name)
    case 'setTargetHealth':
      return plane.setTargetHealth(ask.upstream, ask.target, ask.healthy, ask.address)
    case 'close':
      await plane.close(ask.milliseconds)
      logger.flush()
      return undefined
  }
}
