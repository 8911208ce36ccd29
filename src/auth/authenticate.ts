/** What every authentication plugin does once it knows, or does not know, who calls: one place for Kong's rules. */

import type { Consumer } from '../entities/consumer.ts'
import type { Credential, HeaderValue } from '../pdk/api.ts'
import type { AccessPdk } from '../pdk/define-plugin.ts'
import { tellUpstream } from './identity-headers.ts'

/** Who calls. */
export interface Authenticated {
  readonly consumer: Consumer | null
  readonly credential: Credential
  /** What the upstream is told in `X-Credential-Identifier`; absent: the header is removed. */
  readonly identifier?: string | undefined
}

/** Why nobody is let in. */
export interface Refused {
  readonly status: number
  readonly message: string
  readonly headers?: Readonly<Record<string, HeaderValue>>
}

export type Verdict = Authenticated | Refused

export interface AuthConfig {
  /** Id or username of the consumer that stands for whoever is not authenticated. */
  readonly anonymous?: string | undefined
}

/**
 * Runs one way of authentication.
 *
 * With `anonymous` the plugins of a route are alternatives: an earlier success is enough, and a failure lets the
 * anonymous consumer in. Without it every one of them must succeed.
 *
 * @example
 * access: (kong, config) => authenticate(kong, config, checkKey)
 */
export function authenticate<Config extends AuthConfig>(
  kong: AccessPdk,
  config: Config,
  check: (kong: AccessPdk, config: Config) => Verdict | Promise<Verdict>,
): void | Promise<void> {
  if (config.anonymous !== undefined && kong.client.getCredential() !== null) return
  const verdict = check(kong, config)
  if (verdict instanceof Promise) return settleLater(kong, config, verdict)
  settle(kong, config, verdict)
}

async function settleLater(kong: AccessPdk, config: AuthConfig, verdict: Promise<Verdict>): Promise<void> {
  settle(kong, config, await verdict)
}

function settle(kong: AccessPdk, { anonymous }: AuthConfig, verdict: Verdict): void {
  if ('credential' in verdict) admit(kong, verdict)
  else if (anonymous === undefined) kong.response.error(verdict.status, verdict.message, verdict.headers)
  else admitAnonymous(kong, anonymous)
}

function admit(kong: AccessPdk, { consumer, credential, identifier }: Authenticated): void {
  kong.client.authenticate(consumer, credential)
  tellUpstream(kong, consumer, { identifier })
}

function admitAnonymous(kong: AccessPdk, anonymous: string): void {
  const consumer = kong.client.loadConsumer(anonymous, true)
  if (consumer === null) {
    const message = `anonymous consumer ${anonymous} is configured but doesn't exist`
    kong.log.err(message)
    kong.response.error(500, message)
    return
  }
  kong.client.authenticate(consumer, null)
  tellUpstream(kong, consumer, null)
}
