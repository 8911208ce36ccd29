/** Holds a whole body in memory, within a limit. */

import { TollError } from '../errors/registry.ts'

export class Collector {
  readonly #limit: number
  readonly #pieces: Buffer[] = []
  #size = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Throws TOLL_UPSTREAM_TOO_LARGE. */
  push(piece: Buffer): void {
    this.#size += piece.length
    if (this.#size > this.#limit) throw new TollError('TOLL_UPSTREAM_TOO_LARGE', { limit: this.#limit })
    this.#pieces.push(piece)
  }

  whole(): Buffer {
    const [only] = this.#pieces
    return this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces, this.#size)
  }
}
