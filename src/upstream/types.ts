/** What the rest of the gateway says to the upstream layer, and what it hears back. */

import type { IncomingHttpHeaders } from 'node:http'

/** One address that a request may be sent to. */
export interface Address {
  /** IP address, or a host name where it is left to the connection to resolve it. */
  readonly host: string
  readonly port: number
  /** The name the address was resolved from, for SNI and the Host header. */
  readonly hostname: string
}

/** The values from which a consistent hash or a sticky choice may be made. */
export interface PickContext {
  /** Consumer id, else credential id. */
  readonly consumer?: string | undefined
  readonly ip: string
  readonly path: string
  header(name: string): string | undefined
  cookie(name: string): string | undefined
  query(name: string): string | undefined
  uriCapture(name: string): string | undefined
  /** Asked to be set by a hash on a cookie that the client lacks. */
  setCookie(value: string): void
}

/** One try's hold on an address; each is settled exactly once. */
export interface Lease {
  readonly address: Address
  /** The `host_header` of the upstream, or the target's own name. */
  readonly hostHeader: string | undefined
  /** An answer's head came in: its status, and milliseconds since the send. */
  answered(status: number, latency: number): void
  /** No answer came: the connection failed, or a time ran out. */
  failed(kind: 'tcp' | 'timeout'): void
  /** The exchange is over; the connection no longer counts. Follows `answered` or `failed`, or comes alone when the client left. */
  release(): void
}

/** Chooses addresses for one name: a ring of targets, or plain name resolution. */
export interface Balancer {
  /**
   * Leases an address for the next try of one request; `tried` holds the addresses that failed it.
   * Throws TOLL_NO_PEER where all are down, TOLL_NAME_RESOLUTION where the name is unknown.
   */
  pick(context: PickContext, tried: readonly Address[]): Lease | Promise<Lease>
}

export interface TlsOptions {
  readonly verify: boolean
  readonly verifyDepth?: number | undefined
  readonly servername?: string | undefined
  readonly ca?: readonly string[] | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** Milliseconds; 0 means none. */
export interface Timeouts {
  readonly connect: number
  /** From the request sent to the first byte of the answer. */
  readonly firstByte: number
  /** Between two reads of the answer, and two writes of the request. */
  readonly idle: number
  /** From the start of the try to the end of the answer. */
  readonly total: number
}

/** One request to one address. */
export interface UpstreamRequest {
  readonly scheme: 'http' | 'https'
  readonly address: Address
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Names and values in turn, as they go on the wire. */
  readonly headers: readonly string[]
  readonly body: Buffer | AsyncIterable<Buffer> | null
  readonly timeouts: Timeouts
  readonly tls?: TlsOptions | undefined
  /** A protocol switch is asked for. */
  readonly upgrade?: string | undefined
}

export interface ResponseHead {
  readonly status: number
  /** Lower-case names; `set-cookie` is always a list. */
  readonly headers: IncomingHttpHeaders
}
