/** The table of one workload: a row for every load and stack, and only the columns that have something to say. */

import type { Cell, Numbers } from './measure/cell.ts'
import { numbersOf, type Results } from './results.ts'
import { fixed, ratio, table, whole } from './tables.ts'

/** More than this much of a core taken by others makes a cell doubtful. */
export const NOISY_CORES = 0.1

interface Column {
  readonly title: string
  readonly text: (numbers: Numbers, cell: Cell, results: Results) => string
}

const columns: readonly Column[] = [
  { title: 'req/s', text: (numbers) => whole(numbers.perSecond) },
  { title: 'rounds', text: (numbers) => spread(numbers) },
  { title: 'chunks/s', text: (numbers) => whole(numbers.chunksPerSecond) },
  { title: 'p50 ms', text: (numbers) => fixed(numbers.p50Ms, 3) },
  { title: 'p99 ms', text: (numbers) => fixed(numbers.p99Ms, 3) },
  { title: 'first chunk p50', text: (numbers) => fixed(numbers.firstChunkP50Ms, 3) },
  { title: 'first chunk p99', text: (numbers) => fixed(numbers.firstChunkP99Ms, 3) },
  { title: 'CPU us/req', text: (numbers) => fixed(numbers.cpuMicros, 1) },
  { title: 'core', text: (numbers) => share(numbers.coresUsed) },
  { title: 'vs nginx', text: (numbers, cell, results) => versus('nginx', numbers, cell, results) },
  { title: 'vs portkey', text: (numbers, cell, results) => versus('portkey', numbers, cell, results) },
  { title: 'others', text: (numbers) => `${fixed(numbers.othersCores, 2)}${isNoisy(numbers) ? '!' : ''}` },
  { title: 'errors', text: (numbers) => errors(numbers) },
]

/** The part of a report on one workload; empty if nothing of it was run. */
export function workloadPart(results: Results, name: string, title: string): string[] {
  const cells = results.cells.filter((cell) => cell.workload === name)
  if (cells.length === 0) return []
  const loads = [...new Set(cells.map(loadName))]
  const sorted = loads.flatMap((load) => cells.filter((cell) => loadName(cell) === load))
  const text = (column: Column, cell: Cell): string =>
    cell.numbers === undefined ? '-' : column.text(cell.numbers, cell, results)
  const used = columns.filter((column) => sorted.some((cell) => text(column, cell) !== '-'))
  const rows = sorted.map((cell) => [loadName(cell), cell.stack, ...used.map((column) => text(column, cell))])
  const faults = new Set(
    sorted.filter((cell) => cell.fault !== undefined).map((cell) => `- ${cell.stack} failed: ${cell.fault}`),
  )
  return [
    `## ${title}`,
    table(['load', 'stack', ...used.map((column) => column.title)], rows, 2),
    ...(faults.size > 0 ? [[...faults].join('\n')] : []),
  ]
}

/** Whether others took so much of the machine that a cell is doubtful. */
export function isNoisy(numbers: Numbers): boolean {
  return numbers.othersCores > NOISY_CORES
}

function loadName(cell: Cell): string {
  const { kind, connections, perSecond } = cell.load
  if (kind === 'open') return `${perSecond ?? 0}/s`
  if (kind === 'live') return `${connections} live`
  return kind === 'first-chunk' ? `c=${connections} first chunk` : `c=${connections}`
}

function spread(numbers: Numbers): string {
  const [lowest, highest] = numbers.spread
  return lowest === highest ? '-' : `${whole(lowest)}..${whole(highest)}`
}

function share(cores: number | undefined): string {
  return cores === undefined ? '-' : `${(cores * 100).toFixed(0)}%`
}

function versus(stack: string, numbers: Numbers, cell: Cell, results: Results): string {
  // At a fixed rate all stacks that keep up answer as many: a ratio would say nothing.
  if (cell.stack === stack || cell.load.kind === 'open') return '-'
  return ratio(numbers.perSecond, numbersOf(results, stack, cell.workload, cell.load)?.perSecond)
}

function errors(numbers: Numbers): string {
  const parts = [
    ...(numbers.errors > 0 ? [`${numbers.errors} (${numbers.firstError ?? 'unknown'})`] : []),
    ...(numbers.unanswered > 0 ? [`${numbers.unanswered} unanswered`] : []),
  ]
  return parts.length === 0 ? '-' : parts.join(', ').replaceAll('|', '/')
}
