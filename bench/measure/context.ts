/** What all cells of a run share, and the one exact request that a workload is. */

import { chatBody } from '../load/bodies.ts'
import type { RunningStack, Target } from '../stacks/stack.ts'
import type { Workload } from '../workloads.ts'
import type { CorePlan } from './cores.ts'

/** What all cells of a run share. */
export interface CellContext {
  readonly node: string
  readonly cores: CorePlan
  readonly folder: string
  readonly upstreamPid: number
  readonly useWrk: boolean
  /** Path of the load client's program. */
  readonly client: string
}

/** A stack that answered a workload's request rightly, and is warm. */
export interface Prepared {
  readonly name: string
  readonly stack: RunningStack
  readonly target: Target
  /** Body bytes of the right answer. */
  readonly answerBytes: number
}

/** The request body of a workload, the same for every stack. */
export function bodyOf(workload: Workload): string {
  return chatBody({ ...workload, model: workload.translated === true ? 'claude-bench' : 'gpt-4o-mini' })
}
