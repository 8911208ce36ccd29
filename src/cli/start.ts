/** `tollgate start`: reads settings and configuration, serves, follows the file, and stops when told to. */

import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { reportProblems } from '../config/report.ts'
import { loadRegistry } from '../server/load-plugins.ts'
import { GatewayNode } from '../server/node.ts'
import { readSettings, type Settings } from '../settings/index.ts'
import { banner } from './banner.ts'
import { configSource } from './config-source.ts'
import { followFile } from './follow-file.ts'
import { version } from './version.ts'

export async function start(argv: readonly string[], onServing: () => void): Promise<number> {
  const read = readSettings({ argv: [...argv], env: process.env, readFile: (path) => readFileSync(path, 'utf8') })
  if (!read.ok) {
    for (const problem of read.problems) console.error(`tollgate: ${problem}`)
    return 1
  }
  try {
    const source = configSource(read.settings)
    const settings =
      source.providers === null || read.given.has('proxy_listen') ? read.settings : onLoopback(read.settings)
    const registry = await loadRegistry(settings)
    const node = new GatewayNode({ settings, registry, version, workers: workerCount(settings), env: process.env })
    for (const warning of read.warnings) node.logger.warn(warning)
    const applied = await node.apply(source.text, { env: source.expands ? process.env : {} })
    if (applied.outcome === 'refused') {
      console.error(reportProblems(applied.result.problems, source.name))
      return 1
    }
    if (applied.outcome === 'failed') {
      console.error(`${source.name}: ${applied.message}`)
      return 1
    }
    const addresses = await node.listen()
    if (settings.ready_json) console.log(JSON.stringify({ ready: true, ...addresses, pid: process.pid }))
    else console.log(banner({ version, addresses, source, workers: workerCount(settings) }))
    onServing()
    const follower = source.file === null ? null : followFile(source.file, node)
    await stopSignal()
    follower?.close()
    await node.close()
    return 0
  } catch (error) {
    console.error(`tollgate: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

/** Without a configuration nobody is asked who they are: then only this machine may use the keys of the environment. */
function onLoopback(settings: Settings): Settings {
  return { ...settings, proxy_listen: settings.proxy_listen.map((listener) => ({ ...listener, host: '127.0.0.1' })) }
}

/** `auto`: one for each core, where the system lets several threads listen on one port. */
function workerCount(settings: Settings): number {
  const { nginx_worker_processes: wanted } = settings
  if (wanted !== 'auto') return wanted
  return process.platform === 'linux' ? availableParallelism() : 1
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    const onSignal = () => {
      if (asked) process.exit(1)
      asked = true
      resolve()
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}
