/** The built gateway as a process of its own, as an operator would run it. */

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { reapAtEnd } from './reaper.ts'
import { tempDir } from './temp-dir.ts'

export interface GatewayOptions {
  /** Text of the declarative file. */
  readonly config?: string
  /** Over the surroundings, from which all `TOLLGATE_*` and `KONG_*` variables are taken out. */
  readonly env?: Readonly<Record<string, string>>
  /** Arguments after `start`. */
  readonly args?: readonly string[]
  /** Milliseconds to be ready in; absent: 30000. */
  readonly timeout?: number
  /** Absent: the built gateway. */
  readonly program?: string
}

export interface Gateway {
  /** URLs of each listener, as `http://127.0.0.1:1234`. */
  readonly proxy: readonly string[]
  readonly admin: readonly string[]
  readonly status: readonly string[]
  readonly pid: number
  /** The declarative file that it was started with; rewrite it to test a reload. */
  readonly configPath: string
  /** All that it printed so far. */
  stdout(): string
  stderr(): string
  signal(name: NodeJS.Signals): void
  /** Resolves once the process is gone; `null` if a signal ended it. */
  readonly exited: Promise<number | null>
  /** Asks it to end, insists after 10 seconds, and resolves with its exit code. */
  stop(): Promise<number | null>
}

const ready = z.object({
  ready: z.literal(true),
  proxy: z.array(z.string()),
  admin: z.array(z.string()),
  status: z.array(z.string()),
  pid: z.number(),
})
const built = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const patience = 10_000

/**
 * Starts the built gateway on free ports and waits until it is ready.
 *
 * @throws with all that it printed, if it ends or takes too long before it is ready
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { config, args = [], timeout = 30_000, program = built } = options
  const folder = tempDir()
  const configPath = join(folder.path, 'kong.yaml')
  if (config !== undefined) writeFileSync(configPath, config)
  const fromConfig = config === undefined ? {} : { TOLLGATE_DECLARATIVE_CONFIG: configPath }
  const child = spawn(process.execPath, [program, 'start', ...args], {
    env: { ...surroundings(), ...ownSettings, ...fromConfig, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  const kill = () => child.kill('SIGKILL')
  const dismiss = reapAtEnd({ pid: child.pid })
  const exited = Promise.withResolvers<number | null>()
  // 'close' comes after the last output, 'exit' may come before it.
  child.once('close', (code) => {
    dismiss()
    folder.remove()
    exited.resolve(code)
  })

  const told = Promise.withResolvers<z.infer<typeof ready>>()
  const fail = (why: string) => told.reject(new Error(`the gateway ${why}\n${printed.stdout}${printed.stderr}`))
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text
    const line = printed.stdout.split('\n').slice(0, -1).map(parseReady).find(Boolean)
    if (line) told.resolve(line)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text
  })
  child.once('error', (error) => fail(`could not be run: ${error.message}`))
  child.once('close', (code, signal) => fail(`ended with ${signal ?? code} before it was ready`))
  const late = setTimeout(() => {
    fail(`was not ready after ${timeout} ms`)
    kill()
  }, timeout)
  const { proxy, admin, status, pid } = await told.promise.finally(() => clearTimeout(late))

  return {
    proxy,
    admin,
    status,
    pid,
    configPath,
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    signal: (name) => child.kill(name),
    exited: exited.promise,
    async stop() {
      child.kill('SIGTERM')
      const insist = setTimeout(kill, patience)
      return exited.promise.finally(() => clearTimeout(insist))
    },
  }
}

const ownSettings = {
  TOLLGATE_PROXY_LISTEN: '127.0.0.1:0',
  TOLLGATE_ADMIN_LISTEN: '127.0.0.1:0',
  TOLLGATE_STATUS_LISTEN: '127.0.0.1:0',
  TOLLGATE_READY_JSON: '1',
}

function surroundings(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(TOLLGATE|KONG)_/.test(name)))
}

function parseReady(line: string): z.infer<typeof ready> | null {
  if (!line.startsWith('{')) return null
  try {
    return ready.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}
