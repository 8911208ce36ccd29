/**
 * Counts of fixed windows that all worker threads of a node share through one block of memory.
 *
 * The table is cut into buckets of 16 slots. The hash of a key and its window names the bucket, and the bucket's lock
 * makes each operation atomic. A counter is known by its 64-bit hash and its exact end: among n counters of one window,
 * some two share a count with a probability of about n^2 / 2^65, which is 3 in 100 million for a million counters.
 */

import { randomFillSync } from 'node:crypto'
import { lock, unlock } from './bucket-lock.ts'
import { hashed, hashKey } from './hash.ts'

const bucketSize = 16
const magic = 0x746f6c31
/** Words before the locks: magic, evictions, two halves of the seed. */
const header = 4
const bytesPerSlot = 8 + 8 + 8
const absent = -1

/** Give it four times the slots that live at once: then one bucket in a million overflows and evicts, at twice 1 in 270. */
export class SharedCounters {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array<SharedArrayBuffer>
  readonly #hashes: Int32Array<SharedArrayBuffer>
  readonly #ends: Float64Array<SharedArrayBuffer>
  readonly #values: Float64Array<SharedArrayBuffer>
  readonly #buckets: number
  readonly #seedLow: number
  readonly #seedHigh: number

  /** Makes a table of at least `slots` counters, at 24 bytes each. */
  static create({ slots }: { readonly slots: number }): SharedCounters {
    if (!Number.isSafeInteger(slots) || slots < 1) throw new RangeError(`slots is not a positive integer: ${slots}`)
    // An even number of buckets keeps the locks aligned for the float64 arrays behind them.
    const buckets = Math.ceil(slots / bucketSize / 2) * 2
    const buffer = new SharedArrayBuffer(header * 4 + buckets * (4 + bucketSize * bytesPerSlot))
    const words = new Int32Array(buffer, 0, header)
    randomFillSync(words)
    words[0] = magic
    words[1] = 0
    return new SharedCounters(buffer)
  }

  /** Opens the table of another thread; `buffer` is its `buffer`. */
  constructor(buffer: SharedArrayBuffer) {
    const buckets = (buffer.byteLength - header * 4) / (4 + bucketSize * bytesPerSlot)
    if (!Number.isInteger(buckets) || buckets < 1 || new Int32Array(buffer, 0, 1)[0] !== magic) {
      throw new RangeError('the buffer holds no shared counters')
    }
    const slots = buckets * bucketSize
    const start = (header + buckets) * 4
    this.buffer = buffer
    this.#buckets = buckets
    this.#words = new Int32Array(buffer, 0, header + buckets)
    this.#ends = new Float64Array(buffer, start, slots)
    this.#values = new Float64Array(buffer, start + slots * 8, slots)
    this.#hashes = new Int32Array(buffer, start + slots * 16, slots * 2)
    this.#seedLow = this.#words[2] ?? 0
    this.#seedHigh = this.#words[3] ?? 0
  }

  /** Live counters that were dropped because their bucket was full, over the life of the table. */
  get evictions(): number {
    return Atomics.load(this.#words, 1) >>> 0
  }

  /**
   * Adds to the count of `key` in the window that ends at `expiresAt` and returns the new count, between 0 and
   * 2^53 - 1, at which it stays. A negative amount gives back. The slot is reused once the window has ended.
   *
   * @param expiresAt Unix time in seconds; the same key with another end is another counter.
   * @throws {RangeError} if the amount is not a safe integer or the end is not a positive number
   */
  increment(key: string, amount: number, expiresAt: number): number {
    if (!Number.isSafeInteger(amount)) throw new RangeError(`amount is not a safe integer: ${amount}`)
    if (!(expiresAt > 0 && expiresAt < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`expiresAt is not a positive number of seconds: ${expiresAt}`)
    }
    const bucket = this.#bucketOf(key, expiresAt)
    const { low, high } = hashed
    const held = lock(this.#words, header + bucket)
    let slot = this.#find(bucket, low, high, expiresAt)
    let value = 0
    if (slot !== absent || amount > 0) {
      if (slot === absent) slot = this.#claim(bucket, low, high, expiresAt)
      value = Math.min(Math.max((this.#values[slot] ?? 0) + amount, 0), Number.MAX_SAFE_INTEGER)
      this.#values[slot] = value
    }
    unlock(this.#words, header + bucket, held)
    return value
  }

  /** The count of `key` in the window that ends at `expiresAt`; 0 if there is none, or it was reused since it ended. */
  get(key: string, expiresAt: number): number {
    const bucket = this.#bucketOf(key, expiresAt)
    const { low, high } = hashed
    const held = lock(this.#words, header + bucket)
    const slot = this.#find(bucket, low, high, expiresAt)
    const value = slot === absent ? 0 : (this.#values[slot] ?? 0)
    unlock(this.#words, header + bucket, held)
    return value
  }

  #bucketOf(key: string, expiresAt: number): number {
    hashKey(key, expiresAt, this.#seedLow, this.#seedHigh)
    return (hashed.low >>> 0) % this.#buckets
  }

  #find(bucket: number, low: number, high: number, expiresAt: number): number {
    const first = bucket * bucketSize
    for (let slot = first; slot < first + bucketSize; slot++) {
      const same = this.#hashes[slot * 2] === low && this.#hashes[slot * 2 + 1] === high
      if (same && this.#ends[slot] === expiresAt) return slot
    }
    return absent
  }

  /** Takes the slot of the bucket that ended, or ends, soonest; a slot never used ends at 0. */
  #claim(bucket: number, low: number, high: number, expiresAt: number): number {
    const first = bucket * bucketSize
    let slot = first
    for (let other = first + 1; other < first + bucketSize; other++) {
      if ((this.#ends[other] ?? 0) < (this.#ends[slot] ?? 0)) slot = other
    }
    if ((this.#ends[slot] ?? 0) > Date.now() / 1000) Atomics.add(this.#words, 1, 1)
    // The end goes first and comes last: a thread that dies in between leaves an empty slot, not a false count.
    this.#ends[slot] = 0
    this.#values[slot] = 0
    this.#hashes[slot * 2] = low
    this.#hashes[slot * 2 + 1] = high
    this.#ends[slot] = expiresAt
    return slot
  }
}
