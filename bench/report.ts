/** Makes the report of a run: the same text goes to the terminal and into a file. */

import { isNoisy, NOISY_CORES, workloadPart } from './report-cells.ts'
import { type Results, scalingByCpu, scalingByRate } from './results.ts'
import { fixed, megabytes, table, textTable, whole } from './tables.ts'
import { judge } from './targets.ts'
import { workloads } from './workloads.ts'

/** The report as Markdown. */
export function report(results: Results): string {
  const verdicts = judge(results).map((verdict) => [verdict.target, verdict.measured, verdict.outcome])
  const parts = [
    '# Results of the bench',
    `Made by \`${results.command}\` in ${Math.round(results.seconds)} s. The measured stack runs on one core, mock upstream and load on another; all Node programs run on the same Node. Ratios travel better than absolute numbers.`,
    textTable(['Machine', ''], results.facts),
    ...[...results.remarks, ...noiseRemark(results)].map((remark) => `**${remark}**`),
    '## Targets',
    textTable(['Target', 'Measured', 'Outcome'], verdicts),
    '## Stacks',
    stackTable(results),
    ...workloads.flatMap((workload) => workloadPart(results, workload.name, workload.title)),
    ...pairPart(results),
    '## How to read this',
    READING,
  ]
  return `${parts.join('\n\n')}\n`
}

const READING = `- CPU: user and system time of all processes of the stack, divided by answered requests (live streams: by streams).
- core: share of one core that the stack used; well under 100% means that the load, not the stack, was the limit.
- vs: requests/s against the stack named, in the same cell. rounds: the lowest and the highest of several rounds, of which the median stands in the row (of two the better).
- Closed loop by wrk; first chunk, live streams and the open loop by the bench's own client on raw sockets.
- Open loop: latencies count from the moment a request was due, so a stack that falls behind shows it. Requests/s: answered in the window.
- p50 and p99 of a stream are times until its end; first chunk is the time until the first byte of the body.
- Before a workload, one answer of each stack is read and compared with what the upstream sent, word for word and chunk for chunk.
- others: cores taken by processes outside of the bench while the cell ran, the hypervisor's share included; above ${NOISY_CORES} the cell is marked with \`!\`.`

function noiseRemark(results: Results): string[] {
  const numbers = results.cells.flatMap((cell) => (cell.numbers === undefined ? [] : [cell.numbers]))
  const noisy = numbers.filter(isNoisy).length
  if (noisy === 0) return []
  return [
    `The machine was not quiet: in ${noisy} of ${numbers.length} cells others took more than ${NOISY_CORES} cores.`,
  ]
}

function stackTable(results: Results): string {
  const rows = results.stacks.map(({ name, about, unavailable, idle, loaded }) => [
    name,
    unavailable === undefined ? about : `not available: ${unavailable.replaceAll(/\s+/g, ' ').slice(0, 300)}`,
    megabytes(idle?.total),
    megabytes(loaded?.total),
    idle === undefined ? '-' : `${idle.processes} (largest ${megabytes(idle.largest)})`,
  ])
  return textTable(['Stack', 'What', 'RSS idle MB', 'RSS after load MB', 'Processes (idle MB)'], rows)
}

function pairPart(results: Results): string[] {
  const { pair } = results
  if (pair === undefined) return []
  const single = results.stacks.find((stack) => stack.name === 'tollgate')?.idle
  const cells = [
    { workers: '1', cell: pair.one, idle: single },
    { workers: '2', cell: pair.two, idle: pair.idle },
  ]
  const rows = cells.map(({ workers, cell, idle }) => [
    workers,
    whole(cell?.numbers?.perSecond),
    fixed(cell?.numbers?.p50Ms, 3),
    fixed(cell?.numbers?.p99Ms, 3),
    fixed(cell?.numbers?.cpuMicros, 1),
    fixed(cell?.numbers?.busiestCpuMicros, 1),
    fixed(cell?.numbers?.coresUsed, 2),
    `${megabytes(idle?.total)} in ${idle?.processes ?? 0}`,
  ])
  const header = [
    'workers',
    'req/s',
    'p50 ms',
    'p99 ms',
    'CPU us/req',
    'of the busiest thread',
    'cores used',
    'RSS idle MB',
  ]
  const free = results.cores.pairIsFree
    ? 'The load leaves the two cores of the workers free.'
    : 'This machine has too few cores: mock upstream and load run on one of the two cores of the workers, so the requests/s of two workers are held down by them. CPU per request is not: two cores carry twice the requests of one if it stays the same and no thread has more than half of it.'
  const scaling = `Measured ${fixed(scalingByRate(pair), 2)}x; by CPU per request ${fixed(scalingByCpu(pair), 2)}x.`
  const faults = cells.flatMap(({ workers, cell }) =>
    cell?.fault === undefined ? [] : [`- ${workers} worker(s) failed: ${cell.fault}`],
  )
  return ['## Two workers (tollgate, JSON 1 KB, 32 connections)', table(header, rows), `${free} ${scaling}`, ...faults]
}
