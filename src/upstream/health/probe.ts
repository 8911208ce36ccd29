/** One active health check of one address. */

import { connect } from 'node:net'
import type { Healthchecks } from '../../entities/healthchecks.ts'
import type { Pools } from '../pools.ts'
import { send } from '../send.ts'
import type { ResponseHead, UpstreamControl, UpstreamHandler } from '../types.ts'
import type { AddressHealth } from './upstream-health.ts'

/** A status, a connection that was made, or how it failed. */
export type ProbeResult = number | true | 'tcp' | 'timeout'
export type Probe = (address: AddressHealth) => Promise<ProbeResult>

/**
 * The probe that an upstream's settings ask for. gRPC types check the connection alone.
 *
 * @param hostHeader the upstream's `host_header`, which names the site to every target
 */
export function probeFor(checks: Healthchecks['active'], hostHeader: string | null, pools: Pools): Probe {
  const timeout = Math.max(1, Math.round(checks.timeout * 1000))
  const { type } = checks
  if (type !== 'http' && type !== 'https') return (address) => probeTcp(address, timeout)

  const sent = Object.entries(checks.headers ?? {}).flatMap(([name, values]) =>
    values.flatMap((value) => [name, value]),
  )
  const named = Object.keys(checks.headers ?? {}).some((name) => name.toLowerCase() === 'host')
  const tls = { verify: checks.https_verify_certificate }

  return function probeHttp({ ip, port, hostname }) {
    const host = hostHeader ?? hostname
    return new Promise((resolve) => {
      const result = new FirstWord(resolve)
      result.control = send(
        pools,
        {
          scheme: type,
          address: { host: ip, port, hostname },
          method: 'GET',
          path: checks.http_path,
          headers: [...(named ? [] : ['host', host]), 'connection', 'close', ...sent],
          body: null,
          // One timer for the whole probe: the others are coarser than a probe's usual second.
          timeouts: { connect: 0, firstByte: 0, idle: 0, total: timeout },
          servername: checks.https_sni ?? host.replace(/:\d+$/, ''),
          tls,
        },
        result,
      )
    })
  }
}

/** The head says it all: the rest is not read. */
class FirstWord implements UpstreamHandler {
  control: UpstreamControl | null = null
  readonly #resolve: (result: ProbeResult) => void

  constructor(resolve: (result: ProbeResult) => void) {
    this.#resolve = resolve
  }

  head(head: ResponseHead): boolean {
    this.#resolve(head.status)
    this.control?.abort()
    return true
  }

  data(): boolean {
    return true
  }

  end(): void {}

  error({ kind }: { kind: string }): void {
    this.#resolve(kind === 'timeout' ? 'timeout' : 'tcp')
  }

  upgrade(): void {
    this.#resolve('tcp')
  }
}

function probeTcp({ ip, port }: AddressHealth, timeout: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: ip, port, timeout })
    const done = (result: ProbeResult) => {
      resolve(result)
      socket.destroy()
    }
    socket.once('connect', () => done(true))
    socket.once('timeout', () => done('timeout'))
    socket.once('error', () => done('tcp'))
  })
}
