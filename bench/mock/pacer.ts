/** Paces the chunks of many live streams with one timer, on schedule: lateness of one chunk does not add up in the next. */

import type { Socket } from 'node:net'

interface Live {
  readonly socket: Socket
  readonly steps: readonly Buffer[]
  next: number
  dueMs: number
}

/** Writes `steps` to `socket`, the first at once and then one every `gapMs`. */
export type Pacer = (socket: Socket, steps: readonly Buffer[], gapMs: number) => void

/** A pacer; all streams of one gap stand in one queue, which is thereby in order of their due times. */
export function pacer(): Pacer {
  const queues = new Map<number, Live[]>()

  function arm(gapMs: number, queue: Live[]): void {
    const first = queue[0]
    if (first !== undefined) setTimeout(run, Math.max(1, first.dueMs - performance.now()), gapMs, queue)
  }

  function run(gapMs: number, queue: Live[]): void {
    const now = performance.now()
    let taken = 0
    const again: Live[] = []
    for (const live of queue) {
      if (live.dueMs > now) break
      taken += 1
      if (write(live)) {
        live.dueMs += gapMs
        again.push(live)
      }
    }
    queue.splice(0, taken)
    queue.push(...again)
    arm(gapMs, queue)
  }

  function write(live: Live): boolean {
    const step = live.steps[live.next]
    if (step === undefined || live.socket.destroyed) return false
    live.socket.write(step)
    live.next += 1
    return live.next < live.steps.length
  }

  return function pace(socket, steps, gapMs) {
    const live: Live = { socket, steps, next: 0, dueMs: performance.now() + gapMs }
    if (!write(live)) return
    const queue = queues.get(gapMs) ?? []
    queues.set(gapMs, queue)
    queue.push(live)
    if (queue.length === 1) arm(gapMs, queue)
  }
}
