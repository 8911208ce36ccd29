/** A gate that a test opens step by step, in place of waiting for some time. */

export class Gate {
  #passes = 0
  #open = false
  readonly #waiting: (() => void)[] = []

  /** How many wait before the gate. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Lets `count` through: those who wait, or the next to come. */
  release(count = 1): void {
    for (let n = 0; n < count; n++) {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#passes++
    }
  }

  /** Lets everyone through from now on. */
  open(): void {
    this.#open = true
    for (const next of this.#waiting.splice(0)) next()
  }

  /** Resolves once released. */
  async pass(): Promise<void> {
    if (this.#open) return
    if (this.#passes > 0) {
      this.#passes--
      return
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}
