/** Runs workloads on stacks that are up: load by load, all stacks in turn, so that what is compared is measured within seconds. */

import { type Cell, measure, medianCell, prepare } from './measure/cell.ts'
import type { CellContext, Prepared } from './measure/context.ts'
import { isInterrupted } from './measure/processes.ts'
import type { RunningStack } from './stacks/stack.ts'
import type { Load, Workload } from './workloads.ts'

/** A stack that is up, by name. */
export interface Up {
  readonly name: string
  readonly running: RunningStack
}

/** Tells the person who waits how far the run is. */
export function say(text: string): void {
  if (isInterrupted()) return
  process.stderr.write(`${text}\n`)
}

/** All loads of a workload on all stacks that can serve it; a stack that answers wrongly gets cells with the fault. */
export async function runWorkload(workload: Workload, stacks: readonly Up[], context: CellContext): Promise<Cell[]> {
  const cells: Cell[] = []
  const ready: Prepared[] = []
  for (const { name, running } of stacks) {
    if (workload.translated === true && running.translated === undefined) continue
    const prepared = await prepare(name, workload, running, context)
    if (typeof prepared !== 'string') {
      ready.push(prepared)
      continue
    }
    say(`${workload.name} ${name} failed: ${prepared}`)
    const nothing = { stack: name, workload: workload.name, fault: prepared, numbers: undefined }
    cells.push(...workload.loads.map((load) => ({ ...nothing, load })))
  }
  for (const load of workload.loads) cells.push(...(await runLoad(workload, load, ready, context)))
  return cells
}

async function runLoad(
  workload: Workload,
  load: Load,
  ready: readonly Prepared[],
  context: CellContext,
): Promise<Cell[]> {
  const rounds: Cell[] = []
  for (let round = 0; round < (load.rounds ?? 1); round += 1) {
    for (const prepared of ready) {
      const cell = await measure(workload, load, prepared, context)
      rounds.push(cell)
      const what = `${workload.name} ${load.kind} ${load.perSecond === undefined ? `c=${load.connections}` : `${load.perSecond}/s`}`
      say(
        `${what} ${cell.stack}: ${cell.numbers === undefined ? cell.fault : `${Math.round(cell.numbers.perSecond)}/s`}`,
      )
    }
  }
  return ready
    .map((prepared) => medianCell(rounds.filter((cell) => cell.stack === prepared.name)))
    .filter((cell) => cell !== undefined)
}
