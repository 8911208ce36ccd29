/** The facts of the machine and the programs that numbers mean nothing without. */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { arch, cpus, release, totalmem } from 'node:os'
import type { CorePlan } from './cores.ts'

/** Name and value, in the order of print. */
export type Facts = readonly (readonly [string, string])[]

/** Facts of this machine, with the versions of the programs given by their version command. */
export function machineFacts(node: string, cores: CorePlan): Facts {
  const model = cpus()[0]?.model ?? 'unknown'
  return [
    ['Date', new Date().toISOString().slice(0, 16).replace('T', ' ')],
    ['CPU', `${model.trim()}, ${cores.count} cores usable, ${arch()}${isVirtual() ? ', virtual machine' : ''}`],
    ['Memory', `${Math.round(totalmem() / 2 ** 30)} GB`],
    ['Kernel', `Linux ${release()}`],
    ['Node', firstLine(node, ['--version'])],
    ['nginx', firstLine('nginx', ['-v']).replace('nginx version: ', '')],
    ['wrk', firstLine('wrk', ['-v'])],
    [
      'Cores',
      `gateway ${cores.gateway}, mock upstream ${cores.upstream}, load ${cores.load}, two workers ${cores.gatewayPair}`,
    ],
  ]
}

function firstLine(command: string, args: readonly string[]): string {
  try {
    // Both streams are read, and the code ignored: nginx writes its version to standard error, wrk ends with 1.
    const text = execFileSync('sh', ['-c', '"$@" 2>&1; true', 'sh', command, ...args], { encoding: 'utf8' })
    const line = text.split('\n')[0]?.trim() ?? ''
    return line.includes('not found') ? 'not installed' : line.replace(/ Copyright.*/, '')
  } catch {
    return 'not installed'
  }
}

function isVirtual(): boolean {
  return readFileSync('/proc/cpuinfo', 'latin1').includes(' hypervisor ')
}
