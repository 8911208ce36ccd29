/** What the bench needs to know of a stack in order to measure it like all others. */

import type { CorePlan } from '../measure/cores.ts'

/** Where the load goes. */
export interface Target {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** A stack that answers. */
export interface RunningStack {
  /** Root of the process tree whose CPU and memory count; undefined for the direct way. */
  readonly pid: number | undefined
  /** OpenAI chat in, OpenAI chat upstream. */
  readonly chat: Target
  /** OpenAI chat in, Anthropic Messages upstream, where the stack can translate. */
  readonly translated: Target | undefined
  stop(): Promise<void>
}

/** What a stack may use to start. */
export interface StackContext {
  readonly node: string
  readonly cores: CorePlan
  readonly upstreamPort: number
  /** An empty folder of this stack's own, removed at the end of the run. */
  readonly folder: string
  /** A folder that outlives runs, for what takes long to install. */
  readonly cache: string
  /** The repository. */
  readonly root: string
  readonly workers: number
}

/** A stack to compare. `start` throws an Unavailable where the stack cannot be had on this machine. */
export interface Stack {
  readonly name: string
  readonly about: string
  start(context: StackContext): Promise<RunningStack>
}

/** Why a stack is left out; the run goes on without it. */
export class Unavailable extends Error {}
