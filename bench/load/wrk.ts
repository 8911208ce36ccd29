/** Drives wrk, the load generator that costs its core least, and brings its numbers into the form of the own client's. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { runProcess } from '../measure/processes.ts'
import type { Target } from '../stacks/stack.ts'
import type { LoadResult } from './job.ts'

/** A closed loop by wrk; `seconds` is whole, since wrk takes no fractions. */
export interface WrkOptions {
  readonly target: Target
  readonly body: string
  readonly connections: number
  readonly seconds: number
  readonly cores: string
  readonly folder: string
}

/** wrk's numbers; `bytes` counts whole answers with their heads, over `requests` of them. */
export interface WrkResult extends LoadResult {
  readonly bytes: number
}

const MARK = 'bench-result '
const summarySchema = z.object({
  requests: z.number(),
  bytes: z.number(),
  micros: z.number(),
  p50: z.number(),
  p99: z.number(),
  statusErrors: z.number(),
  socketErrors: z.number(),
})

const SCRIPT = `
local file = io.open(os.getenv("BENCH_BODY"), "rb")
wrk.method = "POST"
wrk.body = file:read("*a")
file:close()
for line in string.gmatch(os.getenv("BENCH_HEADERS"), "[^\\n]+") do
  local name, value = string.match(line, "^([^:]+): (.*)$")
  wrk.headers[name] = value
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('${MARK}{"requests":%d,"bytes":%d,"micros":%d,"p50":%f,"p99":%f,"statusErrors":%d,"socketErrors":%d}\\n',
    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99),
    e.status, e.connect + e.read + e.write + e.timeout))
end
`

/** Runs wrk with one thread for `seconds`; throws an Error if wrk fails. */
export async function runWrk(options: WrkOptions): Promise<WrkResult> {
  const script = join(options.folder, 'wrk.lua')
  const bodyFile = join(options.folder, 'wrk-body.json')
  writeFileSync(script, SCRIPT)
  writeFileSync(bodyFile, options.body)
  const headers = Object.entries({ 'Content-Type': 'application/json', ...options.target.headers })
  const stdout = await runProcess({
    command: 'wrk',
    args: [
      ...['-t', '1', '-c', String(options.connections), '-d', `${options.seconds}s`, '--timeout', '10s', '-s', script],
      `http://127.0.0.1:${options.target.port}${options.target.path}`,
    ],
    cores: options.cores,
    env: { BENCH_BODY: bodyFile, BENCH_HEADERS: headers.map(([name, value]) => `${name}: ${value}`).join('\n') },
  })
  const line = stdout.split('\n').find((text) => text.startsWith(MARK))
  if (line === undefined) throw new Error(`wrk printed no result: ${stdout.slice(0, 300)}`)
  const summary = summarySchema.parse(JSON.parse(line.slice(MARK.length)))
  const good = summary.requests - summary.statusErrors
  const errors = summary.statusErrors + summary.socketErrors
  return {
    requests: good,
    total: good,
    errors,
    firstError:
      errors > 0 ? `${summary.statusErrors} answers without status 2xx or 3xx, ${summary.socketErrors} broken` : null,
    seconds: summary.micros / 1e6,
    p50: good > 0 ? summary.p50 / 1000 : null,
    p99: good > 0 ? summary.p99 / 1000 : null,
    firstByteP50: null,
    firstByteP99: null,
    events: 0,
    totalEvents: 0,
    unanswered: 0,
    bytes: summary.bytes,
  }
}
