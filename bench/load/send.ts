/** Sends a load to a stack with the generator that suits it: wrk where answers need only be counted, else the own client. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bodyOf, type CellContext, type Prepared } from '../measure/context.ts'
import { runProcess } from '../measure/processes.ts'
import type { Load, Workload } from '../workloads.ts'
import { type Job, type LoadResult, resultSchema } from './job.ts'
import { requestBytes } from './once.ts'
import { runWrk } from './wrk.ts'

/** Sends a load and returns what came back; throws an Error if the generator fails or answers are incomplete. */
export async function send(
  workload: Workload,
  load: Load,
  prepared: Prepared,
  context: CellContext,
): Promise<LoadResult> {
  return load.kind === 'closed' && context.useWrk
    ? await sendByWrk(workload, load, prepared, context)
    : await sendByClient(workload, load, prepared, context)
}

async function sendByWrk(
  workload: Workload,
  load: Load,
  prepared: Prepared,
  context: CellContext,
): Promise<LoadResult> {
  const result = await runWrk({
    target: prepared.target,
    body: bodyOf(workload),
    connections: load.connections,
    seconds: load.seconds,
    cores: context.cores.load,
    folder: context.folder,
  })
  // wrk sees that an answer ends, not what it holds: answers that lack a part would show in their mean size.
  if (result.errors === 0 && result.bytes < result.total * prepared.answerBytes) {
    throw new Error('answers are shorter than the one that was checked')
  }
  return result
}

async function sendByClient(
  workload: Workload,
  load: Load,
  prepared: Prepared,
  context: CellContext,
): Promise<LoadResult> {
  const requestFile = join(context.folder, 'request')
  writeFileSync(requestFile, requestBytes(prepared.target, bodyOf(workload)))
  const args = [context.client, JSON.stringify(jobOf(workload, load, prepared.target.port, requestFile))]
  const stdout = await runProcess({ command: context.node, args, cores: context.cores.load })
  return resultSchema.parse(JSON.parse(stdout))
}

function jobOf(workload: Workload, load: Load, port: number, requestFile: string): Job {
  const { connections, seconds } = load
  const common = { port, requestFile, seconds, connections }
  const periodMs = workload.chunks * workload.gapMs
  switch (load.kind) {
    case 'open':
      return { ...common, kind: 'open', warmSeconds: 0.5, perSecond: load.perSecond ?? 0 }
    case 'live':
      // The first streams start one after the other over one period: the window opens when all have been alive for a while.
      return { ...common, kind: 'live', warmSeconds: (2 * periodMs) / 1000, periodMs }
    default:
      return { ...common, kind: 'closed', warmSeconds: 0.3 }
  }
}
