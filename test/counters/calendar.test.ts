import { expect, test } from 'vitest'
import { type Period, windowOf } from '../../src/counters/calendar.ts'

const at = (text: string) => Date.parse(text) / 1000

test.each<[Period, string, string, string]>([
  ['second', '2024-02-29T12:34:56Z', '2024-02-29T12:34:56Z', '2024-02-29T12:34:57Z'],
  ['minute', '2024-02-29T12:34:56Z', '2024-02-29T12:34:00Z', '2024-02-29T12:35:00Z'],
  ['hour', '2024-02-29T12:34:56Z', '2024-02-29T12:00:00Z', '2024-02-29T13:00:00Z'],
  ['day', '2024-02-29T12:34:56Z', '2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'],
  ['month', '2024-02-29T12:34:56Z', '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'],
  ['month', '2024-12-31T23:59:59Z', '2024-12-01T00:00:00Z', '2025-01-01T00:00:00Z'],
  ['year', '2024-02-29T12:34:56Z', '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'],
  ['year', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'],
])('the %s of %s is %s to %s', (period, now, start, end) => {
  expect(windowOf(period, at(now))).toEqual({ start: at(start), end: at(end) })
})
