/** Gets a program from Debian's packages where it is missing and the bench may install it. */

import { execFileSync, spawnSync } from 'node:child_process'
import { Unavailable } from './stack.ts'

/** Makes sure that `command` can be run; throws Unavailable where it is missing and cannot be installed. */
export function ensureDebianProgram(command: string, packageName: string): void {
  if (isInstalled(command)) return
  const hint = `${command} is missing: apt-get install ${packageName}`
  if (process.getuid?.() !== 0 || !isInstalled('apt-get')) throw new Unavailable(hint)
  process.stderr.write(`installing ${packageName} with apt-get\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env })
    // RUNLEVEL=1 keeps invoke-rc.d from starting the service that the package brings: the bench runs its own.
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', packageName], {
      stdio: 'ignore',
      env: { ...env, RUNLEVEL: '1' },
    })
  } catch {
    throw new Unavailable(`${hint} (tried, failed)`)
  }
  if (!isInstalled(command)) throw new Unavailable(hint)
}

/** Whether `command` is on the path. */
export function isInstalled(command: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command], { stdio: 'ignore' }).status === 0
}
