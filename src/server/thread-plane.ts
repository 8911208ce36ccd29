/** The data plane in worker threads: one gateway a thread, all behind the same ports, counting in shared memory. */

import { MessageChannel, Worker } from 'node:worker_threads'
import type { UpstreamReport, WorkerStatus } from '../admin/context.ts'
import type { LoadedConfig } from '../config/types.ts'
import type { SharedCounters } from '../counters/shared-counters.ts'
import type { Settings } from '../settings/index.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { DataPlane } from './data-plane.ts'
import { toPlain } from './plain-config.ts'
import type { Answer, Answers, Ask, WorkerSetup } from './thread-messages.ts'

export interface ThreadPlaneOptions {
  readonly count: number
  readonly settings: Settings
  readonly version: string
  readonly nodeId: string
  readonly counters: SharedCounters
  readonly logger: Logger
}

/** Tests run the sources as they are. */
const entry = import.meta.url.endsWith('.ts') ? './thread-worker.ts' : './thread-worker.js'

/** Milliseconds: threads that end again and again are replaced more and more slowly, and never in a tight circle. */
const firstPause = 10
const longestPause = 10_000
const crashMemory = 60_000

class WorkerThread {
  readonly #worker: Worker
  onExit: (code: number) => void = () => {}

  constructor(setup: WorkerSetup) {
    this.#worker = new Worker(new URL(entry, import.meta.url), { workerData: setup })
    this.#worker.on('exit', (code) => this.onExit(code))
  }

  on(event: 'error', listener: (error: unknown) => void): void {
    this.#worker.on(event, listener)
  }

  /** Each question has a port of its own for its answer; it closes with the thread. */
  ask<Name extends keyof Answers>(ask: Ask<Name>): Promise<Answers[Name]> {
    const { port1: port, port2: reply } = new MessageChannel()
    return new Promise((resolve, reject) => {
      port.once('message', (answer: Answer<Name>) => {
        if ('error' in answer) reject(new Error(answer.error))
        else resolve(answer.value)
        port.close()
      })
      port.once('close', () => reject(new Error('the worker thread ended')))
      this.#worker.postMessage({ ...ask, reply }, [reply])
    })
  }

  end(): Promise<number> {
    return this.#worker.terminate()
  }
}

export class ThreadPlane implements DataPlane {
  readonly #options: ThreadPlaneOptions
  #workers: WorkerThread[] = []
  #urls: readonly string[] = []
  #config: LoadedConfig | null = null
  #closing = false
  /** When threads ended unasked, of late. */
  #crashes: number[] = []
  #restart: NodeJS.Timeout | undefined

  constructor(options: ThreadPlaneOptions) {
    this.#options = options
  }

  /** The first thread takes the ports; the others share them. */
  async listen(): Promise<readonly string[]> {
    const first = await this.#start(this.#options.settings)
    this.#urls = first.urls
    const others = Array.from({ length: this.#options.count - 1 }, () => this.#start(this.#fixedPorts()))
    // All of them are waited for: whoever closes after a failure must find every thread.
    for (const other of await Promise.allSettled(others)) if (other.status === 'rejected') throw other.reason
    return this.#urls
  }

  async apply(config: LoadedConfig): Promise<void> {
    const plain = toPlain(config)
    const before = this.#config
    // Threads that start from here on begin with it.
    this.#config = config
    try {
      await Promise.all(this.#workers.map((worker) => worker.ask({ ask: 'apply', config: plain })))
    } catch (error) {
      this.#config = before
      throw error
    }
  }

  async status(): Promise<readonly WorkerStatus[]> {
    return (await this.#askAll({ ask: 'status' })).flat()
  }

  async metrics(): Promise<readonly object[]> {
    return (await this.#askAll({ ask: 'metrics' })).flat()
  }

  async upstreamHealth(name: string): Promise<UpstreamReport | null> {
    const [report] = await this.#askAll({ ask: 'upstreamHealth', name })
    return report ?? null
  }

  async setTargetHealth(upstream: string, target: string, healthy: boolean, address?: string): Promise<boolean> {
    const done = await this.#askAll({ ask: 'setTargetHealth', upstream, target, healthy, address })
    return done.some((found) => found)
  }

  async close(milliseconds: number): Promise<void> {
    this.#closing = true
    clearTimeout(this.#restart)
    await Promise.allSettled(this.#workers.map((worker) => worker.ask({ ask: 'close', milliseconds })))
    await Promise.all(this.#workers.map((worker) => worker.end()))
  }

  #askAll<Name extends keyof Answers>(ask: Ask<Name>): Promise<Answers[Name][]> {
    return Promise.all(this.#workers.map((worker) => worker.ask(ask)))
  }

  async #start(settings: Settings): Promise<{ urls: readonly string[] }> {
    const { version, nodeId, counters } = this.#options
    const worker = new WorkerThread({ settings, version, nodeId, counters: counters.buffer, env: { ...process.env } })
    worker.on('error', (error) => this.#options.logger.crit('a worker thread failed', { error }))
    try {
      const applied = await this.#bringUpToDate(worker, null)
      const urls = await worker.ask({ ask: 'listen' })
      this.#workers.push(worker)
      worker.onExit = () => this.#replace(worker)
      await this.#bringUpToDate(worker, applied)
      return { urls }
    } catch (error) {
      // A thread that serves nothing would keep the process from ending.
      await worker.end()
      throw error
    }
  }

  /** Applies what is served now, again where another configuration came meanwhile. */
  async #bringUpToDate(worker: WorkerThread, applied: LoadedConfig | null): Promise<LoadedConfig | null> {
    let last = applied
    while (this.#config !== null && last !== this.#config) {
      last = this.#config
      await worker.ask({ ask: 'apply', config: toPlain(last) })
    }
    return last
  }

  /** A thread that ended unasked is replaced; the others go on meanwhile. */
  #replace(ended: WorkerThread): void {
    this.#workers = this.#workers.filter((worker) => worker !== ended)
    if (this.#closing) return
    const now = performance.now()
    this.#crashes = this.#crashes.filter((at) => now - at < crashMemory)
    this.#crashes.push(now)
    const pause = Math.min(longestPause, firstPause * 2 ** (this.#crashes.length - 1))
    this.#restart = setTimeout(() => {
      this.#start(this.#fixedPorts()).catch((error: unknown) => {
        this.#options.logger.crit('a worker thread could not be replaced', { error })
      })
    }, pause)
  }

  #fixedPorts(): Settings {
    const { settings } = this.#options
    const listeners = settings.proxy_listen.map((listener, index) => ({
      ...listener,
      port: Number(new URL(this.#urls[index] ?? '').port) || listener.port,
    }))
    return { ...settings, proxy_listen: listeners }
  }
}
