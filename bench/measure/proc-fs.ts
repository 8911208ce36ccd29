/** Reads CPU time and memory of processes and cores from /proc, which is the only place that knows them for every stack alike. */

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** One live process. */
export interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  /** Clock ticks since boot at which it started: with the pid, a name that is never used twice. */
  readonly startTicks: number
  /** User and system time, in seconds. */
  readonly cpuSeconds: number
  /** The same of children that have ended and been waited for. */
  readonly childCpuSeconds: number
  readonly rssBytes: number
}

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
const PAGE = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }))

/** Facts of one process; undefined once it is gone. */
export function readProcess(pid: number): ProcessFacts | undefined {
  return readStat(pid, `/proc/${pid}/stat`)
}

/** CPU seconds of every thread of some processes, by thread id. */
export function threadCpuSeconds(tree: readonly ProcessFacts[]): Map<number, number> {
  const threads = tree.flatMap(({ pid }) => listNumbers(`/proc/${pid}/task`).map((tid) => [pid, tid] as const))
  const facts = threads.map(([pid, tid]) => readStat(tid, `/proc/${pid}/task/${tid}/stat`))
  return new Map(facts.filter((thread) => thread !== undefined).map((thread) => [thread.pid, thread.cpuSeconds]))
}

function readStat(pid: number, file: string): ProcessFacts | undefined {
  let text: string
  try {
    text = readFileSync(file, 'latin1')
  } catch {
    return undefined
  }
  // The command name may hold spaces and parentheses: fields are counted from the last parenthesis (proc(5): field 3 is first).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3])
  return {
    pid,
    parent: field(4),
    startTicks: field(22),
    cpuSeconds: (field(14) + field(15)) / TICKS,
    childCpuSeconds: (field(16) + field(17)) / TICKS,
    rssBytes: field(24) * PAGE,
  }
}

/** A process and all that descend from it, the root first; empty once the root is gone. */
export function processTree(root: number): ProcessFacts[] {
  const all = listNumbers('/proc')
    .map(readProcess)
    .filter((facts) => facts !== undefined)
  const tree = all.filter((facts) => facts.pid === root)
  for (const member of tree) tree.push(...all.filter((facts) => facts.parent === member.pid))
  return tree
}

/** CPU seconds of a tree, its ended and waited-for members included. */
export function treeCpuSeconds(tree: readonly ProcessFacts[]): number {
  return tree.reduce((sum, facts) => sum + facts.cpuSeconds + facts.childCpuSeconds, 0)
}

/** Seconds that all cores together spent on processes or lost to the hypervisor, interrupts left out. */
export function machineBusySeconds(): number {
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = (
    /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1] ?? ''
  )
    .split(' ')
    .map(Number)
  return (user + nice + system + steal) / TICKS
}

function listNumbers(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}
