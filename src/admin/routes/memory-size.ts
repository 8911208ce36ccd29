/** Sizes of memory in the unit that a request asks for. */

import { AdminError } from '../answer.ts'

const units = new Map<string, readonly [number, string]>([
  ['k', [1024, 'KiB']],
  ['m', [1024 ** 2, 'MiB']],
  ['g', [1024 ** 3, 'GiB']],
])

/** Formats bytes, as `0.02 MiB`; unit `b` gives the plain number. Throws 400 for what is no unit or scale. */
export function memorySize(unit = 'm', scaleText = '2'): (bytes: number) => number | string {
  const scale = /^\d+$/.test(scaleText) ? Number(scaleText) : -1
  if (scale < 0 || scale > 100) throw new AdminError(400, 'scale must be an integer between 0 and 100')
  if (unit.toLowerCase() === 'b') return Math.floor
  const found = units.get(unit.toLowerCase())
  if (found === undefined) throw new AdminError(400, `invalid unit '${unit}' (expected 'b/B', 'k/K', 'm/M', or 'g/G')`)
  const [size, name] = found
  return (bytes) => `${(bytes / size).toFixed(scale)} ${name}`
}
