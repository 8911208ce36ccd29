/** Starts the stacks of a run and keeps what is to be told about each; a stack that cannot be had is told about too. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CellContext } from './measure/context.ts'
import { memoryOf, settle } from './measure/memory.ts'
import type { PairFacts, StackFacts } from './results.ts'
import { runWorkload, say } from './run-workloads.ts'
import { type RunningStack, type Stack, type StackContext, Unavailable } from './stacks/stack.ts'
import { tollgate } from './stacks/tollgate.ts'
import type { Workload } from './workloads.ts'

/** A stack of this run, with what is found out about it on the way. */
export interface Entry {
  readonly name: string
  readonly running: RunningStack | undefined
  readonly facts: StackFacts
}

/** Starts stacks one after the other, each with its idle memory read before any load. */
export async function startStacks(chosen: readonly Stack[], context: StackContext): Promise<Entry[]> {
  const entries: Entry[] = []
  for (const stack of chosen) {
    say(`starting ${stack.name}`)
    const facts = { name: stack.name, about: stack.about, unavailable: undefined, idle: undefined, loaded: undefined }
    try {
      const running = await startIn(stack, context, stack.name)
      if (running.pid !== undefined) await settle()
      entries.push({ name: stack.name, running, facts: { ...facts, idle: memoryOf(running) } })
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      say(`  not available: ${error.message}`)
      entries.push({ name: stack.name, running: undefined, facts: { ...facts, unavailable: error.message } })
    }
  }
  return entries
}

/** Measures Tollgate with one worker once more, then with two, so that both are measured in the same minute. Stops the first. */
export async function runPair(
  one: RunningStack,
  workload: Workload,
  stackContext: StackContext,
  context: CellContext,
): Promise<PairFacts> {
  const cellOf = async (running: RunningStack) =>
    (await runWorkload(workload, [{ name: tollgate.name, running }], context))[0]
  const single = await cellOf(one)
  await one.stop()
  say('starting tollgate with two workers')
  try {
    const running = await startIn(tollgate, { ...stackContext, workers: 2 }, 'two-workers')
    await settle()
    const idle = memoryOf(running)
    return { one: single, two: await cellOf(running), idle }
  } catch (error) {
    if (!(error instanceof Unavailable) || single === undefined) throw error
    return { one: single, two: { ...single, fault: error.message, numbers: undefined }, idle: undefined }
  }
}

async function startIn(stack: Stack, context: StackContext, name: string): Promise<RunningStack> {
  const folder = join(context.folder, name)
  mkdirSync(folder)
  return await stack.start({ ...context, folder })
}
