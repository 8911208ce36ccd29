/** The hash that decides which target a value belongs to: XXH32 (https://github.com/Cyan4973/xxHash), the same on every node. */

const prime1 = 0x9e3779b1
const prime2 = 0x85ebca77
const prime3 = 0xc2b2ae3d
const prime4 = 0x27d4eb2f
const prime5 = 0x165667b1

/** XXH32 of the UTF-8 bytes, as an unsigned 32-bit integer. */
export function xxhash32(text: string, seed = 0): number {
  const bytes = Buffer.from(text)
  const { length } = bytes
  let at = 0
  let hash: number
  if (length >= 16) {
    let a = (seed + prime1 + prime2) | 0
    let b = (seed + prime2) | 0
    let c = seed | 0
    let d = (seed - prime1) | 0
    for (; at + 16 <= length; at += 16) {
      a = round(a, bytes.readInt32LE(at))
      b = round(b, bytes.readInt32LE(at + 4))
      c = round(c, bytes.readInt32LE(at + 8))
      d = round(d, bytes.readInt32LE(at + 12))
    }
    hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0
  } else {
    hash = (seed + prime5) | 0
  }
  hash = (hash + length) | 0
  for (; at + 4 <= length; at += 4) {
    hash = Math.imul(rotate((hash + Math.imul(bytes.readInt32LE(at), prime3)) | 0, 17), prime4)
  }
  for (; at < length; at += 1) {
    hash = Math.imul(rotate((hash + Math.imul(bytes.readUInt8(at), prime5)) | 0, 11), prime1)
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2)
  hash = Math.imul(hash ^ (hash >>> 13), prime3)
  return (hash ^ (hash >>> 16)) >>> 0
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, prime2)) | 0, 13), prime1)
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
