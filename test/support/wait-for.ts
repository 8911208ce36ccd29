/** Waits for a condition instead of for some time. */

import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises'

export interface WaitOptions {
  /** Milliseconds; absent: 5000. */
  readonly timeout?: number
  /** What is waited for, for the message of the failure. */
  readonly what?: string
}

/**
 * Resolves with the first truthy value of `condition`. A condition that throws is asked again.
 *
 * @throws the last error of the condition, or one that tells how long it was waited
 * @example
 * const request = await waitFor(() => upstream.requests[0])
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeout = 5000, what = 'the condition' }: WaitOptions = {},
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const end = performance.now() + timeout
  let cause: unknown
  for (let tries = 0; ; tries++) {
    try {
      const value = await condition()
      if (isTruthy(value)) return value
      cause = undefined
    } catch (error) {
      cause = error
    }
    if (performance.now() >= end) break
    // Most conditions hold after a turn or two of the event loop; the rest need not heat the processor.
    if (tries < 20) await turn()
    else await delay(Math.min(5, timeout), undefined, { ref: false })
  }
  throw new Error(`waited ${timeout} ms for ${what}`, cause === undefined ? undefined : { cause })
}

function isTruthy<T>(value: T): value is Exclude<T, undefined | null | false | 0 | ''> {
  return Boolean(value)
}
