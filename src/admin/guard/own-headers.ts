/** The headers that every answer of the Admin and Status APIs carries, as far as the settings want them. */

import type { MiddlewareHandler } from 'hono'
import type { AdminContext } from '../context.ts'

export function ownHeaders({ settings, version }: Pick<AdminContext, 'settings' | 'version'>): MiddlewareHandler {
  const server = settings.headers.includes('Server')
  const latency = settings.headers.includes('X-Kong-Admin-Latency')
  return async function addOwnHeaders(c, next) {
    const start = performance.now()
    await next()
    if (server) c.res.headers.set('Server', `tollgate/${version}`)
    if (latency) c.res.headers.set('X-Kong-Admin-Latency', String(Math.round(performance.now() - start)))
  }
}
