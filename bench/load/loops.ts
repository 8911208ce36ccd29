/** The three ways in which the load client sends: closed loop, open loop, and streams that are alive all the time. */

import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, openConnection } from './connection.ts'
import type { Job, LoadResult } from './job.ts'
import { tally } from './tally.ts'

/** A server that refuses every connection must not become a busy loop on the core that the mock needs. */
const AFTER_ERROR_MS = 5
const DRAIN_MS = 1500

/**
 * Keeps every connection busy for the warm-up and the window: the closed loop, and also the live streams, whose beginnings are
 * spread over `spreadMs` so that their chunks do not all fall on the same millisecond.
 */
export async function closedLoop(job: Job, request: Buffer, spreadMs: number): Promise<LoadResult> {
  const start = performance.now()
  const windowStart = start + job.warmSeconds * 1000
  const counts = tally(windowStart, job.seconds)
  const connections = Array.from({ length: job.connections }, () => openConnection(job.port))
  let running = true

  function drive(connection: Connection): void {
    connection.send(request, (exchange) => {
      if (!running) return
      counts.add(exchange, exchange.sentAt)
      if (exchange.failed === undefined) drive(connection)
      else setTimeout(() => running && drive(connection), AFTER_ERROR_MS)
    })
  }

  for (const [index, connection] of connections.entries()) {
    if (spreadMs === 0) drive(connection)
    else setTimeout(drive, (index * spreadMs) / connections.length, connection)
  }
  const events = (): number => connections.reduce((sum, connection) => sum + connection.events(), 0)
  await sleep(job.warmSeconds * 1000)
  const eventsAtStart = events()
  const openedAt = performance.now()
  await sleep(job.seconds * 1000)
  const eventsAtEnd = events()
  const elapsed = (performance.now() - openedAt) / 1000
  running = false
  for (const connection of connections) connection.close()
  // The sleep may last longer than asked on a busy core: the rate is scaled to the window that was asked for.
  return counts.result(((eventsAtEnd - eventsAtStart) * job.seconds) / elapsed, eventsAtEnd, 0)
}

/**
 * Sends at a fixed rate. A request that finds no free connection waits in line and its wait counts, so that a stack that falls
 * behind shows it; the generator's own timer lateness (about 1 ms) does not count, since it is not the stack's.
 */
export async function openLoop(job: Job & { kind: 'open' }, request: Buffer): Promise<LoadResult> {
  const start = performance.now()
  const windowStart = start + job.warmSeconds * 1000
  const endAt = windowStart + job.seconds * 1000
  const counts = tally(windowStart, job.seconds)
  const free = Array.from({ length: job.connections }, () => openConnection(job.port))
  const all = [...free]
  const line: number[] = []
  let offered = 0
  let inFlight = 0
  let running = true

  function send(connection: Connection, dueAt: number): void {
    inFlight += 1
    connection.send(request, (exchange) => {
      inFlight -= 1
      if (!running) return
      counts.add(exchange, dueAt)
      const next = line.shift()
      if (next === undefined) free.push(connection)
      else send(connection, next)
    })
  }

  while (performance.now() < endAt) {
    const now = performance.now()
    const target = Math.floor(((now - start) * job.perSecond) / 1000)
    for (; offered < target; offered += 1) {
      const connection = free.shift()
      if (connection === undefined) line.push(now)
      else send(connection, performance.now())
    }
    await sleep(1)
  }
  const giveUpAt = performance.now() + DRAIN_MS
  while (inFlight + line.length > 0 && performance.now() < giveUpAt) await sleep(5)
  running = false
  for (const connection of all) connection.close()
  return counts.result(0, 0, inFlight + line.length)
}
