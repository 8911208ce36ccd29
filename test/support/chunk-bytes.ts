/** Cuts a body where parsers tend to break, so that one fixture serves many tests. */

/**
 * - `whole`: one chunk
 * - `event`: after each blank line, or after each line if there is none (SSE, NDJSON)
 * - `frame`: after each frame of an AWS event stream
 * - `byte`: after each byte
 * - `utf8`: inside every character of several bytes
 * - `crlf`: between every CR and LF, and between the line ends of a blank line
 * - `random`: at places that the seed decides
 */
export type Chunking = 'whole' | 'event' | 'frame' | 'byte' | 'utf8' | 'crlf' | { readonly random: number }

/** The chunks of `body`, none of them empty; joined they are `body` again. */
export function chunkBytes(body: Uint8Array, chunking: Chunking): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let start = 0
  for (const cut of [...cutsOf(body, chunking), body.length]) {
    if (cut > start && cut <= body.length) {
      chunks.push(body.subarray(start, cut))
      start = cut
    }
  }
  return chunks
}

function cutsOf(body: Uint8Array, chunking: Chunking): Iterable<number> {
  if (typeof chunking === 'object') return randomCuts(body, chunking.random)
  switch (chunking) {
    case 'whole':
      return []
    case 'event':
      return eventCuts(body)
    case 'frame':
      return frameCuts(body)
    case 'byte':
      return body.keys()
    case 'utf8':
      return cutsAfter(body, (byte) => byte >= 0xc0)
    case 'crlf':
      return cutsAfter(body, (byte, next) => (byte === cr || byte === lf) && (next === cr || next === lf))
  }
}

const cr = 0x0d
const lf = 0x0a

function cutsAfter(body: Uint8Array, isCut: (byte: number, next: number | undefined) => boolean): number[] {
  const cuts: number[] = []
  for (const [index, byte] of body.entries()) {
    if (isCut(byte, body[index + 1])) cuts.push(index + 1)
  }
  return cuts
}

function eventCuts(body: Uint8Array): number[] {
  const text = Buffer.from(body).toString('latin1')
  const ends = (pattern: RegExp) => Array.from(text.matchAll(pattern), (match) => match.index + match[0].length)
  const blankLines = ends(/(?:\r\n|\n|\r)(?:\r\n|\n|\r)/g)
  return blankLines.length > 0 ? blankLines : ends(/\r\n|\n/g)
}

function frameCuts(body: Uint8Array): number[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const cuts: number[] = []
  let position = 0
  while (position + 4 <= body.length) {
    const length = view.getUint32(position)
    // A frame has at least its two lengths and two checksums; anything less is no event stream.
    if (length < 16) throw new RangeError(`no event stream frame at byte ${position}`)
    position += length
    cuts.push(position)
  }
  return cuts
}

function randomCuts(body: Uint8Array, seed: number): number[] {
  const next = randomNumbers(seed)
  const cuts: number[] = []
  let position = 0
  while (position < body.length) {
    // Mostly a few bytes, at times many: both tiny and large chunks occur in one body.
    position += 1 + Math.floor(next() ** 3 * 64)
    cuts.push(position)
  }
  return cuts
}

/** Numbers from 0 to below 1 that depend on nothing but the seed. */
export function randomNumbers(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
