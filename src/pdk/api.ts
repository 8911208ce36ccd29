/** Every function that a plugin may call, by namespace; `phases-of.ts` says in which phase. Names are Kong's, in camel case. */

import type { Consumer } from '../entities/consumer.ts'
import type { ConsumerGroup } from '../entities/consumer-group.ts'
import type { Route } from '../entities/route.ts'
import type { Service } from '../entities/service.ts'
import type { LlmRecord } from '../llm/record.ts'
import type { UpstreamCall } from '../upstream/call.ts'
import type { ResourceScope } from './resources.ts'

export type HeaderValue = string | readonly string[]
/** Lower-case names. */
export type HeaderValues = Readonly<Record<string, string | string[] | undefined>>

export interface RequestApi {
  /** 32 hexadecimal characters; the same as in `X-Kong-Request-Id`. */
  getId(): string
  getScheme(): 'http' | 'https'
  /** Host without the port. */
  getHost(): string
  getPort(): number
  getForwardedScheme(): string
  getForwardedHost(): string
  getForwardedPort(): number
  getForwardedPath(): string
  getForwardedPrefix(): string | undefined
  /** As in `1.1`. */
  getHttpVersion(): string
  getMethod(): string
  /** Normalised, without the query. */
  getPath(): string
  /** As it came, without the query. */
  getRawPath(): string
  getPathWithQuery(): string
  /** Without the question mark. */
  getRawQuery(): string
  /** The first value; `true` for an argument without one. */
  getQueryArg(name: string): string | true | undefined
  getQuery(): Record<string, string | true | (string | true)[]>
  /** The first value. */
  getHeader(name: string): string | undefined
  getHeaders(): HeaderValues
  /** Every value of a header that came more than once, each as it came; empty where it is absent. */
  getHeaderValues(name: string): readonly string[]
  /** Milliseconds since the epoch. */
  getStartTime(): number
  getUriCaptures(): { unnamed: readonly string[]; named: Readonly<Record<string, string>> }
  /** Reads the whole body, once. Throws TOLL_BODY_TOO_LARGE past `limit` bytes or the gateway's own limit. */
  getRawBody(limit?: number): Promise<Buffer>
  /** The body as JSON or as form fields, by its content type. Throws TOLL_BAD_JSON, TOLL_CONTENT_TYPE. */
  getBody(limit?: number): Promise<unknown>
}

export interface Credential {
  readonly id: string
  readonly consumer?: { readonly id: string } | null | undefined
}

/** The connection that a request came over. */
export interface ConnectionFacts {
  /** The gateway's own end. */
  readonly serverAddress: string
  readonly serverPort: number
  /** Number of the connection in this process. */
  readonly serial: number
  /** Number of this question among those that were asked about the connection; tells its requests apart. */
  readonly ordinal: number
}

export interface ClientApi {
  /** The address of the connection. */
  getIp(): string
  /** The client's own address, told by a trusted proxy where there is one. */
  getForwardedIp(): string
  getPort(): number
  getConnection(): ConnectionFacts
  getCredential(): Credential | null
  getConsumer(): Consumer | null
  /** The groups of the consumer, by name. */
  getConsumerGroups(): readonly ConsumerGroup[]
  /** By id, or by username where `byUsername` is set. */
  loadConsumer(idOrName: string, byUsername?: boolean): Consumer | null
  /** Sets who calls; plugins scoped to the consumer or its groups apply from here on. */
  authenticate(consumer: Consumer | null, credential: Credential | null): void
}

export interface ResponseApi {
  getStatus(): number
  getHeader(name: string): string | undefined
  getHeaders(): HeaderValues
  /** `service`: it came from upstream; `exit`: a plugin answered; `error`: the gateway did. */
  getSource(): 'service' | 'exit' | 'error'
  setStatus(status: number): void
  setHeader(name: string, value: HeaderValue): void
  addHeader(name: string, value: HeaderValue): void
  clearHeader(name: string): void
  setHeaders(headers: Readonly<Record<string, HeaderValue>>): void
  /** Ends the request here: an object becomes JSON, an iterable is streamed piece by piece. */
  exit(status: number, body?: ExitBody, headers?: Readonly<Record<string, HeaderValue>>): void
  /** Ends the request with an error in the client's format. `status` is 400..599. */
  error(status: number, message?: string, headers?: Readonly<Record<string, HeaderValue>>): void
}

export type ExitBody = string | Buffer | Readonly<Record<string, unknown>> | Streamed | null

/** Pieces of a body that are made while they are sent. */
export interface Streamed {
  readonly pieces: AsyncIterable<string | Buffer>
}

export interface ServiceApi {
  /** Sends to the upstream of that name. */
  setUpstream(name: string): void
  setTarget(host: string, port: number): void
  /** Milliseconds. */
  setTimeouts(connect: number, write: number, read: number): void
  setRetries(retries: number): void
  /** Leaves the whole way upstream to a call, as ai-proxy does. */
  setCall(call: UpstreamCall): void
}

