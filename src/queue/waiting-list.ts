/** A first-in first-out list that is bounded in entries and in bytes; what is too much pushes out the oldest. */

export class WaitingList<T> {
  readonly #maxEntries: number
  readonly #maxBytes: number
  #entries: { value: T; bytes: number }[] = []
  /** Index of the oldest; taking from the front of an array moves all that is behind. */
  #head = 0
  #bytes = 0

  constructor(maxEntries: number, maxBytes: number) {
    this.#maxEntries = maxEntries
    this.#maxBytes = maxBytes
  }

  get length(): number {
    return this.#entries.length - this.#head
  }

  /** Says how many entries were dropped for it; the entry itself is, where it alone is too large. */
  push(value: T, bytes: number): number {
    if (bytes > this.#maxBytes) return 1
    let dropped = 0
    while (this.length >= this.#maxEntries || this.#bytes + bytes > this.#maxBytes) {
      this.take(1)
      dropped += 1
    }
    this.#entries.push({ value, bytes })
    this.#bytes += bytes
    return dropped
  }

  /** Removes and returns up to `count` of the oldest. */
  take(count: number): T[] {
    const taken = this.#entries.slice(this.#head, this.#head + count)
    this.#head += taken.length
    for (const { bytes } of taken) this.#bytes -= bytes
    if (this.#head === this.#entries.length) {
      this.#entries = []
      this.#head = 0
    } else if (this.#head >= 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head)
      this.#head = 0
    }
    return taken.map(({ value }) => value)
  }

  /** Drops everything; says how much it was. */
  clear(): number {
    const { length } = this
    this.#entries = []
    this.#head = 0
    this.#bytes = 0
    return length
  }
}
