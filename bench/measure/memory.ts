/** Memory of a stack's processes, before the load and after it. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningStack } from '../stacks/stack.ts'
import { processTree } from './proc-fs.ts'

/** Resident memory of a stack, in bytes: of all its processes, and of the largest. */
export interface Memory {
  readonly total: number
  readonly largest: number
  readonly processes: number
}

/** A stack that has just answered its first request still collects what its start left over. */
export const SETTLE_MS = 2000

/** Memory of a stack now; undefined for the direct way. */
export function memoryOf(stack: RunningStack): Memory | undefined {
  if (stack.pid === undefined) return undefined
  const sizes = processTree(stack.pid).map((facts) => facts.rssBytes)
  return { total: sizes.reduce((a, b) => a + b, 0), largest: Math.max(0, ...sizes), processes: sizes.length }
}

/** Waits until a started stack is idle. */
export async function settle(): Promise<void> {
  await sleep(SETTLE_MS)
}
