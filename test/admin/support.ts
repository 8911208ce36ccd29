/** An Admin API over a configuration that was really loaded, without sockets. */

import type { Hono } from 'hono'
import { z } from 'zod'
import { type AppOptions, createAdminApp } from '../../src/admin/app.ts'
import type { AdminContext, ApplyResult, WorkerStatus } from '../../src/admin/context.ts'
import { createStatusApp } from '../../src/admin/status-app.ts'
import { loadConfig } from '../../src/config/load.ts'
import { reportProblems } from '../../src/config/report.ts'
import type { LoadedConfig } from '../../src/config/types.ts'
import { defineEntity } from '../../src/entities/definition.ts'
import { reference, tagged, text } from '../../src/entities/fields.ts'
import { definePlugin } from '../../src/pdk/define-plugin.ts'
import acl from '../../src/plugins/acl/index.ts'
import basicAuth from '../../src/plugins/basic-auth/index.ts'
import keyAuth from '../../src/plugins/key-auth/index.ts'
import rateLimiting from '../../src/plugins/rate-limiting/index.ts'
import { readSettings } from '../../src/settings/index.ts'
import { PluginRegistry } from '../../src/snapshot/plugin-registry.ts'
import { Upstreams } from '../../src/upstream/index.ts'
import { Pools } from '../../src/upstream/pools.ts'

const badges = defineEntity({
  name: 'badges',
  endpointKey: 'serial',
  references: { consumer: { entity: 'consumers', onDelete: 'cascade' } },
  schema: z.strictObject({ ...tagged, serial: text, pin: z.string().meta({ secret: true }), consumer: reference }),
})

/** A plugin with a credential in every place where a config may have one. */
const vaultDoor = definePlugin({
  name: 'vault-door',
  priority: 77,
  version: '2.0.0',
  entities: [badges],
  config: z.strictObject({
    auth: z.strictObject({ header_name: text.optional(), header_value: text.optional(), value: text.optional() }),
    api_key: text.optional(),
    public_key: text.optional(),
    tokens: z.int().optional(),
    token: z.enum(['none', 'some']).optional(),
    code: text.meta({ secret: true }).optional(),
    cache_token: text.meta({ secret: false }).optional(),
    endpoint: text.optional(),
    headers: z.record(z.string(), z.string()).optional(),
    add: z.array(z.string()).optional(),
    doors: z.array(z.strictObject({ name: text, secret: text })).optional(),
    either: z.union([z.string(), z.strictObject({ password: text, hint: text })]).optional(),
  }),
})

export interface TestAdmin {
  readonly app: Hono
  readonly status: Hono
  readonly context: AdminContext
  /** What the apps reported as unexpected. */
  readonly errors: Error[]
  /** Makes the next `apply` give this. */
  answerApply(result: ApplyResult): void
  drain(): void
  config(): LoadedConfig | null
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  send(method: string, path: string, body?: Body, headers?: Readonly<Record<string, string>>): Promise<Answer>
}

type Body = string | FormData | URLSearchParams | object

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; null where it is none. */
  readonly json: unknown
}

export interface TestAdminOptions {
  readonly settings?: Readonly<Record<string, string>>
  readonly app?: AppOptions
  readonly workers?: () => Promise<readonly WorkerStatus[]>
}

/** Serves the declarative file; `null`: nothing was loaded yet. */
export async function createTestAdmin(file: string | null, options: TestAdminOptions = {}): Promise<TestAdmin> {
  const registry = new PluginRegistry([acl, basicAuth, keyAuth, rateLimiting, vaultDoor])
  const catalog = registry.catalog()
  const env = Object.fromEntries(
    Object.entries(options.settings ?? {}).map(([name, value]) => [`TOLLGATE_${name.toUpperCase()}`, value]),
  )
  const settings = readSettings({ argv: [], env, readFile: () => '' })
  if (!settings.ok) throw new Error(settings.problems.join('\n'))
  let config: LoadedConfig | null = null
  let upstreams: Upstreams | undefined
  let draining = false
  let nextResult: ApplyResult | undefined
  const apply = async (textOfFile: string, { checkHash }: { checkHash: boolean }): Promise<ApplyResult> => {
    if (nextResult !== undefined) return nextResult
    const result = loadConfig(textOfFile, { catalog })
    if (!result.ok) return { outcome: 'refused', result }
    if (checkHash && result.config.hash === config?.hash) return { outcome: 'unchanged' }
    config = result.config
    const { entities } = config
    const byUpstream = Map.groupBy(entities.targets, (target) => target.upstream.id)
    upstreams = new Upstreams(entities.upstreams, byUpstream, { pools: new Pools() })
    await upstreams.ready()
    return { outcome: 'applied', warnings: result.warnings }
  }
  if (file !== null) {
    const first = await apply(file, { checkHash: false })
    if (first.outcome === 'refused') throw new Error(reportProblems(first.result.problems, 'kong.yml'))
  }
  const workers = async () => [
    { pid: 7, thread: 1, heapUsed: 1024 * 1024, connections: 3, requests: 10, running: 1 },
    { pid: 7, thread: 2, heapUsed: 2048, connections: 1, requests: 5, running: 1 },
  ]
  const context: AdminContext = {
    settings: settings.settings,
    registry,
    version: '9.8.7',
    nodeId: '6b7a5f5e-3f0e-4a53-9d5c-3d4b5a0f1c2d',
    hostname: 'gate-1',
    startedAt: 0,
    config: () => config,
    apply,
    workers: options.workers ?? workers,
    metrics: async () => '# TYPE up gauge\nup 1\n',
    async upstreamHealth(name) {
      const targets = upstreams?.healthOf(name)
      const balancer = upstreams?.balancerHealthOf(name)
      return targets === undefined || balancer === undefined ? null : { targets, balancer }
    },
    setTargetHealth: async (upstream, target, healthy, address) =>
      upstreams?.setHealth(upstream, target, healthy, address) ?? false,
    draining: () => draining,
  }
  const errors: Error[] = []
  const onError = (error: Error) => {
    errors.push(error)
  }
  const app = createAdminApp(context, { onError, ...options.app })
  const send: TestAdmin['send'] = async (method, path, body, headers = {}) => {
    const plain = body === undefined || typeof body === 'string' || isForm(body)
    const response = await app.request(path, {
      method,
      headers: { ...(plain ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: plain ? body : JSON.stringify(body) }),
    })
    return answerOf(response)
  }
  return {
    app,
    status: createStatusApp(context, { onError }),
    context,
    errors,
    answerApply(result) {
      nextResult = result
    },
    drain() {
      draining = true
    },
    config: () => config,
    get: (path, headers) => send('GET', path, undefined, headers),
    send,
  }
}

export async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response
  const body = await response.text()
  const isJson = body !== '' && headers.get('content-type') === 'application/json; charset=utf-8'
  const parsed: unknown = isJson ? JSON.parse(body) : null
  return { status, headers, text: body, json: parsed }
}

function isForm(body: Body): body is FormData | URLSearchParams {
  return body instanceof FormData || body instanceof URLSearchParams
}

/** The field of each entity of a list answer, as its names. */
export function listed(answer: Answer, field = 'name'): unknown[] {
  const parsed = listShape.parse(answer.json)
  return parsed.data.map((entity) => entity[field])
}

const listShape = z.object({ data: z.array(z.record(z.string(), z.unknown())) })

/** The path of the next page. */
export function nextOf(answer: Answer): string {
  return z.object({ next: z.string() }).parse(answer.json).next
}
