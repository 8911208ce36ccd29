/** The load client's process: one job as JSON in the first argument, one result as JSON on standard output. */

import { readFileSync } from 'node:fs'
import { type Job, jobSchema, type LoadResult } from './job.ts'
import { closedLoop, openLoop } from './loops.ts'

async function run(job: Job, request: Buffer): Promise<LoadResult> {
  if (job.kind === 'open') return await openLoop(job, request)
  return await closedLoop(job, request, job.kind === 'live' ? job.periodMs : 0)
}

const job = jobSchema.parse(JSON.parse(process.argv[2] ?? ''))
const result = await run(job, readFileSync(job.requestFile))
process.stdout.write(`${JSON.stringify(result)}\n`)
