/** Vectors out of hashes: the same text has the same vector, and texts that share words have similar ones. */

const defaultDimensions = 8

/** Unit vectors, one for each input. */
export function embed(inputs: readonly string[], dimensions: number | undefined): number[][] {
  return inputs.map((input) => vectorOf(input, dimensions ?? defaultDimensions))
}

function vectorOf(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0)
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]
  for (const word of words) {
    let state = hash(word)
    for (let index = 0; index < dimensions; index += 1) {
      state = next(state)
      vector[index] = (vector[index] ?? 0) + (mixed(state) / 0xffffffff) * 2 - 1
    }
  }
  const length = Math.hypot(...vector)
  if (length === 0) return vector.with(0, 1)
  return vector.map((value) => value / length)
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return value >>> 0
}

/** A Weyl sequence, scrambled by `mixed`. */
function next(state: number): number {
  return (state + 0x9e3779b9) >>> 0
}

function mixed(state: number): number {
  let value = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
  value = Math.imul(value ^ (value >>> 15), 0x735a2d97)
  return (value ^ (value >>> 15)) >>> 0
}
