/**
 * The bench: starts a mock upstream, then every stack in front of it, sends all the same load, and compares.
 * `npm run bench`, or `node bench/run.ts --help` after a build.
 */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Cell } from './measure/cell.ts'
import type { CellContext } from './measure/context.ts'
import { pinSelf, planCores } from './measure/cores.ts'
import { machineFacts } from './measure/machine.ts'
import { memoryOf } from './measure/memory.ts'
import { isInterrupted, startProcess, stopAll, stopAllOnExit } from './measure/processes.ts'
import { choose, type Options, readOptions, USAGE } from './options.ts'
import { report } from './report.ts'
import type { Results } from './results.ts'
import { runPair, startStacks } from './run-stacks.ts'
import { runWorkload, say } from './run-workloads.ts'
import { ensureDebianProgram } from './stacks/debian.ts'
import { direct } from './stacks/direct.ts'
import { nginx } from './stacks/nginx.ts'
import { portkey } from './stacks/portkey.ts'
import { type Stack, type StackContext, Unavailable } from './stacks/stack.ts'
import { tollgate } from './stacks/tollgate.ts'
import { pairWorkload, quick, workloads } from './workloads.ts'

const stacks: readonly Stack[] = [direct, nginx, portkey, tollgate]
const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(here)
const cache = join(here, '.cache')

async function main(): Promise<void> {
  const names = [...stacks, ...workloads, pairWorkload].map((item) => item.name)
  const options = readOptions(process.argv.slice(2), names)
  if (options === 'help') {
    process.stdout.write(USAGE)
    return
  }
  const results = await run(options)
  if (isInterrupted()) return
  const text = report(results)
  const isFull = process.argv.length === 2
  const file = isFull ? join(here, 'RESULTS.md') : join(cache, 'last.md')
  writeFileSync(file, text)
  process.stdout.write(text)
  say(`written to ${file}`)
}

async function run(options: Options): Promise<Results> {
  const startedAt = Date.now()
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'))
  stopAllOnExit(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(cache, { recursive: true })
  const cores = planCores()
  pinSelf(cores.load)
  const remarks: string[] = []
  const useWrk = hasWrk(remarks)
  // The project's own Node, whatever Node runs this file: all programs on the same one.
  const own = join(root, 'node_modules/.bin/node')
  const node = existsSync(own) ? own : process.execPath
  const mock = startProcess({ command: node, args: [join(here, 'mock-upstream.ts')], cores: cores.upstream })
  const upstreamPort = z.object({ port: z.number() }).parse(JSON.parse(await mock.firstLine)).port
  const client = join(here, 'load/client.ts')
  const context: CellContext = { node, cores, folder, upstreamPid: mock.pid, useWrk, client }
  const stackContext: StackContext = { node, cores, upstreamPort, folder, cache, root, workers: 1 }

  const plan = [...workloads, pairWorkload]
  const chosen = choose(options.quick ? quick(plan) : plan, options.only)
  const entries = await startStacks(choose(stacks, options.only), stackContext)
  const up = entries.flatMap(({ name, running }) => (running === undefined ? [] : [{ name, running }]))
  const cells: Cell[] = []
  for (const workload of chosen) {
    if (workload.name !== pairWorkload.name) cells.push(...(await runWorkload(workload, up, context)))
  }
  const facts = entries.map((entry) => ({ ...entry.facts, loaded: entry.running && memoryOf(entry.running) }))
  const pairPlan = chosen.find((workload) => workload.name === pairWorkload.name)
  const one = up.find(({ name }) => name === tollgate.name)?.running
  const pair = pairPlan && one && (await runPair(one, pairPlan, stackContext, context))
  await stopAll()
  const command = ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ')
  const seconds = (Date.now() - startedAt) / 1000
  return { facts: machineFacts(node, cores), cores, stacks: facts, cells, pair, command, seconds, remarks }
}

function hasWrk(remarks: string[]): boolean {
  try {
    ensureDebianProgram('wrk', 'wrk')
    return true
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    remarks.push(`${error.message}. Closed loops were driven by the bench's own client, which costs its core more.`)
    return false
  }
}

try {
  await main()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
} finally {
  await stopAll()
}
