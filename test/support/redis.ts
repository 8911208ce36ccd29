/** A real Redis for tests of what nodes share; every start is an empty one of its own. */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { reapAtEnd } from './reaper.ts'
import { tempDir } from './temp-dir.ts'

export interface TestRedis {
  readonly port: number
  /** As `redis://127.0.0.1:1234`. */
  readonly url: string
  stop(): Promise<void>
}

const run = promisify(execFile)
/** Tries with another port if somebody takes the one that was free. */
const tries = 5

/**
 * Starts a Redis without persistence on a free port of 127.0.0.1. Uses `REDIS_SERVER`, or `redis-server` of the path,
 * or installs Debian's if this is root.
 *
 * @throws if there is no Redis and none can be installed, or if it does not start
 */
export async function startRedis(): Promise<TestRedis> {
  const binary = process.env.REDIS_SERVER || (await findOnPath('redis-server')) || (await installOnce())
  let output = ''
  for (let attempt = 0; attempt < tries; attempt++) {
    const port = await freePort()
    const result = await start(binary, port)
    if (typeof result !== 'string') return result
    output = result
    if (!/address already in use/i.test(output)) break
  }
  throw new Error(`${binary} did not start:\n${output}`)
}

/** The running server, or what it printed before it ended. */
async function start(binary: string, port: number): Promise<TestRedis | string> {
  const folder = tempDir()
  const options = ['--bind', '127.0.0.1', '--dir', folder.path, '--save', '', '--appendonly', 'no', '--daemonize', 'no']
  const child = spawn(binary, ['--port', String(port), ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  const dismiss = reapAtEnd({ pid: child.pid })
  const ended = Promise.withResolvers<void>()
  child.once('exit', () => ended.resolve())
  child.once('error', () => ended.resolve())

  let output = ''
  const ready = Promise.withResolvers<boolean>()
  const listen = (piece: Buffer) => {
    output += piece.toString()
    if (/ready to accept connections/i.test(output)) ready.resolve(true)
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  child.once('error', (error) => {
    output += error.message
    ready.resolve(false)
  })
  // 'close' comes after the last output, 'exit' may come before it.
  child.once('close', () => ready.resolve(false))

  const tidy = () => {
    dismiss()
    folder.remove()
  }
  if (!(await ready.promise)) {
    tidy()
    return output
  }
  child.stdout.off('data', listen).resume()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM')
      await ended.promise
      tidy()
    },
  }
}

async function findOnPath(name: string): Promise<string | null> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name)
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (folder !== '' && found) return file
  }
  return null
}

let installing: Promise<string> | undefined

/** Debian's package manager refuses to run twice at once. */
function installOnce(): Promise<string> {
  installing ??= install()
  return installing
}

async function install(): Promise<string> {
  const advice = 'install redis-server, or name its binary in REDIS_SERVER'
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error(`there is no redis-server; ${advice}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    await run('apt-get', ['update'], { env })
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], { env })
  } catch (cause) {
    throw new Error(`there is no redis-server, and it could not be installed; ${advice}`, { cause })
  }
  // The package starts a service on the standard port; it was not there before and nobody wants it.
  const service = spawn('service', ['redis-server', 'stop'], { stdio: 'ignore' })
  await Promise.race([once(service, 'exit'), once(service, 'error')])
  const binary = await findOnPath('redis-server')
  if (binary === null) throw new Error(`redis-server was installed, and is not on the path; ${advice}`)
  return binary
}
