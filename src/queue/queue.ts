/** Takes work off the path of requests: entries gather, are sent in batches, tried again, and never fill the memory. */

import type { NodeLog } from '../pdk/api.ts'
import type { Closable } from '../pdk/resources.ts'
import type { QueueConfig } from './config.ts'
import { sendWithRetries } from './retry.ts'
import { WaitingList } from './waiting-list.ts'

export interface QueueOptions<T> {
  /** Names the queue in the log. */
  readonly name: string
  readonly config: QueueConfig
  readonly log: NodeLog
  /** Sends a batch; rejects where it must be tried again. The signal says that there is no more time. */
  readonly send: (batch: readonly T[], signal: AbortSignal) => Promise<void>
  /** Milliseconds that `close` waits for what is left to be sent. */
  readonly closeWithin?: number
}

/** Bytes held where the config sets no bound of its own: an endpoint that is down must not take the gateway with it. */
const defaultMaxBytes = 64 * 1024 * 1024

/**
 * A queue in memory.
 *
 * @example
 * const queue = new Queue({ name: 'http-log', config, log, send: (lines, signal) => post(lines, signal) })
 * queue.add(line, line.length)
 */
export class Queue<T> implements Closable {
  readonly #options: QueueOptions<T>
  readonly #waiting: WaitingList<T>
  readonly #ending = new AbortController()
  readonly #late = new AbortController()
  #timer: NodeJS.Timeout | null = null
  /** What waits is to be sent, however little it is. */
  #due = false
  #running = 0
  #inFlight = 0
  #dropped = 0
  #told = false
  #idle: (() => void) | null = null

  constructor(options: QueueOptions<T>) {
    this.#options = options
    const { max_entries, max_bytes } = options.config
    this.#waiting = new WaitingList(max_entries, max_bytes ?? defaultMaxBytes)
  }

  /** Entries that wait; those being sent are not among them. */
  get length(): number {
    return this.#waiting.length
  }

  /**
   * Takes an entry, and returns at once.
   *
   * @param bytes what it takes in memory
   */
  add(entry: T, bytes: number): void {
    if (this.#ending.signal.aborted) {
      this.#dropped += 1
      return
    }
    const dropped = this.#waiting.push(entry, bytes)
    if (dropped > 0) this.#noteDropped(dropped)
    this.#pump()
  }

  /** Sends what is left, each batch once more and without delay, then closes; what the time does not allow is dropped. */
  async close(): Promise<void> {
    this.#ending.abort()
    this.#pump()
    if (this.#running > 0) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#idle = resolve
        // A sender that minds the signal has a moment to give up and to be told of in the log.
        const expire = () => {
          abort(this.#late)
          setImmediate(resolve)
        }
        timer = setTimeout(expire, this.#options.closeWithin ?? 5000)
      })
      clearTimeout(timer)
    }
    this.#tellDropped()
  }

  #pump(): void {
    const { max_batch_size: batchSize, max_coalescing_delay: delay } = this.#options.config
    const ending = this.#ending.signal.aborted
    while (this.#waiting.length > 0 && this.#mayStart()) {
      if (this.#waiting.length < batchSize && !this.#due && !ending) break
      void this.#deliver(this.#waiting.take(batchSize))
      if (this.#waiting.length === 0) this.#due = false
    }
    if (this.#waiting.length === 0 || this.#due || ending) {
      if (this.#timer !== null) clearTimeout(this.#timer)
      this.#timer = null
    } else this.#timer ??= setTimeout(onDelay, delay * 1000, this).unref()
  }

  #mayStart(): boolean {
    const { concurrency_limit: limit, max_entries: most } = this.#options.config
    // Without a limit on batches, what is being sent is bounded as what waits is.
    return limit === 1 ? this.#running === 0 : this.#inFlight < most
  }

  /** The oldest entry has waited long enough. */
  fallDue(): void {
    this.#timer = null
    this.#due = true
    this.#pump()
  }

  async #deliver(batch: readonly T[]): Promise<void> {
    const { name, config, log, send } = this.#options
    this.#running += 1
    this.#inFlight += batch.length
    const failure = await sendWithRetries(() => send(batch, this.#late.signal), {
      config,
      ending: this.#ending.signal,
      over: this.#late.signal,
      onRetry: (error, next) =>
        log.warn('a queue could not send; it will try again', { queue: name, next_try_ms: next, error }),
    })
    if (failure !== null) {
      const { error } = failure
      log.error('a queue gave up sending; entries are lost', { queue: name, entries: batch.length, error })
    }
    this.#running -= 1
    this.#inFlight -= batch.length
    if (this.#late.signal.aborted && this.#waiting.length > 0) {
      log.error('a queue could not be emptied in time; entries are lost', {
        queue: name,
        entries: this.#waiting.clear(),
      })
    }
    this.#tellDropped()
    this.#pump()
    if (this.#running === 0 && this.#ending.signal.aborted) this.#idle?.()
  }

  /** The first loss is told at once, further ones by their number whenever a batch is done. */
  #noteDropped(count: number): void {
    this.#dropped += count
    if (this.#told) return
    this.#told = true
    this.#tellDropped()
  }

  #tellDropped(): void {
    if (this.#dropped === 0) {
      if (this.#waiting.length === 0) this.#told = false
      return
    }
    const { name, log, config } = this.#options
    const { max_entries, max_bytes } = config
    log.warn('a queue is full; entries are lost, the oldest first', {
      queue: name,
      entries: this.#dropped,
      max_entries,
      max_bytes: max_bytes ?? defaultMaxBytes,
    })
    this.#dropped = 0
  }
}

function onDelay(queue: { fallDue(): void }): void {
  queue.fallDue()
}

function abort(controller: AbortController): void {
  controller.abort(new Error('the gateway is shutting down'))
}
