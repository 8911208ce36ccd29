/** Tries to send until it works, waiting longer each time, for as long as the config allows. */

import { setTimeout as delay } from 'node:timers/promises'
import type { QueueConfig } from './config.ts'

export interface RetryOptions {
  readonly config: Pick<QueueConfig, 'max_retry_time' | 'initial_retry_delay' | 'max_retry_delay'>
  /** Once aborted nothing is waited for: one last try, and no more. */
  readonly ending: AbortSignal
  /** Once aborted there is no further try at all. */
  readonly over: AbortSignal
  /** Hears of each failure after which there is another try, `next` milliseconds later. */
  readonly onRetry: (error: unknown, next: number) => void
}

/** Answers null once it is sent, or the last failure; never rejects. */
export async function sendWithRetries(
  send: () => Promise<void>,
  { config, ending, over, onRetry }: RetryOptions,
): Promise<{ error: unknown } | null> {
  const start = performance.now()
  const longest = config.max_retry_delay * 1000
  let next = Math.min(config.initial_retry_delay * 1000, longest)
  for (;;) {
    const last = ending.aborted
    try {
      await send()
      return null
    } catch (error) {
      const late = performance.now() - start + next > config.max_retry_time * 1000
      if (last || late || over.aborted) return { error }
      onRetry(error, next)
    }
    // An end that comes while it waits wakes it for the last try.
    await delay(next, undefined, { signal: ending, ref: false }).catch(() => undefined)
    next = Math.min(next * 2, longest)
  }
}
