/** Sends batches of records to one HTTP endpoint over kept connections. */

import { Agent, request } from 'undici'
import type { Closable } from '../../pdk/index.ts'
import type { Config } from './config.ts'

/** PEM. */
export interface ClientCertificate {
  readonly cert: string
  readonly key: string
}

export class Endpoint implements Closable {
  readonly #config: Config
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #agent: Agent

  constructor(config: Config, certificate: ClientCertificate | null) {
    const { url, authorization } = takeCredentials(config.http_endpoint)
    const { timeout, keepalive, ssl_verify: rejectUnauthorized } = config
    this.#config = config
    this.#url = url
    this.#headers = {
      ...config.headers,
      ...(authorization === null ? {} : { authorization }),
      'content-type': config.content_type,
    }
    this.#agent = new Agent({
      headersTimeout: timeout,
      bodyTimeout: timeout,
      keepAliveTimeout: Math.max(1, keepalive),
      keepAliveMaxTimeout: Math.max(1, keepalive),
      connect: { timeout, rejectUnauthorized, ...certificate },
    })
  }

  /** Rejects where the endpoint does not answer below 300. */
  async send(records: readonly string[], signal: AbortSignal): Promise<void> {
    const { queue, method } = this.#config
    const [first = ''] = records
    const { statusCode, body } = await request(this.#url, {
      dispatcher: this.#agent,
      method,
      headers: this.#headers,
      body: queue.max_batch_size === 1 ? first : `[${records.join(',')}]`,
      signal,
    })
    // What it says is of no interest, but must be read for the connection to serve again.
    await body.dump({ limit: 64 * 1024, signal })
    if (statusCode >= 300) throw new Error(`the endpoint answered with status ${statusCode}`)
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }
}

function takeCredentials(endpoint: string): { url: string; authorization: string | null } {
  const url = new URL(endpoint)
  const { username, password } = url
  url.username = ''
  url.password = ''
  if (username === '' && password === '') return { url: url.href, authorization: null }
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { url: url.href, authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}
