/** CPU time around a cell: what the stack used, and what others took from the machine meanwhile. */

import type { RunningStack } from '../stacks/stack.ts'
import { machineBusySeconds, type ProcessFacts, processTree, threadCpuSeconds, treeCpuSeconds } from './proc-fs.ts'

/** CPU time between two moments. */
export interface CpuUse {
  readonly elapsedSeconds: number
  /** Of the stack's whole tree, and of the one thread of it that used most: no thread can have more than one core. */
  readonly stackSeconds: number
  readonly busiestSeconds: number
  /** Cores that were busy with what is neither the stack nor the bench; time lost to the hypervisor is in it. */
  readonly othersCores: number
}

/** Starts a measurement; the returned function ends it. */
export function watchCpu(stack: RunningStack, upstreamPid: number): () => CpuUse {
  const before = look(stack, upstreamPid)
  return function readCpu() {
    const after = look(stack, upstreamPid)
    const elapsedSeconds = (after.atMs - before.atMs) / 1000
    const stackSeconds = treeCpuSeconds(after.tree) - treeCpuSeconds(before.tree)
    const each = [...after.threads].map(([thread, seconds]) => seconds - (before.threads.get(thread) ?? 0))
    const others = after.busySeconds - before.busySeconds - (after.ownSeconds - before.ownSeconds) - stackSeconds
    return {
      elapsedSeconds,
      stackSeconds,
      busiestSeconds: Math.max(0, ...each),
      othersCores: Math.max(0, others / elapsedSeconds),
    }
  }
}

interface Look {
  readonly tree: readonly ProcessFacts[]
  readonly threads: ReadonlyMap<number, number>
  readonly ownSeconds: number
  readonly busySeconds: number
  readonly atMs: number
}

function look(stack: RunningStack, upstreamPid: number): Look {
  const tree = stack.pid === undefined ? [] : processTree(stack.pid)
  // Of the bench: the mock, this process, and with it the load generators that it has waited for.
  const own = processTree(process.pid).filter((facts) => facts.pid === process.pid || facts.pid === upstreamPid)
  const threads = threadCpuSeconds(tree)
  const ownSeconds = treeCpuSeconds(own)
  return { tree, threads, ownSeconds, busySeconds: machineBusySeconds(), atMs: performance.now() }
}
