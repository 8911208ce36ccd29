/** Runs the built command line as a user does, and keeps what it prints. */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { reapAtEnd } from '../support/reaper.ts'

export const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))

export interface Run {
  stdout(): string
  stderr(): string
  /** The exit code; `null` if a signal ended it. */
  readonly exited: Promise<number | null>
  signal(name: NodeJS.Signals): void
}

/** `node`: absent, the one that runs the tests. Of the surroundings nothing that configures a gateway or a provider is left. */
export function runProgram(
  args: readonly string[],
  { env = {}, node = process.execPath }: { env?: Readonly<Record<string, string>>; node?: string } = {},
): Run {
  const child = spawn(node, [program, ...args], {
    env: { ...withoutSettings(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const dismiss = reapAtEnd({ pid: child.pid })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text
  })
  return {
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    signal: (name) => child.kill(name),
    exited: new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        dismiss()
        resolve(code)
      })
    }),
  }
}

/** Variables of the surroundings that would bring a provider to life. */
const ofProviders = /_API_KEY$|_BASE_URL$|^OLLAMA_HOST$|^AWS_/

function withoutSettings(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(TOLLGATE|KONG)_/.test(name) && !ofProviders.test(name)),
  )
}

/** The same variables, set to nothing: for those who add to the surroundings and cannot take away. */
export function noProviders(): Record<string, string> {
  return Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => ofProviders.test(name))
      .map((name) => [name, '']),
  )
}
