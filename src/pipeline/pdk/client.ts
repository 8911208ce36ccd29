/** kong.client: who calls. */

import type { Consumer } from '../../entities/consumer.ts'
import type { ConsumerGroup } from '../../entities/consumer-group.ts'
import type { ClientApi, ConnectionFacts, Credential } from '../../pdk/api.ts'
import { plainAddress } from '../request-view.ts'
import { guard, Namespace } from './guard.ts'

const connections = new WeakMap<object, { readonly serial: number; asked: number }>()
let lastSerial = 0

export class ClientPdk extends Namespace implements ClientApi {
  getIp(): string {
    return this.exchange.request.ip
  }
  getForwardedIp(): string {
    return this.exchange.request.clientIp
  }
  getPort(): number {
    return this.exchange.incoming.socket.remotePort ?? 0
  }
  getConnection(): ConnectionFacts {
    const { socket } = this.exchange.incoming
    let connection = connections.get(socket)
    if (connection === undefined) {
      lastSerial++
      connection = { serial: lastSerial, asked: 0 }
      connections.set(socket, connection)
    }
    connection.asked++
    return {
      serverAddress: plainAddress(socket.localAddress ?? ''),
      serverPort: socket.localPort ?? 0,
      serial: connection.serial,
      ordinal: connection.asked,
    }
  }
  getCredential(): Credential | null {
    return this.exchange.credential
  }
  getConsumer(): Consumer | null {
    return this.exchange.consumer
  }
  getConsumerGroups(): readonly ConsumerGroup[] {
    return this.exchange.groups
  }
  loadConsumer(idOrName: string, byUsername = false): Consumer | null {
    const { snapshot } = this.exchange
    return (
      snapshot.consumersById.get(idOrName) ?? (byUsername ? (snapshot.consumersByName.get(idOrName) ?? null) : null)
    )
  }
  authenticate(consumer: Consumer | null, credential: Credential | null): void {
    const { exchange } = this
    exchange.consumer = consumer
    exchange.credential = credential
    exchange.groups = (consumer && exchange.snapshot.groupsOf.get(consumer.id)) ?? []
  }
}

guard('client', ClientPdk.prototype)
