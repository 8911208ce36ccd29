import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { SharedCounters } from '../../src/counters/shared-counters.ts'

const future = Math.floor(Date.now() / 1000) + 3600

afterEach(() => {
  vi.useRealTimers()
})

describe('one thread', () => {
  test('counts each key on its own and says the new count', () => {
    const counters = SharedCounters.create({ slots: 1000 })
    expect(counters.increment('a', 2, future)).toBe(2)
    expect(counters.increment('a', 3, future)).toBe(5)
    expect(counters.increment('b', 1, future)).toBe(1)
    expect(counters.get('a', future)).toBe(5)
    expect(counters.get('c', future)).toBe(0)
  })

  test('one key has a count for each window, also of fractions of a second', () => {
    const counters = SharedCounters.create({ slots: 1000 })
    for (let window = 0; window < 100; window++) counters.increment('a', window, future + window / 2)
    for (let window = 0; window < 100; window++) expect(counters.get('a', future + window / 2)).toBe(window)
    expect(counters.evictions).toBe(0)
  })

  test('a negative amount gives back, never below zero, and takes no slot', () => {
    const counters = SharedCounters.create({ slots: 16 })
    counters.increment('a', 5, future)
    expect(counters.increment('a', -2, future)).toBe(3)
    expect(counters.increment('a', -9, future)).toBe(0)
    for (let key = 0; key < 100; key++) expect(counters.increment(`new ${key}`, -1, future)).toBe(0)
    expect(counters.increment('a', 1, future)).toBe(1)
    expect(counters.evictions).toBe(0)
  })

  test('a count stays at 2^53 - 1', () => {
    const counters = SharedCounters.create({ slots: 16 })
    counters.increment('a', Number.MAX_SAFE_INTEGER - 1, future)
    expect(counters.increment('a', 7, future)).toBe(Number.MAX_SAFE_INTEGER)
    expect(counters.increment('a', -7, future)).toBe(Number.MAX_SAFE_INTEGER - 7)
  })

  test('amounts, ends, sizes and buffers that make no sense are refused', () => {
    const counters = SharedCounters.create({ slots: 16 })
    for (const amount of [Number.NaN, 0.5, 2 ** 53])
      expect(() => counters.increment('a', amount, future)).toThrow(RangeError)
    for (const end of [Number.NaN, 0, -1, Number.POSITIVE_INFINITY]) {
      expect(() => counters.increment('a', 1, end)).toThrow(RangeError)
    }
    for (const slots of [0, -1, 1.5]) expect(() => SharedCounters.create({ slots })).toThrow(RangeError)
    for (const size of [0, 64, 16 + 8 + 32 * 24]) {
      expect(() => new SharedCounters(new SharedArrayBuffer(size))).toThrow(RangeError)
    }
  })
})

describe('space', () => {
  test('slots of ended windows are reused without an eviction', () => {
    vi.useFakeTimers({ now: future * 1000, toFake: ['Date'] })
    const counters = SharedCounters.create({ slots: 32 })
    for (let window = 1; window <= 200; window++) {
      const end = future + window
      vi.setSystemTime((end - 0.5) * 1000)
      for (const key of ['a', 'b', 'c']) expect(counters.increment(key, window, end)).toBe(window)
    }
    expect(counters.evictions).toBe(0)
  })

  test('a full bucket drops the counter that ends soonest, and counts that', () => {
    const counters = SharedCounters.create({ slots: 32 })
    for (let key = 0; key < 400; key++) counters.increment(`key ${key}`, 1, future + key)
    const kept = Array.from({ length: 400 }, (_, key) => counters.get(`key ${key}`, future + key))
    expect(kept.reduce((sum, count) => sum + count, 0)).toBe(32)
    expect(counters.evictions).toBe(400 - 32)
    // Two buckets keep the 16 latest of each, and about every other key goes to each, so all of these are late.
    expect(kept.indexOf(1)).toBeGreaterThan(330)
  })

  test('similar keys do not share counts, and a roomy table evicts none', () => {
    const counters = SharedCounters.create({ slots: 160_000 })
    for (let key = 0; key < 20_000; key++) counters.increment(`consumer:${key}`, key + 1, future)
    const wrong = Array.from({ length: 20_000 }, (_, key) => counters.get(`consumer:${key}`, future) - key - 1)
    expect(wrong.filter((difference) => difference !== 0)).toEqual([])
    expect(counters.evictions).toBe(0)
    expect(counters.get('consumer:20000', future)).toBe(0)
  })
})

describe('many threads', () => {
  test('lose no count', async () => {
    const counters = SharedCounters.create({ slots: 256 })
    const gate = new SharedArrayBuffer(4)
    const keys = ['one', 'two', 'three']
    const workerData = { buffer: counters.buffer, gate, keys, rounds: 20_000, expiresAt: future }
    const file = new URL('./hammer-worker.ts', import.meta.url)
    const workers = Array.from({ length: 4 }, () => new Worker(file, { workerData }))
    await Promise.all(workers.map((worker) => once(worker, 'message')))
    const exits = workers.map((worker) => once(worker, 'exit'))
    Atomics.store(new Int32Array(gate), 0, 1)
    Atomics.notify(new Int32Array(gate), 0)
    expect((await Promise.all(exits)).flat()).toEqual([0, 0, 0, 0])
    for (const key of keys) expect(counters.get(key, future)).toBe(4 * 20_000 * 2)
    expect(counters.evictions).toBe(0)
  })

  test('a thread that died with a lock in its hand does not stop the others', () => {
    const counters = SharedCounters.create({ slots: 32 })
    counters.increment('a', 1, future)
    // Locks begin at the fifth word; an odd one is held.
    const locks = new Int32Array(counters.buffer, 16, 2)
    for (const index of [0, 1]) Atomics.add(locks, index, 1 - (Atomics.load(locks, index) & 1))
    expect(counters.increment('a', 1, future)).toBe(2)
    expect(counters.increment('a', 1, future)).toBe(3)
  })
})
