/** The run-time half of the phase gate: a call in a phase that does not offer it throws, whatever the types said. */

import { TollError } from '../../errors/registry.ts'
import type { Api } from '../../pdk/api.ts'
import type { Phase } from '../../pdk/phases.ts'
import { phasesOf } from '../../pdk/phases-of.ts'
import type { Exchange } from '../exchange.ts'

const titles: Readonly<Record<keyof Api, string>> = {
  request: 'kong.request',
  client: 'kong.client',
  response: 'kong.response',
  service: 'kong.service',
  serviceRequest: 'kong.service.request',
  serviceResponse: 'kong.service.response',
  router: 'kong.router',
  log: 'kong.log',
  ctx: 'kong.ctx',
  entities: 'kong.entities',
  plugin: 'kong.plugin',
  node: 'kong.node',
  llm: 'kong.llm',
}

/** What every namespace is made from: the exchange that it speaks for. */
export class Namespace {
  readonly exchange: Exchange

  constructor(exchange: Exchange) {
    this.exchange = exchange
  }
}

/** Wraps each function of a namespace's prototype, once, when the module loads. */
export function guard(namespace: keyof Api, prototype: Namespace): void {
  for (const [name, allowed] of Object.entries<readonly Phase[]>(phasesOf[namespace])) {
    const original: unknown = Reflect.get(prototype, name)
    if (typeof original !== 'function') throw new TypeError(`${titles[namespace]}.${name} is not implemented`)
    const phases = new Set<Phase>(allowed)
    Object.defineProperty(prototype, name, {
      // No function of the PDK takes more than three arguments; a rest parameter would cost an array for each call.
      value: function guarded(this: Namespace, first?: unknown, second?: unknown, third?: unknown): unknown {
        if (!phases.has(this.exchange.phase)) {
          throw new TollError('TOLL_PDK_WRONG_PHASE', {
            function: `${titles[namespace]}.${name}`,
            phase: this.exchange.phase,
            allowed: allowed.join(', '),
          })
        }
        return original.call(this, first, second, third)
      },
    })
  }
}
