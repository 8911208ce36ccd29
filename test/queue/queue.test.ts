import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { queueConfig } from '../../src/queue/config.ts'
import { Queue } from '../../src/queue/queue.ts'
import { WaitingList } from '../../src/queue/waiting-list.ts'

interface Line {
  readonly level: string
  readonly message: string
  readonly facts: Readonly<Record<string, unknown>>
}

const open: Queue<string>[] = []
afterEach(async () => {
  for (const queue of open.splice(0)) await queue.close()
})

function start(
  config: object,
  send: (batch: readonly string[], signal: AbortSignal) => Promise<void>,
  closeWithin = 1000,
): { queue: Queue<string>; lines: Line[] } {
  const lines: Line[] = []
  const at = (level: string) => (message: string, facts?: object) =>
    void lines.push({ level, message, facts: { ...facts } })
  const queue = new Queue<string>({
    name: 'test',
    config: queueConfig.parse(config),
    log: { info: at('info'), notice: at('notice'), warn: at('warn'), error: at('error') },
    send,
    closeWithin,
  })
  open.push(queue)
  return { queue, lines }
}

/** A sender that records, and that can be held. */
function recorder() {
  const batches: string[][] = []
  let release = () => {}
  let held: Promise<void> = Promise.resolve()
  return {
    batches,
    send: async (batch: readonly string[]) => {
      batches.push([...batch])
      await held
    },
    hold() {
      held = new Promise((resolve) => {
        release = resolve
      })
    },
    release: () => release(),
  }
}

function addAll(queue: Queue<string>, entries: Iterable<string>): void {
  for (const entry of entries) queue.add(entry, entry.length)
}

describe('batches', () => {
  it('sends an entry at once where batches have one', async () => {
    const { batches, send } = recorder()
    const { queue } = start({}, send)
    addAll(queue, 'abc')
    await vi.waitFor(() => expect(batches).toEqual([['a'], ['b'], ['c']]))
  })

  it('sends a batch as soon as it is full, and the rest after the delay', async () => {
    const { batches, send } = recorder()
    const { queue } = start({ max_batch_size: 2, max_coalescing_delay: 0.02 }, send)
    addAll(queue, 'abc')
    expect(batches).toEqual([['a', 'b']])
    expect(queue.length).toBe(1)
    await vi.waitFor(() => expect(batches).toEqual([['a', 'b'], ['c']]))
  })

  it('sends one batch at a time, and what has gathered meanwhile together', async () => {
    const { batches, send, hold, release } = recorder()
    const { queue } = start({ max_batch_size: 3, max_coalescing_delay: 0 }, send)
    hold()
    addAll(queue, 'abcdefg')
    await Promise.resolve()
    expect(batches).toEqual([['a', 'b', 'c']])
    release()
    await vi.waitFor(() => expect(batches).toEqual([['a', 'b', 'c'], ['d', 'e', 'f'], ['g']]))
  })

  it('sends batches side by side where there is no limit on them', async () => {
    const { batches, send, hold, release } = recorder()
    const { queue } = start({ concurrency_limit: -1, max_entries: 2 }, send)
    hold()
    addAll(queue, 'abc')
    // What is being sent is bounded as what waits is.
    expect(batches).toEqual([['a'], ['b']])
    release()
    await vi.waitFor(() => expect(batches).toEqual([['a'], ['b'], ['c']]))
  })
})

describe('failures', () => {
  it('tries again, waiting longer each time, until it works', async () => {
    let failures = 3
    const sent: string[] = []
    const { queue, lines } = start({ initial_retry_delay: 0.001, max_retry_delay: 0.003 }, async ([entry = '']) => {
      if (failures-- > 0) throw new Error('down')
      sent.push(entry)
    })
    addAll(queue, 'a')
    await vi.waitFor(() => expect(sent).toEqual(['a']))
    expect(lines.map(({ level, facts }) => [level, facts.next_try_ms])).toEqual([
      ['warn', 1],
      ['warn', 2],
      ['warn', 3],
    ])
  })

  it('gives a batch up once its time is over, says so, and goes on with the next', async () => {
    const sent: string[] = []
    const { queue, lines } = start({ max_retry_time: 0 }, async ([entry = '']) => {
      if (entry === 'a') throw new Error('down')
      sent.push(entry)
    })
    addAll(queue, 'ab')
    await vi.waitFor(() => expect(sent).toEqual(['b']))
    expect(lines).toMatchObject([{ level: 'error', facts: { queue: 'test', entries: 1, error: new Error('down') } }])
  })
})

