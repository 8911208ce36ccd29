/** The Status API: health and metrics, for those who watch the node and may change nothing. */

import type { Hono } from 'hono'
import { message } from './answer.ts'
import { type AppOptions, createApp } from './app.ts'
import { emptyHash } from './collections/catalog.ts'
import type { AdminContext } from './context.ts'
import { Endpoints } from './endpoints.ts'
import { metricsHandler, statusHandler } from './routes/node.ts'

export function createStatusApp(context: AdminContext, options: Pick<AppOptions, 'onError'> = {}): Hono {
  const app = createApp(context, options)
  const endpoints = new Endpoints(app)
  endpoints.add('/status', { GET: statusHandler(context) })
  endpoints.add('/status/ready', {
    GET() {
      if (context.draining()) return message('draining', 503)
      const hash = context.config()?.hash ?? emptyHash
      return hash !== emptyHash
        ? message('ready')
        : message('no configuration available (empty configuration present)', 503)
    },
  })
  endpoints.add('/metrics', { GET: metricsHandler(context) })
  return app
}
