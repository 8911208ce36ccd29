/** The list of what is measured; reading it is reading the plan of a run. */

import type { Ask } from './load/bodies.ts'

/** One way to send load, at one number of connections. */
export interface Load {
  /** `closed`: wrk; `first-chunk`: closed loop by the own client; see `load/job.ts` for the others. */
  readonly kind: 'closed' | 'first-chunk' | 'open' | 'live'
  readonly connections: number
  readonly seconds: number
  readonly perSecond?: number
  /** How often the cell is measured; the median by requests/s stands in the table. */
  readonly rounds?: number
}

/** One table of the results. */
export interface Workload extends Ask {
  readonly name: string
  readonly title: string
  readonly requestBytes: number
  readonly stream: boolean
  /** Sent to the stacks' translating route (OpenAI in, Anthropic upstream) instead of the same-format one. */
  readonly translated?: boolean
  readonly loads: readonly Load[]
}

const json = { chunks: 100, gapMs: 0, stream: false }
const sse = { answerBytes: 1024, requestBytes: 1024, chunks: 100, stream: true }
const open = { kind: 'open', connections: 20, seconds: 4 } as const
const live = { kind: 'live', seconds: 5 } as const

/** All workloads, in the order in which they are run. */
export const workloads: readonly Workload[] = [
  {
    name: 'json-1k',
    title: 'JSON, 1 KB request, 1 KB answer',
    ...json,
    requestBytes: 1024,
    answerBytes: 1024,
    loads: [
      { kind: 'closed', connections: 1, seconds: 3 },
      { kind: 'closed', connections: 32, seconds: 3, rounds: 3 },
      { kind: 'closed', connections: 128, seconds: 4 },
    ],
  },
  {
    name: 'json-100k',
    title: 'JSON, 100 KB request, 100 KB answer',
    ...json,
    requestBytes: 102_400,
    answerBytes: 102_400,
    loads: [
      { kind: 'closed', connections: 1, seconds: 2 },
      { kind: 'closed', connections: 32, seconds: 3 },
      { kind: 'closed', connections: 128, seconds: 3 },
    ],
  },
  {
    name: 'sse',
    title: 'SSE, 100 chunks without delay',
    ...sse,
    gapMs: 0,
    loads: [
      { kind: 'first-chunk', connections: 1, seconds: 2 },
      { kind: 'closed', connections: 1, seconds: 2 },
      { kind: 'closed', connections: 32, seconds: 3, rounds: 2 },
      { kind: 'closed', connections: 128, seconds: 3 },
    ],
  },
  {
    name: 'live',
    title: 'Live streams, 100 chunks with 10 ms between them',
    ...sse,
    gapMs: 10,
    loads: [
      { ...live, connections: 1 },
      { ...live, connections: 200 },
      { ...live, connections: 250 },
    ],
  },
  {
    name: 'open-loop',
    title: 'JSON 1 KB at a fixed rate (open loop)',
    ...json,
    requestBytes: 1024,
    answerBytes: 1024,
    loads: [
      { ...open, perSecond: 400 },
      { ...open, perSecond: 2000 },
    ],
  },
  {
    name: 'translate-json',
    title: 'JSON 1 KB, OpenAI client, Anthropic upstream',
    ...json,
    requestBytes: 1024,
    answerBytes: 1024,
    translated: true,
    loads: [{ kind: 'closed', connections: 32, seconds: 3, rounds: 2 }],
  },
  {
    name: 'translate-sse',
    title: 'SSE, 100 chunks without delay, OpenAI client, Anthropic upstream',
    ...sse,
    gapMs: 0,
    translated: true,
    loads: [{ kind: 'closed', connections: 32, seconds: 3, rounds: 2 }],
  },
]

/** The same plan in short cells, for work on the bench itself: its numbers mean little. */
export function quick(plan: readonly Workload[]): Workload[] {
  return plan.map((workload) => ({
    ...workload,
    loads: workload.loads.map((load) => ({ ...load, seconds: load.kind === 'live' ? 2 : 1, rounds: 1 })),
  }))
}

/** Run on Tollgate alone, with one worker and then with two. */
export const pairWorkload: Workload = {
  name: 'two-workers',
  title: 'JSON 1 KB with one and with two workers',
  ...json,
  requestBytes: 1024,
  answerBytes: 1024,
  loads: [{ kind: 'closed', connections: 32, seconds: 3, rounds: 3 }],
}
