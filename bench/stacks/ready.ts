/** Waits until a stack answers a real request, so that no cell measures a start. */

import { setTimeout as sleep } from 'node:timers/promises'
import { chatBody } from '../load/bodies.ts'
import { tryOnce } from '../load/once.ts'
import type { Managed } from '../measure/processes.ts'
import { type Target, Unavailable } from './stack.ts'

const READY_MS = 20_000

/** Resolves once `target` answers 200; throws Unavailable with the process's last words if it ends or takes over 20 s. */
export async function waitUntilReady(managed: Managed, target: Target): Promise<void> {
  const body = chatBody({
    requestBytes: 300,
    answerBytes: 500,
    chunks: 1,
    gapMs: 0,
    stream: false,
    model: 'gpt-4o-mini',
  })
  const deadline = Date.now() + READY_MS
  let last = 'no answer'
  while (Date.now() < deadline) {
    if (!managed.isRunning()) throw new Unavailable(`ended while starting: ${managed.tail()}`)
    const answer = await tryOnce(target, body)
    if (answer.status === 200) return
    last = answer.failed ?? `status ${answer.status}: ${answer.text.slice(0, 200)}`
    await sleep(100)
  }
  await managed.stop()
  throw new Unavailable(`not ready after ${READY_MS / 1000} s (${last}): ${managed.tail()}`)
}
