/** How a connection is opened: what TLS options of ours mean to undici's connector. */

import { isIP } from 'node:net'
import { checkServerIdentity, type DetailedPeerCertificate, type PeerCertificate } from 'node:tls'
import { buildConnector } from 'undici'
import type { Address, TlsOptions, UpstreamRequest } from './types.ts'

/** The name to send and verify; empty where there is none, as for an IP address. */
export function servernameOf({ scheme, servername, tls, address }: UpstreamRequest): string {
  if (scheme === 'http') return ''
  const name = servername ?? tls?.servername ?? address.hostname
  return isIP(name) === 0 ? name : ''
}

/**
 * A connector for one pool.
 *
 * @param timeout milliseconds for TCP and TLS together; 0: none
 */
export function connectorFor(
  address: Address,
  servername: string,
  tls: TlsOptions | undefined,
  timeout: number,
): buildConnector.connector {
  const connect = buildConnector({
    allowH2: false,
    timeout,
    rejectUnauthorized: tls?.verify ?? true,
    ...(tls?.ca ? { ca: [...tls.ca] } : {}),
    ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
    ...(tls?.verifyDepth === undefined ? {} : { checkServerIdentity: checkDepth(tls.verifyDepth) }),
  })
  // undici would take the name from each request's Host header, and reconnect whenever that changes.
  return function connectUpstream(options, callback) {
    connect({ ...options, host: servername === '' ? address.host : servername, servername }, callback)
  }
}

function checkDepth(limit: number) {
  return function checkNameAndDepth(host: string, certificate: PeerCertificate): Error | undefined {
    if (intermediates(certificate) > limit) {
      return Object.assign(new Error('certificate chain too long'), { code: 'CERT_CHAIN_TOO_LONG' })
    }
    return checkServerIdentity(host, certificate)
  }
}

/** Certificates between the server's own and the root. */
function intermediates(leaf: PeerCertificate | DetailedPeerCertificate): number {
  let count = 0
  let certificate = issuerOf(leaf)
  // A root is its own issuer.
  while (certificate !== undefined && certificate !== issuerOf(certificate)) {
    count += 1
    certificate = issuerOf(certificate)
  }
  return count
}

function issuerOf(certificate: PeerCertificate | DetailedPeerCertificate): DetailedPeerCertificate | undefined {
  return 'issuerCertificate' in certificate ? certificate.issuerCertificate : undefined
}
