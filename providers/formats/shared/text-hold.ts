/** Keeps a surrogate pair together that a provider cut into two deltas, as `"\ud83d"` and `"\ude00"`. */

/** One for each part of text; `take` gives what may go on now. */
export class TextHold {
  #held = ''

  take(text: string): string {
    const whole = this.#held === '' ? text : this.#held + text
    const last = whole.charCodeAt(whole.length - 1)
    if (last < 0xd800 || last > 0xdbff || Number.isNaN(last)) {
      this.#held = ''
      return whole
    }
    this.#held = whole.slice(-1)
    return whole.slice(0, -1)
  }

  /** What was held, when no more text comes. */
  rest(): string {
    const held = this.#held
    this.#held = ''
    return held
  }
}
