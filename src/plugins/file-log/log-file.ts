/** A file that lines are appended to without anybody waiting: lines gather while an earlier write is under way. */

import { type FileHandle, open, stat } from 'node:fs/promises'
import type { Closable, NodeLog } from '../../pdk/index.ts'

export interface LogFileOptions {
  readonly path: string
  readonly log: NodeLog
  /** Bytes that may wait for a slow disk; lines beyond it are lost, and their number is told. */
  readonly mostHeld?: number
}

export class LogFile implements Closable {
  readonly #path: string
  readonly #log: NodeLog
  readonly #mostHeld: number
  #handle: FileHandle | null = null
  #lines: string[] = []
  /** Bytes, or a little less: text is counted by its characters. */
  #held = 0
  #lost = 0
  #reopen = false
  #failing = false
  #writing: Promise<void> | null = null

  constructor({ path, log, mostHeld = 16 * 1024 * 1024 }: LogFileOptions) {
    this.#path = path
    this.#log = log
    this.#mostHeld = mostHeld
  }

  /**
   * Takes a line, with its line end, and returns at once; failures are told in the gateway's log.
   *
   * @param reopen whether to look first if the file is still the one at the path
   */
  write(line: string, reopen: boolean): void {
    if (this.#held + line.length > this.#mostHeld) {
      this.#lost += 1
      return
    }
    this.#lines.push(line)
    this.#held += line.length
    this.#reopen ||= reopen
    this.#writing ??= this.#drain()
  }

  /** Resolves once all lines are written and the file is closed. */
  async close(): Promise<void> {
    while (this.#writing !== null) await this.#writing
    await this.#release()
  }

  async #drain(): Promise<void> {
    // Lines of one turn of the event loop go into one write.
    await Promise.resolve()
    while (this.#lines.length > 0) {
      const lines = this.#lines
      const reopen = this.#reopen
      this.#lines = []
      this.#held = 0
      this.#reopen = false
      try {
        const handle = await this.#open(reopen)
        await handle.appendFile(lines.join(''))
        this.#tellRecovery()
      } catch (error) {
        this.#tellFailure(lines.length, error)
        await this.#release()
      }
    }
    this.#writing = null
  }

  async #open(reopen: boolean): Promise<FileHandle> {
    if (this.#handle !== null && reopen && !(await this.#isCurrent(this.#handle))) await this.#release()
    this.#handle ??= await open(this.#path, 'a', 0o644)
    return this.#handle
  }

  /** Whether the open file is the one that the path leads to. */
  async #isCurrent(handle: FileHandle): Promise<boolean> {
    const [mine, there] = await Promise.all([handle.stat(), stat(this.#path).catch(() => null)])
    return there !== null && mine.ino === there.ino && mine.dev === there.dev
  }

  async #release(): Promise<void> {
    const handle = this.#handle
    this.#handle = null
    await handle?.close().catch((error: unknown) => this.#tellFailure(0, error))
  }

  /** Once for as long as it fails: a full disk must not fill the gateway's log too. */
  #tellFailure(lines: number, error: unknown): void {
    this.#lost += lines
    if (this.#failing) return
    this.#failing = true
    this.#log.error('file-log cannot write; its records are lost', { path: this.#path, error })
  }

  #tellRecovery(): void {
    this.#failing = false
    if (this.#lost === 0) return
    this.#log.warn('file-log has lost records', { path: this.#path, records: this.#lost })
    this.#lost = 0
  }
}
