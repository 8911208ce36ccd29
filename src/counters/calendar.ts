/** The fixed windows of the calendar, in UTC, in which Kong's limits count. */

export const periods = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const

export type Period = (typeof periods)[number]

/** Unix time in seconds; the end belongs to the next window. */
export interface Window {
  readonly start: number
  readonly end: number
}

const lengths = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const

/**
 * The window of a period that holds `now`, in Unix seconds.
 *
 * @example
 * windowOf('minute', 1_424_217_645) // { start: 1424217600, end: 1424217660 }
 */
export function windowOf(period: Period, now: number): Window {
  if (period === 'month' || period === 'year') return monthOrYear(period, now)
  const length = lengths[period]
  const start = Math.floor(now / length) * length
  return { start, end: start + length }
}

function monthOrYear(period: 'month' | 'year', now: number): Window {
  const date = new Date(now * 1000)
  const year = date.getUTCFullYear()
  if (period === 'year') return { start: Date.UTC(year) / 1000, end: Date.UTC(year + 1) / 1000 }
  const month = date.getUTCMonth()
  return { start: Date.UTC(year, month) / 1000, end: Date.UTC(year, month + 1) / 1000 }
}
