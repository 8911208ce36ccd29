/** Registers the paths of the Admin API, so that each of them answers every method in Kong's way. */

import type { Context, Hono } from 'hono'
import { json, message } from './answer.ts'

export type Handler = (c: Context) => Response | Promise<Response>
export type Method = 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT'
export type Methods = Readonly<Partial<Record<Method, Handler>>>

export class Endpoints {
  readonly #app: Hono
  readonly #paths = new Set<string>()

  constructor(app: Hono) {
    this.#app = app
  }

  /**
   * Adds a path, as `/services/:services`; one that is there already stays as it is. HEAD is answered as GET, OPTIONS
   * with what is allowed, and any other method with 405.
   */
  add(path: string, methods: Methods): void {
    if (this.#paths.has(path)) return
    this.#paths.add(path)
    const table = new Map<string, Handler>(Object.entries(methods))
    const allowed = [...table.keys(), ...(table.has('GET') ? ['HEAD'] : []), 'OPTIONS'].toSorted().join(', ')
    this.#app.all(path, function answerMethod(c) {
      const { method } = c.req
      const handler = table.get(method === 'HEAD' ? 'GET' : method)
      if (handler !== undefined) return handler(c)
      return method === 'OPTIONS' ? options(c, allowed) : message('Method not allowed', 405, { Allow: allowed })
    })
  }

  /** All paths in Kong's notation, as `/services/{services}`, sorted. */
  paths(): string[] {
    return [...this.#paths].map((path) => path.replaceAll(/:(\w+)/g, '{$1}')).toSorted()
  }
}

/** Tells what is allowed. No origin is: browsers of other sites may not use the Admin API. */
function options(c: Context, allowed: string): Response {
  return json(null, 204, {
    Allow: allowed,
    'Access-Control-Allow-Methods': allowed,
    'Access-Control-Allow-Headers': c.req.header('Access-Control-Request-Headers') ?? 'Content-Type',
  })
}

/** The value of a `:name` of the path, decoded. */
export function pathParameter(c: Context, name: string): string {
  return c.req.param(name) ?? ''
}

/** Kong's ways of saying yes in a query argument. */
export function isTruthy(value: string | undefined): boolean {
  return value !== undefined && ['true', '1', 'on', 'yes'].includes(value.toLowerCase())
}
