/** The PDK of one exchange; a namespace is made when a plugin first asks for it. */

import type { Exchange } from '../exchange.ts'
import { ClientPdk } from './client.ts'
import { CtxPdk, EntitiesPdk, LlmPdk, LogPdk, NodePdk, PluginPdk, RouterPdk } from './facts.ts'
import { RequestPdk } from './request.ts'
import { ResponsePdk } from './response.ts'
import { ServicePdk } from './service.ts'

export class Kong {
  readonly #exchange: Exchange
  #request: RequestPdk | undefined
  #client: ClientPdk | undefined
  #response: ResponsePdk | undefined
  #service: ServicePdk | undefined
  #log: LogPdk | undefined
  #ctx: CtxPdk | undefined

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  get request(): RequestPdk {
    this.#request ??= new RequestPdk(this.#exchange)
    return this.#request
  }
  get client(): ClientPdk {
    this.#client ??= new ClientPdk(this.#exchange)
    return this.#client
  }
  get response(): ResponsePdk {
    this.#response ??= new ResponsePdk(this.#exchange)
    return this.#response
  }
  get service(): ServicePdk {
    this.#service ??= new ServicePdk(this.#exchange)
    return this.#service
  }
  get log(): LogPdk {
    this.#log ??= new LogPdk(this.#exchange)
    return this.#log
  }
  get ctx(): CtxPdk {
    this.#ctx ??= new CtxPdk(this.#exchange)
    return this.#ctx
  }
  get router(): RouterPdk {
    return new RouterPdk(this.#exchange)
  }
  get entities(): EntitiesPdk {
    return new EntitiesPdk(this.#exchange)
  }
  get plugin(): PluginPdk {
    return new PluginPdk(this.#exchange)
  }
  get node(): NodePdk {
    return new NodePdk(this.#exchange)
  }
  get llm(): LlmPdk {
    return new LlmPdk(this.#exchange)
  }
}
