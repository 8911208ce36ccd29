/** What log plugins write about an exchange, field by field as Kong's kong.log.serialize has it. */

import { TLSSocket } from 'node:tls'
import { parseQuery } from '../http/query.ts'
import { llmLogFacts } from '../llm/log-facts.ts'
import type { Measurements } from '../pdk/api.ts'
import type { Exchange } from './exchange.ts'

export function serializeLog(exchange: Exchange): Record<string, unknown> {
  const { request, incoming, reply, match, consumer, credential } = exchange
  // A query string may hold the key of a client.
  const query = request.rawQuery === undefined ? undefined : exchange.host.redact(request.rawQuery)
  const uri = query === undefined ? (incoming.url ?? '/') : `${request.rawPath}?${query}`
  const record: Record<string, unknown> = {
    request: {
      id: exchange.id,
      uri,
      url: `${request.scheme}://${request.host}:${request.port}${uri}`,
      querystring: parseQuery(query),
      method: request.method,
      headers: redactHeaders(incoming.headers),
      size: requestSize(exchange),
      ...tlsOf(exchange),
    },
    upstream_uri: exchange.host.redact(exchange.upstreamPath ?? ''),
    upstream_status: exchange.tries.flatMap(({ code }) => code ?? []).join(', '),
    response: { status: exchange.aborted ? 499 : reply.status, headers: reply.headers.toObject(), size: reply.size },
    latencies: latencies(exchange),
    tries: exchange.tries.map(({ address, startedAt, latency, state, code }) => ({
      ip: address.host,
      port: address.port,
      balancer_start: Math.round(startedAt),
      balancer_start_ns: Math.round(startedAt * 1_000_000),
      balancer_latency: Math.round(latency),
      balancer_latency_ns: Math.round(latency * 1_000_000),
      ...(state && { state }),
      ...(code !== undefined && { code }),
    })),
    client_ip: request.clientIp,
    started_at: exchange.startedAt,
    source: reply.source === 'service' ? 'upstream' : 'kong',
    workspace: '0dc6f45b-8f8d-40d2-a504-473544ee190b',
    workspace_name: 'default',
  }
  if (match) record.route = match.route
  if (match?.service) record.service = match.service
  if (consumer) record.consumer = consumer
  if (credential) record.authenticated_entity = { id: credential.id, consumer_id: consumer?.id }
  const ai = exchange.llm === null ? undefined : llmLogFacts(exchange.llm)
  if (ai !== undefined) record.ai = { proxy: ai }
  for (const { key, value, mode } of exchange.logValues ?? []) assign(record, key, value, mode)
  return record
}

/** What metrics need, without a record being made. */
export function measureExchange(exchange: Exchange): Measurements {
  const { reply } = exchange
  return {
    status: exchange.aborted ? 499 : reply.status,
    source: reply.source,
    latencies: latencies(exchange),
    requestSize: requestSize(exchange),
    responseSize: reply.size,
  }
}

/** Milliseconds, whole. */
export function latencies({ marks, tries, reply }: Exchange): {
  kong: number
  proxy: number
  request: number
  receive: number
} {
  const end = marks.end || performance.now()
  const proxied = tries.length > 0 && reply.source === 'service'
  const own = proxied ? marks.sent - marks.start : (marks.head || end) - marks.start
  return {
    kong: Math.max(0, Math.round(own)),
    proxy: proxied ? Math.max(0, Math.round(marks.head - marks.sent)) : -1,
    request: Math.round(end - marks.start),
    receive: proxied ? Math.max(0, Math.round(end - marks.head)) : 0,
  }
}

/** Bytes of head and body, as far as the request says. */
export function requestSize({ incoming }: Exchange): number {
  let size = (incoming.method?.length ?? 0) + (incoming.url?.length ?? 0) + 12
  for (const text of incoming.rawHeaders) size += text.length + 2
  return size + Number(incoming.headers['content-length'] ?? 0)
}

/** Only where the client's connection is encrypted. */
function tlsOf({ incoming: { socket } }: Exchange): {
  tls?: { version: string; cipher: string; client_verify: string }
} {
  if (!(socket instanceof TLSSocket)) return {}
  // No listener asks clients for certificates.
  return { tls: { version: socket.getProtocol() ?? '', cipher: socket.getCipher().name, client_verify: 'NONE' } }
}

const secretHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-api-key',
  'api-key',
  'apikey',
  'x-goog-api-key',
])

function redactHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, unknown> {
  const safe: Record<string, unknown> = { ...headers }
  for (const name in safe) if (secretHeaders.has(name)) safe[name] = 'REDACTED'
  return safe
}

function assign(record: Record<string, unknown>, key: string, value: unknown, mode: 'set' | 'add' | 'replace'): void {
  const path = key.split(/(?<!\\)\./).map((part) => part.replaceAll('\\.', '.'))
  const last = path.pop() ?? key
  let target = record
  for (const part of path) {
    const next = Object.hasOwn(target, part) ? target[part] : undefined
    if (!isRecord(next) && mode === 'replace') return
    // A copy: parts of the record are entities, which other exchanges share.
    const own: Record<string, unknown> = isRecord(next) ? { ...next } : {}
    target[part] = own
    target = own
  }
  const present = Object.hasOwn(target, last) && target[last] !== undefined
  if ((mode === 'add' && present) || (mode === 'replace' && !present)) return
  if (value === undefined || value === null) delete target[last]
  else target[last] = value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
