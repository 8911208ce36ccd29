/** What a run found, in the form from which tables and targets are made. */

import type { Cell, Numbers } from './measure/cell.ts'
import type { CorePlan } from './measure/cores.ts'
import type { Facts } from './measure/machine.ts'
import type { Memory } from './measure/memory.ts'
import type { Load } from './workloads.ts'

/** One stack's part of a run. */
export interface StackFacts {
  readonly name: string
  readonly about: string
  /** Why it was left out. */
  readonly unavailable: string | undefined
  readonly idle: Memory | undefined
  readonly loaded: Memory | undefined
}

/** The two-worker cell: the same load with one worker, right before it, and with two. */
export interface PairFacts {
  readonly one: Cell | undefined
  readonly two: Cell | undefined
  readonly idle: Memory | undefined
}

/** All of a run. */
export interface Results {
  readonly facts: Facts
  readonly cores: CorePlan
  readonly stacks: readonly StackFacts[]
  readonly cells: readonly Cell[]
  readonly pair: PairFacts | undefined
  readonly command: string
  readonly seconds: number
  /** Remarks that a reader must know, for example that wrk was missing. */
  readonly remarks: readonly string[]
}

/** A cell's numbers, found by what was measured; undefined if it was not. */
export function numbersOf(
  results: Results,
  stack: string,
  workload: string,
  load: Partial<Pick<Load, 'kind' | 'connections' | 'perSecond'>>,
): Numbers | undefined {
  return results.cells.find(
    (cell) =>
      cell.stack === stack &&
      cell.workload === workload &&
      (load.kind === undefined || cell.load.kind === load.kind) &&
      (load.connections === undefined || cell.load.connections === load.connections) &&
      (load.perSecond === undefined || cell.load.perSecond === load.perSecond),
  )?.numbers
}

/** What two cores would carry, as a multiple of one, by CPU time: the sum must fit two cores and each thread one. */
export function scalingByCpu(pair: PairFacts): number | undefined {
  const one = pair.one?.numbers?.cpuMicros
  const two = pair.two?.numbers
  if (one === undefined || two?.cpuMicros === undefined || two.busiestCpuMicros === undefined) return undefined
  return Math.min((2 * one) / two.cpuMicros, one / two.busiestCpuMicros)
}

/** What two workers carried, as a multiple of one. */
export function scalingByRate(pair: PairFacts): number | undefined {
  const one = pair.one?.numbers?.perSecond
  const two = pair.two?.numbers?.perSecond
  return one === undefined || two === undefined || one === 0 ? undefined : two / one
}
