/** The gateway's own log: JSON lines with Kong's level names, from which secrets are taken out before they are written. */

import { threadId } from 'node:worker_threads'
import pino from 'pino'
import type { LogLevel } from '../settings/schema.ts'
import { type LogSink, standardError } from './log-sink.ts'

/** `facts` become fields of the line; an Error under `error` or `err` is told with its stack and causes. */
type Write = (message: string, facts?: object) => void

export interface Logger extends Readonly<Record<LogLevel, Write>> {
  /** A logger whose lines all carry `facts` too. */
  child(facts: object): Logger
  /** Whether lines of this level are written; asks before facts are gathered at a cost. */
  isEnabled(level: LogLevel): boolean
  /** Writes all that is held back, before it returns. */
  flush(): void
}

export interface LoggerOptions {
  /** Least level that is written. */
  readonly level: LogLevel
  /** Takes secrets out of a whole line, in which texts are escaped as JSON does it. A line that it throws at is withheld. */
  readonly redact: (text: string) => string
  /** Absent: standard error. */
  readonly sink?: LogSink
}

const severities = { debug: 20, info: 30, notice: 35, warn: 40, error: 50, crit: 60, alert: 70, emerg: 80 } as const
type Pino = pino.Logger<LogLevel, boolean>

/**
 * Makes the logger of this thread.
 *
 * @example
 * const logger = createLogger({ level: 'notice', redact: (line) => line })
 * logger.warn('target is down', { target: '10.0.0.1:80' })
 */
export function createLogger({ level, redact, sink = standardError() }: LoggerOptions): Logger {
  const root = pino<LogLevel, true>(
    {
      level,
      customLevels: severities,
      useOnlyCustomLevels: true,
      base: { pid: process.pid, thread: threadId },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
      hooks: { streamWrite: (line) => redactLine(line, redact) },
    },
    sink,
  )
  return wrap(root, sink)
}

function wrap(inner: Pino, sink: LogSink): Logger {
  const at = (level: LogLevel): Write => {
    return function log(message, facts) {
      if (facts === undefined) inner[level](message)
      else inner[level](facts, message)
    }
  }
  return {
    debug: at('debug'),
    info: at('info'),
    notice: at('notice'),
    warn: at('warn'),
    error: at('error'),
    crit: at('crit'),
    alert: at('alert'),
    emerg: at('emerg'),
    child: (facts) => wrap(inner.child(facts), sink),
    isEnabled: (level) => inner.isLevelEnabled(level),
    flush: () => sink.flushSync(),
  }
}

function redactLine(line: string, redact: (text: string) => string): string {
  try {
    const clean = redact(line)
    return clean.endsWith('\n') ? clean : `${clean}\n`
  } catch {
    const facts = { level: 'error', time: new Date().toISOString(), msg: 'a log line was withheld: redaction failed' }
    return `${JSON.stringify(facts)}\n`
  }
}