/** The request to the service as it stands now: the client's own, with what plugins have changed so far. */
export interface ServiceRequestApi {
  setScheme(scheme: 'http' | 'https'): void
  /** Starts with a slash; replaces the path made of service and route. */
  setPath(path: string): void
  /** Without the question mark. */
  getRawQuery(): string
  getQuery(): Record<string, string | true | (string | true)[]>
  setRawQuery(query: string): void
  setQuery(query: Readonly<Record<string, string | true | readonly (string | true)[]>>): void
  setMethod(method: string): void
  getHeader(name: string): string | undefined
  setHeader(name: string, value: HeaderValue): void
  addHeader(name: string, value: HeaderValue): void
  clearHeader(name: string): void
  setHeaders(headers: Readonly<Record<string, HeaderValue>>): void
  /** All values of a header, in their order; empty where there is none. */
  getHeaderValues(name: string): readonly string[]
  /** Reads the client's body where no plugin has replaced it. Throws as `request.getRawBody` does. */
  getRawBody(limit?: number): Promise<Buffer>
  setRawBody(body: string | Buffer): void
}

export interface ServiceResponseApi {
  getStatus(): number | undefined
  getHeader(name: string): string | undefined
  getHeaders(): HeaderValues
  /** The whole body; only in the `response` phase, which buffers it. */
  getRawBody(): Buffer
}

export interface RouterApi {
  getRoute(): Route | null
  getService(): Service | null
}

/** The numbers of an exchange that is over, without the cost of a whole log record. */
export interface Measurements {
  /** 499 where the client left first. */
  readonly status: number
  readonly source: 'service' | 'exit' | 'error'
  /** Whole milliseconds, as `latencies` of the log record. `proxy` is -1 where nothing came from upstream. */
  readonly latencies: {
    readonly kong: number
    readonly proxy: number
    readonly request: number
    readonly receive: number
  }
  /** Bytes. */
  readonly requestSize: number
  /** Bytes of the body. */
  readonly responseSize: number
}

export interface LogApi {
  debug(message: string, facts?: object): void
  info(message: string, facts?: object): void
  notice(message: string, facts?: object): void
  warn(message: string, facts?: object): void
  err(message: string, facts?: object): void
  /** Sets a field of the serialized log; dots make nested objects, `undefined` removes. */
  setSerializeValue(key: string, value: unknown, mode?: 'set' | 'add' | 'replace'): void
  /** The record that log plugins write. */
  serialize(): Record<string, unknown>
  measure(): Measurements
}

export interface CtxApi {
  /** Seen by every plugin of this exchange. */
  getShared(key: string): unknown
  setShared(key: string, value: unknown): void
}

export interface EntitiesApi {
  /** The entity of that kind whose unique field has that value. */
  find(entity: string, field: string, value: string): Readonly<Record<string, unknown>> | null
  /** All of that kind that refer to the entity with that id through `field`. */
  referring(entity: string, field: string, id: string): readonly Readonly<Record<string, unknown>>[]
}

/** Ids of the entities that a plugin's config is bound to. */
export interface PluginScope {
  readonly route: string | undefined
  readonly service: string | undefined
  readonly consumer: string | undefined
  readonly consumerGroup: string | undefined
}

export interface PluginApi {
  /** Id of the plugin entity whose config the handler has. */
  getId(): string
  getScope(): PluginScope
}

/** The gateway's own log, for what outlives an exchange; within one, `kong.log` says more. */
export interface NodeLog {
  info(message: string, facts?: object): void
  notice(message: string, facts?: object): void
  warn(message: string, facts?: object): void
  error(message: string, facts?: object): void
}

export interface NodeApi {
  getId(): string
  getHostname(): string
  /** Adds to a counter that all workers of this node share; returns the new value. `expiresAt` is in Unix seconds. */
  count(key: string, amount: number, expiresAt: number): number
  readCount(key: string, expiresAt: number): number
  getLog(): NodeLog
  /** Where a `ResourcePool` keeps what outlives the exchange. */
  getResources(): ResourceScope
}

export interface LlmApi {
  /** What is known of the LLM call of this exchange; `null` where it is none. */
  getRecord(): LlmRecord | null
  setRecord(record: LlmRecord): void
}

/** The namespaces as a flat map; `service.request` and `service.response` are nested for the plugin. */
export interface Api {
  request: RequestApi
  client: ClientApi
  response: ResponseApi
  service: ServiceApi
  serviceRequest: ServiceRequestApi
  serviceResponse: ServiceResponseApi
  router: RouterApi
  log: LogApi
  ctx: CtxApi
  entities: EntitiesApi
  plugin: PluginApi
  node: NodeApi
  llm: LlmApi
}
