/** Where log lines go: standard error, without waiting for it, and without losing the last ones at exit. */

import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import pino from 'pino'

export interface LogSink {
  /** Takes one line with its line end. */
  write(line: string): void
  /** Writes all that is held back, before it returns. */
  flushSync(): void
}

/** The sink of the gateway's own log. */
export function standardError(): LogSink {
  return openSink(2, 16 * 1024 * 1024)
}

/**
 * Opens a file descriptor; lines gather only while an earlier write is under way.
 *
 * @param mostHeld Bytes held while the reader is slow; lines over it are dropped, and their number is told later.
 */
export function openSink(fd: number, mostHeld: number): LogSink {
  const stream = pino.destination({ fd, sync: false, maxLength: mostHeld })
  let dropped = 0
  stream.on('drop', () => {
    dropped++
  })
  stream.on('drain', () => {
    if (dropped === 0) return
    const facts = { level: 'warn', time: new Date().toISOString(), dropped, msg: 'log lines were dropped' }
    dropped = 0
    stream.write(`${JSON.stringify(facts)}\n`)
  })
  let exiting = false
  process.once('exit', () => {
    exiting = true
    // pino itself watches the exit of the main thread only.
    if (!isMainThread) stream.flushSync()
  })
  return {
    write(line) {
      try {
        if (!exiting) {
          stream.write(line)
          return
        }
      } catch {
        // pino has ended the stream because the process had nothing left to do.
      }
      writeSync(fd, line)
    },
    flushSync() {
      stream.flushSync()
    },
  }
}
