import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { logLevels } from '../../src/settings/index.ts'
import type { LogSink } from '../../src/telemetry/log-sink.ts'
import { createLogger, type Logger, type LoggerOptions } from '../../src/telemetry/logger.ts'

function capture(options: Partial<LoggerOptions> = {}): { logger: Logger; lines: string[]; parsed: () => unknown[] } {
  const lines: string[] = []
  const sink: LogSink = { write: (line) => lines.push(line), flushSync: () => lines.push('flushed\n') }
  const logger = createLogger({ level: 'debug', redact: (text) => text, sink, ...options })
  return { logger, lines, parsed: () => lines.map((line): unknown => JSON.parse(line)) }
}

describe('lines', () => {
  test('are JSON with level, time, process, thread, facts and message', () => {
    const { logger, lines, parsed } = capture()
    logger.notice('ready', { proxy: 'http://127.0.0.1:1' })
    expect(parsed()).toEqual([
      {
        level: 'notice',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        pid: process.pid,
        thread: expect.any(Number),
        proxy: 'http://127.0.0.1:1',
        msg: 'ready',
      },
    ])
    expect(lines[0]).toMatch(/^[^\n]+\n$/)
  })

  test.each(logLevels.map((level, index) => ({ level, index })))(
    'of level $level and above are written',
    ({ level, index }) => {
      const { logger, parsed } = capture({ level })
      for (const one of logLevels) logger[one](one)
      expect(parsed()).toMatchObject(logLevels.slice(index).map((one) => ({ level: one, msg: one })))
      expect(logLevels.filter((one) => logger.isEnabled(one))).toEqual(logLevels.slice(index))
    },
  )

  test('line breaks and format marks in a message stay text', () => {
    const { logger, lines, parsed } = capture()
    logger.warn('100 %s\n{"level":"emerg"}', {})
    logger.warn('100 %d')
    expect(lines).toHaveLength(2)
    expect(parsed()).toMatchObject([{ msg: '100 %s\n{"level":"emerg"}' }, { msg: '100 %d' }])
  })

  test('errors are told with stack and cause, circular facts do not throw', () => {
    const { logger, parsed } = capture()
    const circular: Record<string, unknown> = { n: 1n }
    circular.self = circular
    logger.error('failed', { error: new TypeError('outer', { cause: new Error('inner') }), circular })
    expect(parsed()).toMatchObject([
      { error: { type: 'TypeError', stack: expect.stringContaining('inner') }, circular: { self: '[Circular]' } },
    ])
  })

  test('of a child carry the facts of all its parents', () => {
    const { logger, parsed } = capture()
    const child = logger.child({ request_id: 'r' }).child({ plugin: 'p' })
    child.info('a')
    logger.info('b')
    expect(parsed()[0]).toMatchObject({ request_id: 'r', plugin: 'p', msg: 'a' })
    expect(parsed()[1]).not.toHaveProperty('request_id')
  })
})

test('flush empties the sink', () => {
  const { logger, lines } = capture()
  logger.child({}).flush()
  expect(lines).toEqual(['flushed\n'])
})

describe('redaction', () => {
  const redact = (text: string) => text.replaceAll('hunter2', '<redacted>')

  test('covers message, facts, names, errors and the facts of children', () => {
    const { logger, lines } = capture({ redact })
    const facts = { deep: [{ hunter2: 'x', y: 'hunter2' }], error: new Error('hunter2') }
    logger.child({ key: 'hunter2' }).error('hunter2', facts)
    expect(lines.join('')).not.toContain('hunter2')
    expect(lines.join('')).toContain('<redacted>')
  })

  test('that fails withholds the line, and one that eats the line end gets it back', () => {
    const failing = capture({
      redact: () => {
        throw new Error('no')
      },
    })
    failing.logger.info('hunter2')
    expect(failing.parsed()).toMatchObject([{ level: 'error', msg: 'a log line was withheld: redaction failed' }])

    const eating = capture({ redact: (text) => text.trim() })
    eating.logger.info('a')
    expect(eating.lines[0]).toMatch(/\}\n$/)
  })
})

describe('standard error', () => {
  test('is where a logger without a sink writes', () => {
    const write = createLogger({ level: 'emerg', redact: (text) => text })
    expect(write.isEnabled('alert')).toBe(false)
    expect(() => write.flush()).not.toThrow()
  })

  const logger = JSON.stringify(new URL('../../src/telemetry/logger.ts', import.meta.url).href)
  const run = (code: string) => promisify(execFile)(process.execPath, ['--input-type=module', '-e', code])

  test('gets every line before the process ends, also by process.exit and in exit handlers', async () => {
    const { stderr, stdout } = await run(`
      const { createLogger } = await import(${logger})
      const logger = createLogger({ level: 'info', redact: (text) => text })
      process.on('exit', () => logger.info('last'))
      for (let n = 0; n < 5000; n++) logger.info('line', { n })
      process.exit(0)
    `)
    const lines = stderr
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(lines).toHaveLength(5001)
    expect(lines.at(4999)).toMatchObject({ n: 4999 })
    expect(lines.at(-1)).toMatchObject({ msg: 'last' })
    expect(stdout).toBe('')
  })

  test('gets lines that are written when the process has nothing left to do', async () => {
    const { stderr } = await run(`
      const { createLogger } = await import(${logger})
      const logger = createLogger({ level: 'info', redact: (text) => text })
      logger.info('first')
      let turns = 0
      process.on('beforeExit', () => {
        if (turns++ < 3) setImmediate(() => logger.info('turn ' + turns))
      })
    `)
    expect(stderr.match(/first|turn \d/g)).toEqual(['first', 'turn 1', 'turn 2', 'turn 3'])
  })

  test('gets the lines of worker threads, marked with their thread', async () => {
    const worker = `import(${logger}).then(({ createLogger }) => {
      const logger = createLogger({ level: 'info', redact: (text) => text })
      for (let n = 0; n < 100; n++) logger.info('line', { n })
      process.exit(0)
    })`
    const { stderr } = await run(`
      const { Worker } = await import('node:worker_threads')
      new Worker(${JSON.stringify(worker)}, { eval: true })
    `)
    const lines = stderr
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(lines).toHaveLength(100)
    expect(lines[99]).toMatchObject({ n: 99, thread: 1 })
  })
})
