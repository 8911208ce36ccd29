/** Measures one cell: a load on a stack, with the CPU time of the stack's processes around it. */

import { findFault } from '../load/check.ts'
import type { LoadResult } from '../load/job.ts'
import { tryOnce } from '../load/once.ts'
import { send } from '../load/send.ts'
import type { RunningStack } from '../stacks/stack.ts'
import type { Load, Workload } from '../workloads.ts'
import { bodyOf, type CellContext, type Prepared } from './context.ts'
import { watchCpu } from './usage.ts'

/** One line of a table. */
export interface Cell {
  readonly stack: string
  readonly workload: string
  readonly load: Load
  /** Why there are no numbers. */
  readonly fault: string | undefined
  readonly numbers: Numbers | undefined
}

/** The numbers of a cell; milliseconds, microseconds and bytes as their names say. */
export interface Numbers {
  readonly perSecond: number
  readonly chunksPerSecond: number | undefined
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly firstChunkP50Ms: number | null
  readonly firstChunkP99Ms: number | null
  readonly errors: number
  readonly firstError: string | null
  readonly unanswered: number
  /** CPU time of the stack's tree per answered request; undefined for the direct way. */
  readonly cpuMicros: number | undefined
  /** The same of the busiest thread alone. */
  readonly busiestCpuMicros: number | undefined
  /** Cores that the stack used on average. */
  readonly coresUsed: number | undefined
  /** Cores that were busy with what is neither stack nor bench: what makes a cell doubtful. */
  readonly othersCores: number
  /** The lowest and the highest requests/s of the rounds. */
  readonly spread: readonly [number, number]
}

const WARM_SECONDS = 5
/** A stack that fails more than one request in a hundred has no speed to tell of. */
const MOST_ERRORS = 0.01
/** Events of a stream beside the chunks that were asked for, in OpenAI's format: role, finish reason, [DONE]. */
const FRAMING_EVENTS = 3

/** Checks one answer and warms the stack up for a workload; returns the fault where it cannot serve it. Never throws. */
export async function prepare(
  name: string,
  workload: Workload,
  stack: RunningStack,
  context: CellContext,
): Promise<Prepared | string> {
  const target = workload.translated === true ? stack.translated : stack.chat
  if (target === undefined) return 'cannot translate'
  const answer = await tryOnce(target, bodyOf(workload))
  const fault = findFault(workload, answer)
  if (fault !== undefined) return fault
  const prepared = { name, stack, target, answerBytes: answer.bytes }
  const warm: Load = { kind: 'closed', connections: 32, seconds: WARM_SECONDS }
  try {
    await send(workload, warm, { ...prepared, answerBytes: 0 }, context)
    return prepared
  } catch (error) {
    return `failed under its warm-up: ${String(error).slice(0, 300)}`
  }
}

/** Measures one cell; the stack must have passed `prepare` for the workload. */
export async function measure(workload: Workload, load: Load, prepared: Prepared, context: CellContext): Promise<Cell> {
  const cell = { stack: prepared.name, workload: workload.name, load }
  try {
    return { ...cell, fault: undefined, numbers: await measureOnce(workload, load, prepared, context) }
  } catch (error) {
    return {
      ...cell,
      fault: (error instanceof Error ? error.message : String(error)).slice(0, 300),
      numbers: undefined,
    }
  }
}

/** The cell that stands for several rounds: the median by requests/s, of two the better. */
export function medianCell(rounds: readonly Cell[]): Cell | undefined {
  const good = rounds.filter((cell) => cell.numbers !== undefined)
  good.sort((a, b) => (a.numbers?.perSecond ?? 0) - (b.numbers?.perSecond ?? 0))
  const median = good[Math.floor(good.length / 2)]
  if (median?.numbers === undefined) return rounds[0]
  const spread = [good[0]?.numbers?.perSecond ?? 0, good.at(-1)?.numbers?.perSecond ?? 0] as const
  return { ...median, numbers: { ...median.numbers, spread } }
}

async function measureOnce(workload: Workload, load: Load, prepared: Prepared, context: CellContext): Promise<Numbers> {
  const { stack } = prepared
  const readCpu = watchCpu(stack, context.upstreamPid)
  const result = await send(workload, load, prepared, context)
  const cpu = readCpu()
  if (result.errors > result.total * MOST_ERRORS) {
    throw new Error(`${result.errors} errors beside ${result.total} answers: ${result.firstError ?? 'unknown'}`)
  }
  // A live cell ends in the middle of its streams: what was delivered of them counts, not only the whole ones.
  const units = load.kind === 'live' ? result.totalEvents / (workload.chunks + FRAMING_EVENTS) : result.total
  const micros = (seconds: number): number | undefined =>
    stack.pid === undefined || units === 0 ? undefined : (seconds * 1e6) / units
  const perSecond = result.requests / result.seconds
  return {
    perSecond,
    chunksPerSecond: chunkRate(workload, load, result, perSecond),
    p50Ms: result.p50,
    p99Ms: result.p99,
    firstChunkP50Ms: workload.stream ? result.firstByteP50 : null,
    firstChunkP99Ms: workload.stream ? result.firstByteP99 : null,
    errors: result.errors,
    firstError: result.firstError,
    unanswered: result.unanswered,
    cpuMicros: micros(cpu.stackSeconds),
    busiestCpuMicros: micros(cpu.busiestSeconds),
    coresUsed: stack.pid === undefined ? undefined : cpu.stackSeconds / cpu.elapsedSeconds,
    othersCores: cpu.othersCores,
    spread: [perSecond, perSecond],
  }
}

/** Live streams count what arrived, event by event; of streams without gaps every whole one counts with all of its chunks. */
function chunkRate(workload: Workload, load: Load, result: LoadResult, perSecond: number): number | undefined {
  if (!workload.stream) return undefined
  if (load.kind !== 'live') return perSecond * workload.chunks
  return (result.events / result.seconds) * (workload.chunks / (workload.chunks + FRAMING_EVENTS))
}
