/** kong.router, kong.log, kong.ctx, kong.entities, kong.plugin, kong.node, kong.llm: what is known around an exchange. */

import type { Entity } from '../../config/entity-set.ts'
import type { Route } from '../../entities/route.ts'
import type { Service } from '../../entities/service.ts'
import type { LlmRecord } from '../../llm/record.ts'
import type {
  CtxApi,
  EntitiesApi,
  LlmApi,
  LogApi,
  Measurements,
  NodeApi,
  NodeLog,
  PluginApi,
  PluginScope,
  RouterApi,
} from '../../pdk/api.ts'
import type { ResourceScope } from '../../pdk/resources.ts'
import { measureExchange, serializeLog } from '../log-record.ts'
import { guard, Namespace } from './guard.ts'

export class RouterPdk extends Namespace implements RouterApi {
  getRoute(): Route | null {
    return this.exchange.match?.route ?? null
  }
  getService(): Service | null {
    return this.exchange.match?.service ?? null
  }
}
guard('router', RouterPdk.prototype)

export class LogPdk extends Namespace implements LogApi {
  debug(message: string, facts?: object): void {
    this.exchange.host.logger.debug(message, this.#with(facts))
  }
  info(message: string, facts?: object): void {
    this.exchange.host.logger.info(message, this.#with(facts))
  }
  notice(message: string, facts?: object): void {
    this.exchange.host.logger.notice(message, this.#with(facts))
  }
  warn(message: string, facts?: object): void {
    this.exchange.host.logger.warn(message, this.#with(facts))
  }
  err(message: string, facts?: object): void {
    this.exchange.host.logger.error(message, this.#with(facts))
  }
  setSerializeValue(key: string, value: unknown, mode: 'set' | 'add' | 'replace' = 'set'): void {
    this.exchange.logValues ??= []
    this.exchange.logValues.push({ key, value, mode })
  }
  serialize(): Record<string, unknown> {
    return serializeLog(this.exchange)
  }
  measure(): Measurements {
    return measureExchange(this.exchange)
  }

  #with(facts: object | undefined): object {
    return { request_id: this.exchange.id, plugin: this.exchange.plugin?.definition.name, ...facts }
  }
}
guard('log', LogPdk.prototype)

export class CtxPdk extends Namespace implements CtxApi {
  getShared(key: string): unknown {
    return this.exchange.shared?.get(key)
  }
  setShared(key: string, value: unknown): void {
    this.exchange.shared ??= new Map()
    this.exchange.shared.set(key, value)
  }
}
guard('ctx', CtxPdk.prototype)

export class EntitiesPdk extends Namespace implements EntitiesApi {
  find(entity: string, field: string, value: string): Entity | null {
    return this.exchange.snapshot.entities.find(entity, field, value)
  }
  referring(entity: string, field: string, id: string): readonly Entity[] {
    return this.exchange.snapshot.entities.referring(entity, field, id)
  }
}
guard('entities', EntitiesPdk.prototype)

export class PluginPdk extends Namespace implements PluginApi {
  getId(): string {
    return this.exchange.plugin?.entity.id ?? ''
  }
  getScope(): PluginScope {
    const entity = this.exchange.plugin?.entity
    return {
      route: entity?.route?.id,
      service: entity?.service?.id,
      consumer: entity?.consumer?.id,
      consumerGroup: entity?.consumer_group?.id,
    }
  }
}
guard('plugin', PluginPdk.prototype)

export class NodePdk extends Namespace implements NodeApi {
  getId(): string {
    return this.exchange.host.nodeId
  }
  getHostname(): string {
    return this.exchange.host.hostname
  }
  count(key: string, amount: number, expiresAt: number): number {
    return this.exchange.host.counters.increment(key, amount, expiresAt)
  }
  readCount(key: string, expiresAt: number): number {
    return this.exchange.host.counters.get(key, expiresAt)
  }
  getLog(): NodeLog {
    return this.exchange.host.logger
  }
  getResources(): ResourceScope {
    return this.exchange.host.resources
  }
}
guard('node', NodePdk.prototype)

export class LlmPdk extends Namespace implements LlmApi {
  getRecord(): LlmRecord | null {
    return this.exchange.llm
  }
  setRecord(record: LlmRecord): void {
    this.exchange.llm = record
  }
}
guard('llm', LlmPdk.prototype)
