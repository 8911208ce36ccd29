/** What the rest of the gateway says to the upstream layer, and what it hears back. */

import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import type { UpstreamFailure } from './failure.ts'

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
  /** Takes the whole value of a Set-Cookie header, asked for by a choice that is kept in a cookie which the client lacks. */
  setCookie(value: string): void
}

/** One try's hold on an address; each is settled exactly once. */
export interface Lease {
  readonly address: Address
  /** The `host_header` of the upstream, as it is; without one the Host is the address's `hostname`, with its port where unusual. */
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

/** Connections are shared by what it says. With PEM texts in it, it is best kept: they are hashed once per object. */
export interface TlsOptions {
  readonly verify: boolean
  /** Certificates allowed between the server's own and the root. */
  readonly verifyDepth?: number | undefined
  /** Name sent and verified where the request does not say another. */
  readonly servername?: string | undefined
  /** PEM; without it the CAs that Node ships with. */
  readonly ca?: readonly string[] | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** Milliseconds; 0 means none. */
export interface Timeouts {
  readonly connect: number
  /** From the request sent to the end of the answer's head. Like `idle` it is kept coarsely: up to a second late. */
  readonly firstByte: number
  /** Between two reads of the answer. (A request body that the upstream does not take falls under `firstByte`.) */
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
  /**
   * Names and values in turn, as they go on the wire. Without transfer-encoding, keep-alive, upgrade and expect: they are
   * the connection's. `connection: close` asks for a connection of its own.
   */
  readonly headers: readonly string[]
  /** Without a content-length header an iterable goes out chunked. Once anything was sent, a Readable is destroyed when the try fails. */
  readonly body: Buffer | AsyncIterable<Buffer> | null
  readonly timeouts: Timeouts
  /** For https: the name sent and verified, without a port. Without it that of `tls`, else the address's `hostname`. */
  readonly servername?: string | undefined
  /** For https alone; without it the server's certificate is verified. */
  readonly tls?: TlsOptions | undefined
  /** A protocol switch is asked for. */
  readonly upgrade?: string | undefined
}

export interface ResponseHead {
  readonly status: number
  /** Lower-case names; `set-cookie` is always a list. */
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as the upstream wrote them. */
  readonly rawHeaders: readonly string[]
}

/**
 * Hears how one request goes: `head`, `data` any number of times, then `end`; or `upgrade`; and at any time `error`, once and
 * last. What `head`, `data` or `upgrade` throw aborts the try; `end` and `error` must not throw.
 */
export interface UpstreamHandler {
  /** The head of the answer, informational ones left out. False: no data until `resume()`. */
  head(head: ResponseHead): boolean
  /** False: no more until `resume()`. A little may still come then, if the upstream has closed its side. */
  data(chunk: Buffer): boolean
  end(trailers: IncomingHttpHeaders): void
  error(failure: UpstreamFailure): void
  /** The upstream switched protocols; the socket, and its errors, are the handler's from here on. */
  upgrade(head: ResponseHead, socket: Duplex): void
}

export interface UpstreamControl {
  resume(): void
  /** Closes the connection; the handler hears `error` with kind `aborted` before this returns, unless it was over. */
  abort(): void
}
