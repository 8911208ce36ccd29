/** Server-sent events out of bytes that may be cut anywhere (WHATWG HTML, section 9.2). */

import { TollError } from '../../../src/errors/registry.ts'

export interface SseEvent {
  /** The name that the `event:` field gave; absent: none. */
  readonly event?: string
  /** All `data:` lines, joined by line feeds. */
  readonly data: string
}

const LF = 10
const CR = 13
const COLON = 58
const SPACE = 32
const BOM = 0xfeff

/** Bytes that one line, or the data of one event, may have. */
export const defaultLineLimit = 32 * 1024 * 1024

/**
 * Splits a stream into events. Text is decoded only up to the last line end that has come, so that no character is cut.
 * Throws TOLL_UPSTREAM_TOO_LARGE when a line or an event outgrows `limit` bytes.
 */
export class SseSplitter {
  readonly #limit: number
  /** Bytes of a line whose end has not come. */
  #carry: Buffer[] = []
  #carried = 0
  /** The last byte was a CR: a LF that follows belongs to it. */
  #skipLf = false
  #begun = false
  #event: string | undefined
  #data: string | undefined

  constructor(limit: number = defaultLineLimit) {
    this.#limit = limit
  }

  /** True between two events: nothing is held back. */
  get idle(): boolean {
    return this.#carried === 0 && this.#data === undefined && this.#event === undefined && !this.#skipLf
  }

  push(bytes: Buffer): SseEvent[] {
    const events: SseEvent[] = []
    if (bytes.length === 0) return events
    let start = 0
    if (this.#skipLf) {
      this.#skipLf = false
      if (bytes[0] === LF) start = 1
    }
    const stop = lastLineEnd(bytes, start)
    if (stop === -1) {
      this.#hold(start === 0 ? bytes : bytes.subarray(start))
      return events
    }
    this.#skipLf = bytes[stop] === CR && stop === bytes.length - 1
    let text: string
    let size = stop + 1 - start
    if (this.#carried === 0) text = bytes.toString('utf8', start, stop + 1)
    else {
      size += this.#carried
      text = Buffer.concat([...this.#carry, bytes.subarray(start, stop + 1)]).toString('utf8')
      this.#carry = []
      this.#carried = 0
    }
    this.#lines(text, size > this.#limit, events)
    if (stop + 1 < bytes.length) this.#hold(bytes.subarray(stop + 1))
    return events
  }

  /** Takes what is left as the last line, and as the last event. */
  end(): SseEvent[] {
    const events: SseEvent[] = []
    const text = Buffer.concat(this.#carry).toString('utf8')
    this.#carry = []
    this.#carried = 0
    this.#lines(`${text}\n\n`, false, events)
    return events
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#carried += bytes.length
    if (this.#carried > this.#limit) throw new TollError('TOLL_UPSTREAM_TOO_LARGE', { limit: this.#limit })
    this.#carry.push(bytes)
  }

  /** `text` ends with a line end. */
  #lines(text: string, measure: boolean, events: SseEvent[]): void {
    let at = 0
    if (!this.#begun) {
      this.#begun = true
      if (text.charCodeAt(0) === BOM) at = 1
    }
    let cr = text.indexOf('\r', at)
    while (at < text.length) {
      const lf = text.indexOf('\n', at)
      let end = lf
      let next = lf + 1
      if (cr !== -1 && (lf === -1 || cr < lf)) {
        end = cr
        next = lf === cr + 1 ? lf + 1 : cr + 1
        cr = text.indexOf('\r', cr + 1)
      }
      if (measure && Buffer.byteLength(text.slice(at, end)) > this.#limit) {
        throw new TollError('TOLL_UPSTREAM_TOO_LARGE', { limit: this.#limit })
      }
      if (end === at) this.#dispatch(events)
      else this.#field(text, at, end)
      at = next
    }
  }

  #field(text: string, at: number, end: number): void {
    if (text.startsWith('data', at)) {
      const value = fieldValue(text, at + 4, end)
      if (value === undefined) return
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`
      if (this.#data.length > this.#limit) throw new TollError('TOLL_UPSTREAM_TOO_LARGE', { limit: this.#limit })
    } else if (text.startsWith('event', at)) {
      this.#event = fieldValue(text, at + 5, end) ?? this.#event
    }
  }

  #dispatch(events: SseEvent[]): void {
    const data = this.#data
    const event = this.#event
    this.#data = undefined
    this.#event = undefined
    if (data === undefined) return
    events.push(event === undefined || event === '' ? { data } : { event, data })
  }
}

/** The field's value, or undefined where the name went on and this is another field. */
function fieldValue(text: string, at: number, end: number): string | undefined {
  if (at === end) return ''
  if (text.charCodeAt(at) !== COLON) return undefined
  const from = text.charCodeAt(at + 1) === SPACE && at + 1 < end ? at + 2 : at + 1
  return text.slice(from, end)
}

function lastLineEnd(bytes: Buffer, start: number): number {
  // A stream of events nearly always ends a read on a line end.
  const last = bytes.length - 1
  if (last >= start && bytes[last] === LF) return last
  const end = Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR))
  return end >= start ? end : -1
}
