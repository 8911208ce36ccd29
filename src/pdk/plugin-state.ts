/** What a plugin remembers of one exchange between its phases. */

/**
 * State by exchange, made at module level and asked for with the `kong` of any phase.
 *
 * @example
 * const seen = new PluginState(() => ({ bytes: 0 }))
 * ... bodyFilter(kong, config, piece) { seen.of(kong).bytes += piece.length }
 */
export class PluginState<T> {
  readonly #byExchange = new WeakMap<object, T>()
  readonly #create: () => T

  constructor(create: () => T) {
    this.#create = create
  }

  of(kong: object): T {
    let state = this.#byExchange.get(kong)
    if (state === undefined) {
      state = this.#create()
      this.#byExchange.set(kong, state)
    }
    return state
  }
}
