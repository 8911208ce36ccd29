/** An error of the provider on its way to the client: read whole, told in the client's format, without anything secret. */

import type { BodyTransform, CallContext } from '../upstream/call.ts'
import type { ResponseHead } from '../upstream/types.ts'
import { Collector } from './collect.ts'
import type { Wire } from './wire.ts'

const limit = 1024 * 1024

export class ErrorTransform implements BodyTransform {
  readonly holding = true
  readonly #wire: Wire
  readonly #head: ResponseHead
  readonly #context: CallContext
  readonly #body = new Collector(limit)

  constructor(wire: Wire, head: ResponseHead, context: CallContext) {
    this.#wire = wire
    this.#head = head
    this.#context = context
  }

  push(chunk: Buffer): null {
    this.#body.push(chunk)
    return null
  }

  end(): string {
    const body = encodingOf(this.#head) === null ? this.#body.whole() : Buffer.alloc(0)
    const bytes = this.#wire.refuse(this.#head.status, this.#head, body)
    return this.#context.redact(bytes.toString('utf8'))
  }

  fail(): null {
    return null
  }
}

/** How a body is encoded that was asked for as it is; `null`: it is not. */
export function encodingOf({ headers }: ResponseHead): string | null {
  const encoding = headers['content-encoding']
  return encoding === undefined || encoding === 'identity' || encoding === '' ? null : encoding
}
