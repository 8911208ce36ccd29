/** Hashes a counter's key and window to 64 bits without allocating: two lanes with unlike rotations and multipliers. */

/** The two halves of what `hashKey` hashed last; valid until its next call in this thread. */
export const hashed = { low: 0, high: 0 }

const end = new Float64Array(1)
const endWords = new Int32Array(end.buffer)

/** Hashes `key` and `expiresAt` into `hashed`. Seeds make collisions hard to choose from outside. */
export function hashKey(key: string, expiresAt: number, seedLow: number, seedHigh: number): void {
  end[0] = expiresAt
  let low = finish(seedLow ^ (endWords[0] ?? 0)) ^ (endWords[1] ?? 0)
  let high = finish(seedHigh ^ (endWords[1] ?? 0)) ^ (endWords[0] ?? 0)
  for (let index = 0; index < key.length; index++) {
    const unit = key.charCodeAt(index)
    low = Math.imul(low ^ unit, 0x85ebca6b)
    low = (low << 13) | (low >>> 19)
    high = Math.imul(high ^ unit, 0xc2b2ae35)
    high = (high << 17) | (high >>> 15)
  }
  low ^= key.length
  high ^= key.length
  hashed.low = finish(low ^ (high >>> 7))
  hashed.high = finish(high ^ (low >>> 11))
}

/** Lets every bit of the input sway every bit of the output; a bijection, so no two inputs meet here. */
function finish(word: number): number {
  let mixed = word
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}
