/** A whole gateway in the test's own process, with an upstream behind it: for tests of plugins, ours and yours. */

import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bundledAiPlugins } from '../../ai-plugins/index.ts'
import { loadConfig } from '../config/load.ts'
import { reportProblems } from '../config/report.ts'
import { SharedCounters } from '../counters/shared-counters.ts'
import type { AnyPlugin } from '../pdk/define-plugin.ts'
import { bundledPlugins } from '../plugins/index.ts'
import { Redactor } from '../secrets/redact.ts'
import { Gateway } from '../server/gateway.ts'
import { HttpListener } from '../server/listener.ts'
import { readSettings } from '../settings/index.ts'
import { PluginRegistry } from '../snapshot/plugin-registry.ts'
import { createLogger } from '../telemetry/logger.ts'

export interface TestGatewayOptions {
  /** The declarative configuration; gets the address of the upstream. */
  readonly config: (upstream: { upstreamUrl: string; upstreamPort: number }) => object
  /** Answers in the upstream's place; absent: an echo of method, url, headers and body as JSON. */
  readonly upstream?: (incoming: IncomingMessage, outgoing: ServerResponse) => void
  /** Absent: those that ship. */
  readonly plugins?: readonly AnyPlugin[]
  /** Process settings by name, as in `{ trusted_ips: '127.0.0.1' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** The environment in which vault references are looked up. */
  readonly env?: NodeJS.ProcessEnv
  /** Counters of other gateways of the same node. */
  readonly counters?: SharedCounters
}

export interface TestRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Buffer | object
}

export interface TestAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  json(): unknown
}

/** A request that the upstream received. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface TestGateway {
  /** As in `http://127.0.0.1:12345`. */
  readonly url: string
  readonly upstreamUrl: string
  readonly gateway: Gateway
  readonly seen: SeenRequest[]
  /** Lines of the gateway's log. */
  readonly logs: string[]
  request(request?: TestRequest): Promise<TestAnswer>
  /** Serves another configuration from the next request on. */
  reload(config: TestGatewayOptions['config']): void
  close(): Promise<void>
}

/**
 * Starts a gateway on a free port.
 *
 * @example
 * const gateway = await createTestGateway({
 *   config: ({ upstreamUrl }) => ({
 *     _format_version: '3.0',
 *     services: [{ name: 'api', url: upstreamUrl, routes: [{ paths: ['/'], plugins: [{ name: 'key-auth' }] }] }],
 *   }),
 * })
 * const answer = await gateway.request({ path: '/' }) // answer.status is 401
 * await gateway.close()
 */
export async function createTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const seen: SeenRequest[] = []
  const upstream = createServer((incoming, outgoing) => {
    void record(incoming, seen).then(
      (entry) => {
        if (options.upstream) options.upstream(incoming, outgoing)
        else echo(entry, outgoing)
      },
      // A request that is broken off is never seen, and is no error of the test.
      () => outgoing.destroy(),
    )
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const upstreamPort = portOf(upstream.address())
  const upstreamUrl = `http://127.0.0.1:${upstreamPort}`

  const logs: string[] = []
  const redactor = new Redactor()
  const settings = testSettings(options.settings ?? {})
  const registry = new PluginRegistry(options.plugins ?? [...bundledPlugins, ...bundledAiPlugins])
  const gateway = new Gateway({
    settings,
    registry,
    redactor,
    logger: createLogger({
      level: settings.log_level,
      redact: (text) => redactor.redact(text),
      sink: { write: (line) => void logs.push(line), flushSync: () => {} },
    }),
    counters: options.counters ?? SharedCounters.create({ slots: 4096 }),
    version: '0.0.0-test',
    env: options.env ?? {},
  })
  const load = (config: TestGatewayOptions['config']) => {
    const result = loadConfig(JSON.stringify(config({ upstreamUrl, upstreamPort })), { catalog: registry.catalog() })
    if (!result.ok) throw new Error(reportProblems(result.problems, 'config'))
    gateway.apply(result.config)
  }
  load(options.config)

  const [address] = settings.proxy_listen
  if (address === undefined) throw new TypeError('proxy_listen is off')
  const listener = new HttpListener({
    listener: address,
    settings,
    shared: false,
    handle: gateway.handle,
    handleUpgrade: gateway.handleUpgrade,
  })
  const url = await listener.listen()
  return {
    url,
    upstreamUrl,
    gateway,
    seen,
    logs,
    request: (wanted = {}) => send(url, wanted),
    reload: load,
    async close() {
      listener.stop()
      listener.destroy()
      await gateway.close()
      upstream.closeAllConnections()
      await new Promise((resolve) => upstream.close(resolve))
    },
  }
}

function testSettings(overrides: Readonly<Record<string, string>>) {
  const argv = Object.entries({ proxy_listen: '127.0.0.1:0', log_level: 'info', ...overrides }).flatMap(
    ([name, value]) => [`--${name.replaceAll('_', '-')}`, value],
  )
  const result = readSettings({ argv, env: {}, readFile: () => '' })
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return result.settings
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new TypeError('the upstream does not listen on a port')
  return address.port
}

async function record(incoming: IncomingMessage, seen: SeenRequest[]): Promise<SeenRequest> {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(Buffer.from(piece))
  const entry = {
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    headers: incoming.headers,
    body: Buffer.concat(pieces).toString('utf8'),
  }
  seen.push(entry)
  return entry
}

function echo(entry: SeenRequest, outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'Content-Type': 'application/json' })
  outgoing.end(JSON.stringify(entry))
}

function send(base: string, { method, path = '/', headers = {}, body }: TestRequest): Promise<TestAnswer> {
  const bytes = typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body
  const typed = typeof body === 'object' && !Buffer.isBuffer(body) ? { 'content-type': 'application/json' } : {}
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base)
    const outgoing = request(
      {
        hostname,
        port,
        path,
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { ...typed, ...headers },
        agent: false,
      },
      (incoming) => {
        const pieces: Buffer[] = []
        incoming.on('data', (piece: Buffer) => pieces.push(piece))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const text = Buffer.concat(pieces).toString('utf8')
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: () => JSON.parse(text) })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(bytes)
  })
}
