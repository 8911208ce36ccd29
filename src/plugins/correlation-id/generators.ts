/** The ways in which correlation ids are made. */

import { randomUUID } from 'node:crypto'
import { pid } from 'node:process'
import type { AccessPdk } from '../../pdk/index.ts'
import type { CorrelationIdConfig } from './config.ts'

const workerId = randomUUID()
let count = 0

export const generators: Readonly<Record<CorrelationIdConfig['generator'], (kong: AccessPdk) => string>> = {
  uuid: () => randomUUID(),
  'uuid#counter': () => {
    count++
    return `${workerId}#${count}`
  },
  tracker({ client }) {
    const { serverAddress, serverPort, serial, ordinal } = client.getConnection()
    return [serverAddress, serverPort, pid, serial, ordinal, (Date.now() / 1000).toFixed(3)].join('-')
  },
}
