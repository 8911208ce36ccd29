/** The headers that the gateway itself adds to every answer, under Kong's names. */

import type { Exchange } from './exchange.ts'

export function addOwnHeaders(exchange: Exchange): void {
  const { reply, marks, host, upstreamStatus, match, incoming } = exchange
  const { headers } = host.options
  const server = `tollgate/${host.version}`
  if (reply.source === 'service') {
    if (headers.has('x-kong-upstream-latency')) {
      reply.headers.set('X-Kong-Upstream-Latency', String(Math.round(marks.head - marks.sent)))
    }
    if (headers.has('x-kong-proxy-latency')) {
      reply.headers.set('X-Kong-Proxy-Latency', String(Math.round(marks.sent - marks.start)))
    }
    if (headers.has('x-kong-upstream-status') && upstreamStatus !== undefined) {
      reply.headers.set('X-Kong-Upstream-Status', String(upstreamStatus))
    }
    if (headers.has('via')) reply.headers.add('Via', `1.1 ${server}`)
    if (headers.has('server') && !reply.headers.has('server')) reply.headers.set('Server', server)
  } else {
    if (headers.has('x-kong-response-latency')) {
      const until = marks.accessEnd || performance.now()
      reply.headers.set('X-Kong-Response-Latency', String(Math.round(until - marks.start)))
    }
    if (headers.has('server')) reply.headers.set('Server', server)
  }
  if (headers.has('x-kong-request-id')) reply.headers.set('X-Kong-Request-Id', exchange.id)
  if (exchange.errorFormat !== null) {
    // Where the official clients look for what they call the request id: OpenAI's, then Anthropic's.
    reply.headers.set('X-Request-Id', exchange.id)
    reply.headers.set('Request-Id', exchange.id)
  }
  if (host.options.allowDebugHeader && incoming.headers['kong-debug'] === '1' && match !== null) {
    reply.headers.set('Kong-Route-Id', match.route.id)
    if (match.route.name) reply.headers.set('Kong-Route-Name', match.route.name)
    if (match.service) reply.headers.set('Kong-Service-Id', match.service.id)
    if (match.service?.name) reply.headers.set('Kong-Service-Name', match.service.name)
  }
}
