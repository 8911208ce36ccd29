/** Which call a tool-call delta belongs to: providers number, name and repeat them in different ways. */

import { asNumber, asObject, asString, type JsonObject } from '../../canonical/json.ts'
import { TextHold } from '../shared/text-hold.ts'
import { argumentsOf } from './decode-messages.ts'

export class TrackedCall {
  readonly slot: number
  readonly hold = new TextHold()
  id: string
  name: string
  /** Arguments that came before the name. */
  early = ''
  opened = false
  /** Whether any arguments went out. */
  filled = false

  constructor(slot: number, id: string, name: string) {
    this.slot = slot
    this.id = id
    this.name = name
  }
}

/** The calls of one answer. */
export class ToolTracker {
  readonly calls: TrackedCall[] = []
  readonly #byIndex = new Map<number, TrackedCall>()

  /**
   * The call that the delta belongs to, new or known; undefined where that cannot be told.
   * A known id or index means the same call, whatever is repeated; a new id with a name at a used index is a new call.
   */
  find(delta: JsonObject, newSlot: () => number): TrackedCall | undefined {
    const index = asNumber(delta.index)
    const id = asString(delta.id) ?? ''
    const name = asString(asObject(delta.function)?.name) ?? ''
    const known = index === undefined ? this.#withoutIndex(id, name) : this.#byIndex.get(index)
    if (known !== undefined && (id === '' || known.id === '' || known.id === id || name === '')) {
      if (known.id === '') known.id = id
      if (known.name === '') known.name = name
      return known
    }
    if (known === undefined && index === undefined && id === '' && name === '') return undefined
    const call = new TrackedCall(newSlot(), id, name)
    this.calls.push(call)
    if (index !== undefined) this.#byIndex.set(index, call)
    return call
  }

  #withoutIndex(id: string, name: string): TrackedCall | undefined {
    if (id !== '') return this.calls.find((call) => call.id === id)
    // With neither id nor index only a single call can be meant; a name begins another.
    return this.calls.length === 1 && name === '' ? this.calls[0] : undefined
  }
}

/** Text that the delta adds to the arguments. */
export function argumentsDelta(delta: JsonObject): string {
  const inner = asObject(delta.function)
  return inner === undefined ? '' : argumentsOf(inner)
}
