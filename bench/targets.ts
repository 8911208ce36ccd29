/** The promises that the project makes about its speed, each with the cells that decide it. */

import type { Numbers } from './measure/cell.ts'
import { isNoisy } from './report-cells.ts'
import { numbersOf, type Results, scalingByCpu, scalingByRate } from './results.ts'
import { fixed, whole } from './tables.ts'

/** A target and what became of it. */
export interface Verdict {
  readonly target: string
  readonly measured: string
  readonly outcome: string
}

/** A measured value beside its limit. */
interface Finding {
  readonly target: string
  readonly value: number | undefined
  readonly limit: number
  readonly atLeast: boolean
  readonly text: (value: number) => string
  /** The cells that decide it. */
  readonly cells: readonly (Numbers | undefined)[]
}

const BUSY = { kind: 'closed', connections: 32 } as const
const ALONE = { kind: 'closed', connections: 1 } as const
const FIRST_CHUNK = { kind: 'first-chunk', connections: 1 } as const
const LIVE = { kind: 'live', connections: 250 } as const
const MB = 1e6

/** All targets, decided by the cells of a run; an outcome from a cell that others disturbed says so. */
export function judge(results: Results): Verdict[] {
  return [...throughput(results), ...latency(results), sustained(results), memory(results), twoWorkers(results)]
    .concat(translation(results))
    .map(decide)
}

function decide({ target, value, limit, atLeast, text, cells }: Finding): Verdict {
  if (value === undefined) return { target, measured: '-', outcome: 'not measured' }
  const reached = atLeast ? value >= limit : value <= limit
  const isDoubtful = cells.some((numbers) => numbers !== undefined && isNoisy(numbers))
  return { target, measured: text(value), outcome: `${reached ? 'reached' : 'missed'}${isDoubtful ? ' (noisy!)' : ''}` }
}

function throughput(results: Results): Finding[] {
  const json = numbersOf(results, 'tollgate', 'json-1k', BUSY)
  const nginx = numbersOf(results, 'nginx', 'json-1k', BUSY)
  const portkey = numbersOf(results, 'portkey', 'json-1k', BUSY)
  const stream = numbersOf(results, 'tollgate', 'sse', BUSY)
  const byCpu = (base: Numbers | undefined, show: (value: number) => string): string => {
    const value = divide(base?.cpuMicros, json?.cpuMicros)
    return value === undefined ? '' : ` (${show(value)} by CPU per request)`
  }
  return [
    {
      target: '8x the JSON requests/s of Portkey (1 KB, 32 connections)',
      value: divide(json?.perSecond, portkey?.perSecond),
      limit: 8,
      atLeast: true,
      text: (value) => times(value) + byCpu(portkey, times),
      cells: [json, portkey],
    },
    {
      target: '20% of the JSON requests/s of nginx (1 KB, 32 connections)',
      value: divide(json?.perSecond, nginx?.perSecond),
      limit: 0.2,
      atLeast: true,
      text: (value) => percent(value) + byCpu(nginx, percent),
      cells: [json, nginx],
    },
    {
      target: '100,000 SSE chunks/s (100-chunk streams without delay, 32 connections)',
      value: stream?.chunksPerSecond,
      limit: 100_000,
      atLeast: true,
      text: whole,
      cells: [stream],
    },
  ]
}

function latency(results: Results): Finding[] {
  const [ours, bare] = ['tollgate', 'direct'].map((stack) => numbersOf(results, stack, 'json-1k', ALONE))
  const [first, bareFirst] = ['tollgate', 'direct'].map((stack) => numbersOf(results, stack, 'sse', FIRST_CHUNK))
  return [
    {
      target: 'Adds less than 1 ms at the median (JSON 1 KB, 1 connection)',
      value: subtract(ours?.p50Ms, bare?.p50Ms),
      limit: 1,
      atLeast: false,
      text: milliseconds,
      cells: [ours, bare],
    },
    {
      target: 'Adds less than 1 ms to the first chunk at the median (1 connection)',
      value: subtract(first?.firstChunkP50Ms, bareFirst?.firstChunkP50Ms),
      limit: 1,
      atLeast: false,
      text: milliseconds,
      cells: [first, bareFirst],
    },
  ]
}

function sustained(results: Results): Finding {
  const ours = numbersOf(results, 'tollgate', 'live', LIVE)
  const bare = numbersOf(results, 'direct', 'live', LIVE)
  // What the mock and the load client manage without any gateway is all that a gateway can be asked to sustain.
  const offered = Math.min(25_000, bare?.chunksPerSecond ?? 25_000)
  return {
    target: 'Sustains 250 live streams of 100 chunks/s (97% of what is offered)',
    value: divide(ours?.chunksPerSecond, offered),
    limit: 0.97,
    atLeast: true,
    text: (value) =>
      `${whole(ours?.chunksPerSecond)} chunks/s, ${percent(value)} of the ${whole(offered)} offered, on ${percent(ours?.coresUsed ?? 0)} of its core`,
    cells: [ours, bare],
  }
}

function memory(results: Results): Finding {
  const idle = results.stacks.find((stack) => stack.name === 'tollgate')?.idle
  const second = subtract(results.pair?.idle?.total, idle?.total)
  return {
    target: 'Idle memory under 100 MB a worker',
    value: divide(idle?.total, MB),
    limit: 100,
    atLeast: false,
    text: (value) =>
      `${whole(value)} MB with one worker${second === undefined ? '' : `, ${whole(second / MB)} MB more with a second`}`,
    cells: [],
  }
}

function twoWorkers(results: Results): Finding {
  const { pair } = results
  const byRate = pair && scalingByRate(pair)
  const byCpu = pair && scalingByCpu(pair)
  const rate = `${fixed(byRate, 2)}x in requests/s`
  return {
    target: 'Two workers carry at least 1.8x one, where the load leaves two cores free',
    value: results.cores.pairIsFree ? byRate : byCpu,
    limit: 1.8,
    atLeast: true,
    text: (value) =>
      results.cores.pairIsFree
        ? rate
        : `${fixed(value, 2)}x by CPU per request, which decides here: mock and load need one of the two cores (${rate} beside them)`,
    cells: [pair?.one?.numbers, pair?.two?.numbers],
  }
}

function translation(results: Results): Finding[] {
  const [json, translated] = ['json-1k', 'translate-json'].map((name) => numbersOf(results, 'tollgate', name, BUSY))
  const [stream, other] = ['sse', 'translate-sse'].map((name) => numbersOf(results, 'tollgate', name, BUSY))
  return [
    {
      target: 'Translating OpenAI to Anthropic costs at most 1.5x the CPU of same-format JSON',
      value: divide(translated?.cpuMicros, json?.cpuMicros),
      limit: 1.5,
      atLeast: false,
      text: times,
      cells: [json, translated],
    },
    {
      target: 'A translated stream runs at 60% of a passed-through one',
      value: divide(other?.chunksPerSecond, stream?.chunksPerSecond),
      limit: 0.6,
      atLeast: true,
      text: percent,
      cells: [stream, other],
    },
  ]
}

function divide(value: number | undefined, by: number | undefined): number | undefined {
  return value === undefined || by === undefined || by === 0 ? undefined : value / by
}

function subtract(value: number | null | undefined, other: number | null | undefined): number | undefined {
  return typeof value === 'number' && typeof other === 'number' ? value - other : undefined
}

function percent(value: number): string {
  return `${fixed(value * 100, 0)}%`
}

function times(value: number): string {
  return `${fixed(value, value < 10 ? 2 : 1)}x`
}

function milliseconds(value: number): string {
  return `${fixed(value, 3)} ms`
}
