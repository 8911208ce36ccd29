/** What the bench asks of its own load client, and what comes back: both cross a process border as JSON. */

import { z } from 'zod'

const common = { port: z.number(), requestFile: z.string(), seconds: z.number(), warmSeconds: z.number() }

/** A run of the load client. */
export const jobSchema = z.discriminatedUnion('kind', [
  /** Every connection sends its next request when the last is answered. */
  z.object({ kind: z.literal('closed'), ...common, connections: z.number() }),
  /** Requests leave at a fixed rate, whether or not earlier ones are answered. */
  z.object({ kind: z.literal('open'), ...common, connections: z.number(), perSecond: z.number() }),
  /** Paced streams, `connections` of them alive all the time. */
  z.object({ kind: z.literal('live'), ...common, connections: z.number(), periodMs: z.number() }),
])
export type Job = z.infer<typeof jobSchema>

/** The result of a run. Times in milliseconds; NaN-free: an absent percentile is null. */
export const resultSchema = z.object({
  /** Answered with status 200 inside the measured window. */
  requests: z.number(),
  /** Answered in the whole run, warm-up included: what CPU time is divided by. */
  total: z.number(),
  errors: z.number(),
  firstError: z.string().nullable(),
  seconds: z.number(),
  p50: z.number().nullable(),
  p99: z.number().nullable(),
  firstByteP50: z.number().nullable(),
  firstByteP99: z.number().nullable(),
  /** Server-sent events inside the window, and in the whole run. */
  events: z.number(),
  totalEvents: z.number(),
  /** Open loop: requests that were still unanswered when the run was cut off. */
  unanswered: z.number(),
})
export type LoadResult = z.infer<typeof resultSchema>
