/** Starts the bench's processes, each pinned to its cores, and ends every one of them by its pid, whatever happens. */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ProcessFacts, processTree, readProcess } from './proc-fs.ts'

/** How to start a process. */
export interface StartOptions {
  readonly command: string
  readonly args: readonly string[]
  /** Cores as `taskset -c` takes them. */
  readonly cores: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** A process of the bench. */
export interface Managed {
  readonly pid: number
  /** Resolves with the exit code (null after a signal) and what it had written to standard output. */
  readonly exited: Promise<{ code: number | null; stdout: string }>
  /** The first line of standard output; rejects if the process ends before. */
  readonly firstLine: Promise<string>
  /** The end of what it wrote, for messages about a failed start. */
  tail(): string
  isRunning(): boolean
  stop(): Promise<void>
}

const TAIL_BYTES = 1500
const STOP_MS = 4000
const running = new Set<number>()
let interrupted = false
// A bench that is killed outright can end nobody: then the kernel tells its children to end.
const PARENT_DEATH = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM'] : []

/** Whether a signal has told this run to end: what it would still find out is worth nothing. */
export function isInterrupted(): boolean {
  return interrupted
}

/** Starts a process; throws an Error if the command cannot be run, or the run has been interrupted. */
export function startProcess(options: StartOptions): Managed {
  if (interrupted) throw new Error('interrupted')
  const [command = 'taskset', ...args] = [
    ...PARENT_DEATH,
    'taskset',
    '-c',
    options.cores,
    options.command,
    ...options.args,
  ]
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_ENV: 'production', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  const pid = child.pid
  if (pid === undefined) throw new Error(`cannot start ${options.command}`)
  running.add(pid)
  let stdout = ''
  let tail = ''
  const line = Promise.withResolvers<string>()
  const exit = Promise.withResolvers<{ code: number | null; stdout: string }>()
  line.promise.catch(() => undefined)
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (stdout.length < 1_000_000) stdout += text
    tail = (tail + text).slice(-TAIL_BYTES)
    const end = stdout.indexOf('\n')
    if (end >= 0) line.resolve(stdout.slice(0, end))
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-TAIL_BYTES)
  })
  child.on('close', (code) => {
    running.delete(pid)
    line.reject(new Error(`${options.command} ended with ${code}: ${tail}`))
    exit.resolve({ code, stdout })
  })
  return {
    pid,
    exited: exit.promise,
    firstLine: line.promise,
    tail: () => tail,
    isRunning: () => running.has(pid),
    stop: () => stopTree(pid),
  }
}

/** Runs a process to its end and returns its standard output; throws an Error on a non-zero code. */
export async function runProcess(options: StartOptions): Promise<string> {
  const managed = startProcess(options)
  const { code, stdout } = await managed.exited
  if (code !== 0) throw new Error(`${options.command} ended with ${code}: ${managed.tail()}`)
  return stdout
}

/** Ends every process that is still running, politely and then not. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map(stopTree))
}

/** Makes sure that no way out of this process leaves another behind. */
export function stopAllOnExit(cleanUp: () => void): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      interrupted = true
      void stopAll().finally(() => process.exit(code))
    })
  }
  process.on('exit', () => {
    for (const pid of running) for (const member of processTree(pid)) kill(member, 'SIGKILL')
    cleanUp()
  })
}

async function stopTree(pid: number): Promise<void> {
  const tree = processTree(pid)
  const root = tree[0]
  if (root === undefined || !running.has(pid)) return
  kill(root, 'SIGTERM')
  const deadline = Date.now() + STOP_MS
  while (tree.some(isAlive) && Date.now() < deadline) await sleep(20)
  for (const member of tree) kill(member, 'SIGKILL')
}

function isAlive(member: ProcessFacts): boolean {
  return readProcess(member.pid)?.startTicks === member.startTicks
}

/** Signals a process only if it is still the one that was seen: a pid may have gone to somebody else. */
function kill(member: ProcessFacts, signal: NodeJS.Signals): void {
  if (!isAlive(member)) return
  try {
    process.kill(member.pid, signal)
  } catch {
    // It ended in between, which is all that was wanted.
  }
}
