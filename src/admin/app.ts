/** The Admin API: Kong's endpoints for a gateway whose configuration is one declarative file. */

import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { AdminError, json, message } from './answer.ts'
import { checkContentType, maxBodySize } from './body/content-type.ts'
import { createStore } from './collections/catalog.ts'
import { addCollections } from './collections/index.ts'
import type { AdminContext } from './context.ts'
import { Endpoints } from './endpoints.ts'
import { onlyLoopback } from './guard/loopback.ts'
import { ownHeaders } from './guard/own-headers.ts'
import { requireToken } from './guard/token.ts'
import { addConfig } from './routes/config.ts'
import { addConsumers } from './routes/consumers.ts'
import { addNode } from './routes/node.ts'
import { addPlugins } from './routes/plugins.ts'
import { addSchemas } from './routes/schemas.ts'
import { addTags } from './routes/tags.ts'
import { addUpstreams } from './routes/upstreams.ts'

export interface AppOptions {
  /** Where the reference in `admin_token` is looked up; absent: the environment of the process. */
  readonly env?: NodeJS.ProcessEnv
  /** Told of what no endpoint expected; the caller is told nothing but that. */
  readonly onError?: (error: Error) => void
}

/** Makes the app. Throws where `admin_token` refers to nothing. */
export function createAdminApp(context: AdminContext, options: AppOptions = {}): Hono {
  const app = createApp(context, options)
  const { admin_token: token } = context.settings
  app.use(token === null ? onlyLoopback() : requireToken(token, options.env ?? process.env))
  app.use(bodyLimit({ maxSize: maxBodySize, onError: () => message('Payload too large', 413) }))
  app.use(checkContentType())
  const store = createStore(context)
  const endpoints = new Endpoints(app)
  addNode(endpoints, context, store)
  addConfig(endpoints, context, store)
  addSchemas(endpoints, store)
  addTags(endpoints, store)
  addPlugins(endpoints, context)
  addConsumers(endpoints, store)
  addUpstreams(endpoints, context, store)
  addCollections(endpoints, store)
  return app
}

/** An app with what the Admin and the Status API have in common: headers, 404 and errors. */
export function createApp(context: AdminContext, { onError }: AppOptions): Hono {
  const app = new Hono({ strict: false })
  app.use(ownHeaders(context))
  app.notFound(() => message('Not found', 404))
  app.onError((error) => {
    if (error instanceof AdminError) return json(error.body, error.status, error.headers)
    onError?.(error)
    return message('An unexpected error occurred', 500)
  })
  return app
}
