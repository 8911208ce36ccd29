/** What the gateway has understood of a request, told to the client that sent it. */

import type { AccessPdk } from '../../pdk/index.ts'

export async function describeRequest(kong: AccessPdk): Promise<Record<string, unknown>> {
  const { request } = kong
  const raw = await request.getRawBody()
  return {
    kong: { node_id: kong.node.getId(), worker_pid: process.pid, hostname: kong.node.getHostname() },
    request: {
      scheme: request.getScheme(),
      host: request.getHost(),
      port: request.getPort(),
      headers: request.getHeaders(),
      query: request.getQuery(),
      // A body of another type, or a broken one, is shown as it came and no more.
      body: await request.getBody().catch(() => undefined),
      raw_body: raw.length === 0 ? undefined : raw.toString('utf8'),
      method: request.getMethod(),
      path: request.getPath(),
      uri_captures: request.getUriCaptures(),
    },
    matched_route: kong.router.getRoute(),
    matched_service: kong.router.getService(),
  }
}
