/** Cleans up after test processes that are killed, in which exit handlers never run: Vitest ends its workers so. */

import { spawn } from 'node:child_process'

/** Waits until its input closes, which the kernel does whatever this process dies of. */
const script = 'read -r nothing; [ -z "$1" ] || kill -9 "$1" 2>/dev/null; [ -z "$2" ] || rm -rf "$2"'

/**
 * Kills the process and removes the folder once this process is gone.
 *
 * @returns a function that calls it off, for when both are gone already
 */
export function reapAtEnd({
  pid,
  folder,
}: {
  readonly pid?: number | undefined
  readonly folder?: string
}): () => void {
  const reaper = spawn('sh', ['-c', script, 'reaper', String(pid ?? ''), folder ?? ''], {
    // Ctrl-C in the terminal is meant for the tests and would end the reaper before them.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  reaper.unref()
  if ('unref' in reaper.stdin && typeof reaper.stdin.unref === 'function') reaper.stdin.unref()
  reaper.stdin.once('error', () => undefined)
  return () => reaper.kill('SIGKILL')
}