describe('bounds', () => {
  it('drops the oldest entries, tells of the first at once and of the others by their number', async () => {
    const { batches, send, hold, release } = recorder()
    const { queue, lines } = start({ max_entries: 2 }, send)
    hold()
    addAll(queue, 'abcde')
    expect(queue.length).toBe(2)
    expect(lines).toMatchObject([{ level: 'warn', facts: { entries: 1, max_entries: 2 } }])
    release()
    await vi.waitFor(() => expect(batches).toEqual([['a'], ['d'], ['e']]))
    expect(lines.map(({ facts }) => facts.entries)).toEqual([1, 1])
  })

  it('counts bytes, and takes no entry that is larger than all of them', async () => {
    const { batches, send, hold, release } = recorder()
    const { queue } = start({ max_bytes: 4 }, send)
    hold()
    addAll(queue, ['x', 'aa', 'bb', 'cc', 'ddddd'])
    expect(queue.length).toBe(2)
    release()
    await vi.waitFor(() => expect(batches).toEqual([['x'], ['bb'], ['cc']]))
  })

  it('keeps the newest entries within both bounds, whatever comes and goes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.oneof(fc.record({ bytes: fc.integer({ min: 0, max: 8 }) }), fc.record({ take: fc.nat(4) }))),
        (maxEntries, maxBytes, steps) => {
          const list = new WaitingList<number>(maxEntries, maxBytes)
          let model: { id: number; bytes: number }[] = []
          const size = () => model.reduce((sum, { bytes }) => sum + bytes, 0)
          for (const [id, step] of steps.entries()) {
            if ('take' in step) {
              expect(list.take(step.take)).toEqual(model.splice(0, step.take).map((entry) => entry.id))
              continue
            }
            let dropped = 0
            if (step.bytes > maxBytes) dropped = 1
            else {
              model.push({ id, bytes: step.bytes })
              while (model.length > maxEntries || size() > maxBytes) {
                model = model.slice(1)
                dropped += 1
              }
            }
            expect(list.push(id, step.bytes)).toBe(dropped)
            expect(list.length).toBe(model.length)
          }
          expect(list.clear()).toBe(model.length)
          expect(list.length).toBe(0)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('stays in order through many entries that come and go', () => {
    const list = new WaitingList<number>(100_000, 1_000_000)
    const taken: number[] = []
    for (let id = 0; id < 10_000; id++) {
      list.push(id, 1)
      if (id % 3 === 2) taken.push(...list.take(2))
    }
    taken.push(...list.take(10_000))
    expect(taken).toEqual(Array.from({ length: 10_000 }, (_, id) => id))
  })
})

describe('close', () => {
  it('sends what waits without waiting for the delay', async () => {
    const { batches, send } = recorder()
    const { queue } = start({ max_batch_size: 100, max_coalescing_delay: 3600 }, send)
    addAll(queue, 'ab')
    await queue.close()
    expect(batches).toEqual([['a', 'b']])
  })

  it('tries each batch once more and does not wait between tries', async () => {
    const tries: string[] = []
    const { queue, lines } = start({ initial_retry_delay: 60, max_retry_time: 3600 }, async ([entry = '']) => {
      tries.push(entry)
      throw new Error('down')
    })
    addAll(queue, 'ab')
    await vi.waitFor(() => expect(lines).toHaveLength(1))
    await queue.close()
    expect(tries).toEqual(['a', 'a', 'b'])
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(2)
  })

  it('ends within its bound, and says what was lost', async () => {
    const { queue, lines } = start(
      {},
      (_, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      10,
    )
    addAll(queue, 'abc')
    await queue.close()
    expect(lines).toMatchObject([
      { level: 'error', facts: { entries: 1 } },
      { level: 'error', facts: { entries: 2 } },
    ])
  })

  it('ends within its bound though the sender does not mind', async () => {
    const { queue } = start({}, () => new Promise(() => {}), 10)
    addAll(queue, 'a')
    await expect(queue.close()).resolves.toBeUndefined()
  })

  it('takes nothing any more', async () => {
    const { batches, send } = recorder()
    const { queue } = start({}, send)
    await queue.close()
    addAll(queue, 'a')
    expect(batches).toEqual([])
  })
})

describe('config', () => {
  it("has Kong's defaults and ranges", () => {
    expect(queueConfig.parse(undefined)).toEqual({
      max_batch_size: 1,
      max_coalescing_delay: 1,
      max_entries: 10_000,
      max_bytes: null,
      max_retry_time: 60,
      initial_retry_delay: 0.01,
      max_retry_delay: 60,
      concurrency_limit: 1,
    })
    expect(queueConfig.safeParse({ max_batch_size: 0 }).success).toBe(false)
    expect(queueConfig.safeParse({ concurrency_limit: 2 }).success).toBe(false)
    expect(queueConfig.safeParse({ size: 2 }).success).toBe(false)
  })
})
