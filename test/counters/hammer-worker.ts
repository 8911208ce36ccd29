/** A thread that counts as fast as it can: `rounds` times over `keys`, each key first by 3 and then by -1. */

import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { SharedCounters } from '../../src/counters/shared-counters.ts'

const task = z.object({
  buffer: z.instanceof(SharedArrayBuffer),
  gate: z.instanceof(SharedArrayBuffer),
  keys: z.array(z.string()),
  rounds: z.number(),
  expiresAt: z.number(),
})

const { buffer, gate, keys, rounds, expiresAt } = task.parse(workerData)
const counters = new SharedCounters(buffer)
const start = new Int32Array(gate)
parentPort?.postMessage('ready')
Atomics.wait(start, 0, 0)
for (let round = 0; round < rounds; round++) {
  for (const key of keys) {
    counters.increment(key, 3, expiresAt)
    counters.increment(key, -1, expiresAt)
  }
}
