/** Decides which core does what, so that the measured process shares its core with nothing of the bench. */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Core lists as `taskset -c` takes them. */
export interface CorePlan {
  /** The one core of the measured gateway. */
  readonly gateway: string
  /** Cores of the two-worker cell. */
  readonly gatewayPair: string
  readonly upstream: string
  readonly load: string
  /** Whether the two-worker cell has two cores that neither mock nor load use. */
  readonly pairIsFree: boolean
  readonly count: number
}

/** A plan for the cores that this process may use: 2 are enough for one worker, 4 for an undisturbed pair. */
export function planCores(): CorePlan {
  const allowed = readAllowedCores()
  const [first = 0, second = first, third = second, fourth = third] = allowed
  const free = allowed.length >= 4
  return {
    gateway: String(first),
    gatewayPair: `${first},${second}`,
    upstream: String(free ? third : allowed.length === 3 ? third : second),
    load: String(free ? fourth : second),
    pairIsFree: free,
    count: allowed.length,
  }
}

/** Moves this process, all of its threads, to `cores`: what the bench itself does must not disturb the gateway's core. */
export function pinSelf(cores: string): void {
  execFileSync('taskset', ['-a', '-c', '-p', cores, String(process.pid)], { stdio: 'ignore' })
}

function readAllowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0'
  return list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })
}
