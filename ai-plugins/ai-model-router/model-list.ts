/** The models that a provider lists, asked for rarely and remembered. */

import { Agent, request } from 'undici'
import { asArray, asObject, asString } from '../../providers/canonical/json.ts'
import { signedHeaders } from '../../src/llm/credential.ts'
import { authority, type Target } from '../../src/llm/target.ts'
import type { Closable } from '../../src/pdk/resources.ts'

/** Milliseconds for which a list counts as true, and after which a provider that did not answer is asked again. */
const fresh = 5 * 60_000
const retry = 30_000
const timeout = 3000
/** Bytes of a list. */
const mostBytes = 8 * 1024 * 1024
const nothing = new Uint8Array()

export class ModelList implements Closable {
  readonly #target: Target
  readonly #agent = new Agent({ connect: { timeout }, maxResponseSize: mostBytes })
  #names: readonly string[] = []
  #until = 0
  #asking: Promise<readonly string[]> | null = null

  constructor(target: Target) {
    this.#target = target
  }

  /** What is known; empty where the provider does not answer. */
  names(): Promise<readonly string[]> | readonly string[] {
    if (Date.now() < this.#until) return this.#names
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #ask(): Promise<readonly string[]> {
    const { endpoint, provider, auth, model } = this.#target
    const { models } = provider.paths
    if (endpoint === null || models === undefined) return []
    const path = endpoint.basePath + models
    try {
      const signed = signedHeaders(this.#target, { method: 'GET', path, contentType: undefined, body: nothing })
      const { statusCode, body } = await request(`${endpoint.scheme}://${authority(endpoint)}${path}`, {
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(timeout),
        headers: {
          ...provider.headers?.(model.options),
          ...(auth.header_name !== undefined && { [auth.header_name]: auth.header_value ?? '' }),
          ...headersOf(signed),
        },
      })
      const answer = asObject(await body.json())
      if (statusCode !== 200 || answer === undefined) throw new TypeError('no list')
      const names = asArray(answer.data).map((item) => asString(asObject(item)?.id))
      this.#names = names.filter((name) => name !== undefined).map((name) => name.replace(/^models\//, ''))
      this.#until = Date.now() + fresh
    } catch {
      this.#until = Date.now() + retry
    }
    return this.#names
  }
}

/** From names and values in turn. */
function headersOf(pairs: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let at = 0; at + 1 < pairs.length; at += 2) headers[pairs[at] ?? ''] = pairs[at + 1] ?? ''
  return headers
}
