/** The settings that the pipeline minds, in the form in which it minds them. */

import { BlockList, isIPv6 } from 'node:net'
import type { PipelineOptions } from '../pipeline/host.ts'
import type { Settings } from '../settings/index.ts'

export function pipelineOptions(settings: Settings): PipelineOptions {
  return {
    maxRequestBody: settings.nginx_http_client_max_body_size,
    maxBufferedResponse: settings.max_buffered_response,
    bodyTimeout: settings.client_body_timeout * 1000,
    totalTimeout: settings.upstream_total_timeout * 1000,
    headers: new Set(settings.headers.map((name) => name.toLowerCase())),
    requestIdUpstream: settings.headers_upstream.includes('X-Kong-Request-Id'),
    allowDebugHeader: settings.allow_debug_header,
    trusted: settings.trusted_ips.length > 0 ? blockList(settings.trusted_ips) : null,
    realIpHeader: settings.real_ip_header.toLowerCase(),
    realIpRecursive: settings.real_ip_recursive,
    allowEncodedSlash: settings.allow_encoded_slash,
    verifyUpstreamTls: settings.tls_certificate_verify,
  }
}

/** Addresses and CIDR blocks; the settings have checked their form. */
function blockList(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}
