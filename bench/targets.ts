/** The promises that the project makes about its speed, each with the cells that decide it. */

import { numbersOf, type Results, scalingByCpu, scalingByRate } from './results.ts'

/** A target and what became of it. */
export interface Verdict {
  readonly target: string
  readonly measured: string
  readonly outcome: 'reached' | 'missed' | 'not measured'
}

const BUSY = { kind: 'closed', connections: 32 } as const
const ALONE = { kind: 'closed', connections: 1 } as const
const MB = 1e6

/** All targets, decided by the cells of a run. */
export function judge(results: Results): Verdict[] {
  const our = (workload: string, load: Parameters<typeof numbersOf>[3]) =>
    numbersOf(results, 'tollgate', workload, load)
  const rate = our('json-1k', BUSY)?.perSecond
  const versus = (stack: string): number | undefined =>
    divide(rate, numbersOf(results, stack, 'json-1k', BUSY)?.perSecond)
  const nginxCpu = divide(numbersOf(results, 'nginx', 'json-1k', BUSY)?.cpuMicros, our('json-1k', BUSY)?.cpuMicros)
  const added = subtract(our('json-1k', ALONE)?.p50Ms, numbersOf(results, 'direct', 'json-1k', ALONE)?.p50Ms)
  const first = { kind: 'first-chunk', connections: 1 } as const
  const addedFirst = subtract(
    our('sse', first)?.firstChunkP50Ms,
    numbersOf(results, 'direct', 'sse', first)?.firstChunkP50Ms,
  )
  const chunks = our('sse', BUSY)?.chunksPerSecond
  const idle = results.stacks.find((stack) => stack.name === 'tollgate')?.idle
  return [
    atLeast(
      '8x the JSON requests/s of Portkey (1 KB, 32 connections)',
      versus('portkey'),
      8,
      (value) => `${value.toFixed(1)}x`,
    ),
    atLeast(
      '20% of the JSON requests/s of nginx (1 KB, 32 connections)',
      versus('nginx'),
      0.2,
      (value) => `${percent(value)} (${nginxCpu === undefined ? '?' : percent(nginxCpu)} by CPU per request)`,
    ),
    below('Adds less than 1 ms at the median (JSON 1 KB, 1 connection)', added, 1, milliseconds),
    below('Adds less than 1 ms to the first chunk at the median (1 connection)', addedFirst, 1, milliseconds),
    atLeast('100,000 SSE chunks/s (100-chunk streams, 32 connections)', chunks, 100_000, (value) =>
      Math.round(value).toLocaleString('en'),
    ),
    sustained(results),
    below(
      'Idle memory under 100 MB a worker',
      divide(idle?.largest, MB),
      100,
      (value) =>
        `${value.toFixed(0)} MB (${((idle?.total ?? 0) / MB).toFixed(0)} MB in ${idle?.processes ?? 0} processes)`,
    ),
    twoWorkers(results),
    below(
      'Translating OpenAI to Anthropic costs at most 1.5x the CPU of same-format JSON',
      translationCost(results),
      1.5,
      (value) => `${value.toFixed(2)}x`,
    ),
    atLeast('A translated stream runs at 60% of a passed-through one', translatedStream(results), 0.6, percent),
  ]
}

function sustained(results: Results): Verdict {
  const load = { kind: 'live', connections: 250 } as const
  const ours = numbersOf(results, 'tollgate', 'live', load)
  const bare = numbersOf(results, 'direct', 'live', load)
  // What the mock and the load client manage without any gateway is all that a gateway can be asked to sustain.
  const offered = Math.min(25_000, bare?.chunksPerSecond ?? 25_000)
  const show = (value: number): string =>
    `${Math.round(ours?.chunksPerSecond ?? 0).toLocaleString('en')} chunks/s, ${percent(value)} of the ${Math.round(offered).toLocaleString('en')} offered; ${percent(ours?.coresUsed ?? 0)} of its core`
  return atLeast(
    'Sustains 250 live streams of 100 chunks/s (97% of what is offered)',
    divide(ours?.chunksPerSecond, offered),
    0.97,
    show,
  )
}

function twoWorkers(results: Results): Verdict {
  const target = 'Two workers carry at least 1.8x one, where the load leaves two cores free'
  if (results.pair === undefined) return { target, measured: '-', outcome: 'not measured' }
  const byRate = scalingByRate(results.pair)
  const byCpu = scalingByCpu(results.pair)
  const rate = byRate === undefined ? '?' : `${byRate.toFixed(2)}x`
  if (results.cores.pairIsFree) return atLeast(target, byRate, 1.8, () => rate)
  const show = (value: number): string =>
    `${value.toFixed(2)}x by CPU per request (decides here: mock and load need one of the two cores; measured with them ${rate})`
  return atLeast(target, byCpu, 1.8, show)
}

function translationCost(results: Results): number | undefined {
  const same = numbersOf(results, 'tollgate', 'json-1k', BUSY)?.cpuMicros
  return divide(numbersOf(results, 'tollgate', 'translate-json', BUSY)?.cpuMicros, same)
}

function translatedStream(results: Results): number | undefined {
  const same = numbersOf(results, 'tollgate', 'sse', BUSY)?.chunksPerSecond
  return divide(numbersOf(results, 'tollgate', 'translate-sse', BUSY)?.chunksPerSecond, same)
}

function atLeast(target: string, value: number | undefined, limit: number, show: (value: number) => string): Verdict {
  if (value === undefined) return { target, measured: '-', outcome: 'not measured' }
  return { target, measured: show(value), outcome: value >= limit ? 'reached' : 'missed' }
}

function below(target: string, value: number | undefined, limit: number, show: (value: number) => string): Verdict {
  if (value === undefined) return { target, measured: '-', outcome: 'not measured' }
  return { target, measured: show(value), outcome: value <= limit ? 'reached' : 'missed' }
}

function divide(value: number | undefined, by: number | undefined): number | undefined {
  return value === undefined || by === undefined || by === 0 ? undefined : value / by
}

function subtract(value: number | null | undefined, other: number | null | undefined): number | undefined {
  return typeof value === 'number' && typeof other === 'number' ? value - other : undefined
}

function percent(value: number): string {
  return `${(value * 100).toFixed(0)}%`
}

function milliseconds(value: number): string {
  return `${value.toFixed(3)} ms`
}
