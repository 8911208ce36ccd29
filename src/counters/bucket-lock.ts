/** A lock in shared memory that is held for nanoseconds and outlives a thread that dies while it holds it. */

/** Tries before a thread gives up its processor for a moment. */
const spins = 200
/** Milliseconds between looks at a lock that stays held: its holder was taken off its processor. */
const pause = 0.05
/** Milliseconds after which the holder of a lock that never moved counts as dead. */
const deadAfter = 100

/**
 * Waits for the lock at `index` and returns the word to give to `unlock`.
 * A word is even while free and moves with every change of hands, so that a dead holder differs from a busy lock.
 */
export function lock(words: Int32Array<SharedArrayBuffer>, index: number): number {
  for (let tries = 0; tries < spins; tries++) {
    const word = Atomics.load(words, index)
    if ((word & 1) === 0 && Atomics.compareExchange(words, index, word, (word + 1) | 0) === word) return (word + 1) | 0
  }
  return lockPatiently(words, index)
}

/** Frees the lock, unless it was taken away meanwhile. */
export function unlock(words: Int32Array<SharedArrayBuffer>, index: number, word: number): void {
  Atomics.compareExchange(words, index, word, (word + 1) | 0)
}

function lockPatiently(words: Int32Array<SharedArrayBuffer>, index: number): number {
  let seen = Atomics.load(words, index)
  let since = performance.now()
  for (;;) {
    const word = Atomics.load(words, index)
    if (word !== seen) {
      seen = word
      since = performance.now()
    }
    const free = (word & 1) === 0
    if (free || performance.now() - since > deadAfter) {
      const mine = (word + (free ? 1 : 2)) | 0
      if (Atomics.compareExchange(words, index, word, mine) === word) return mine
    } else Atomics.wait(words, index, word, pause)
  }
}
