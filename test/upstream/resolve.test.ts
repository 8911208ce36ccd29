import { describe, expect, it } from 'vitest'
import { Resolver, type ResolverOptions } from '../../src/upstream/resolve.ts'

function setUp(options: Partial<ResolverOptions> = {}) {
  const state = { now: 0, asked: 0, answer: ['10.0.0.1'], fail: false }
  const resolver = new Resolver({
    ttl: 100,
    staleTtl: 1000,
    errorTtl: 10,
    now: () => state.now,
    lookup: async () => {
      state.asked += 1
      if (state.fail) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
      return state.answer
    },
    ...options,
  })
  return { state, resolver }
}

const unresolved = { code: 'TOLL_NAME_RESOLUTION', status: 503 }

describe('the resolver', () => {
  it('answers an IP address by itself', () => {
    const { state, resolver } = setUp()
    expect(resolver.resolve('127.0.0.1')).toEqual([{ host: '127.0.0.1' }])
    expect(resolver.resolve('::1')).toEqual([{ host: '::1' }])
    expect(state.asked).toBe(0)
  })

  it('knows the names of this machine', async () => {
    const hosts = (await new Resolver().resolve('localhost')).map(({ host }) => host)
    expect(hosts).toEqual(['127.0.0.1'])
  })

  it('asks once for requests that come together, and answers at once from then on', async () => {
    const { state, resolver } = setUp()
    const first = resolver.resolve('a.test')
    await Promise.all([first, resolver.resolve('a.test')])
    expect(state.asked).toBe(1)
    expect(resolver.resolve('a.test')).toEqual([{ host: '10.0.0.1' }])
  })

  it('serves the old answer while it asks again', async () => {
    const { state, resolver } = setUp()
    await resolver.resolve('a.test')
    state.now = 150
    state.answer = ['10.0.0.2']
    expect(resolver.resolve('a.test')).toEqual([{ host: '10.0.0.1' }])
    expect(state.asked).toBe(2)
    await expect.poll(() => resolver.resolve('a.test')).toEqual([{ host: '10.0.0.2' }])
    expect(state.asked).toBe(2)
  })

  it('keeps the old answer while asking fails, though not for ever', async () => {
    const { state, resolver } = setUp()
    await resolver.resolve('a.test')
    state.fail = true
    state.now = 150
    expect(resolver.resolve('a.test')).toEqual([{ host: '10.0.0.1' }])
    state.now = 1200
    await expect(Promise.resolve(resolver.resolve('a.test'))).rejects.toMatchObject(unresolved)
  })

  it('remembers a failure for a short while', async () => {
    const { state, resolver } = setUp()
    state.fail = true
    await expect(resolver.resolve('a.test')).rejects.toMatchObject(unresolved)
    state.fail = false
    expect(() => resolver.resolve('a.test')).toThrow(expect.objectContaining(unresolved))
    expect(state.asked).toBe(1)
    state.now = 20
    expect(await resolver.resolve('a.test')).toEqual([{ host: '10.0.0.1' }])
  })

  it('takes an empty answer for a failure', async () => {
    const { state, resolver } = setUp()
    state.answer = []
    await expect(resolver.resolve('a.test')).rejects.toMatchObject(unresolved)
  })

  it('does not wait for ever', async () => {
    const { resolver } = setUp({ timeout: 10, lookup: () => new Promise(() => {}) })
    await expect(resolver.resolve('a.test')).rejects.toMatchObject(unresolved)
  })

  it('forgets the oldest name over its bound', async () => {
    const { state, resolver } = setUp({ maxNames: 2 })
    for (const name of ['a.test', 'b.test', 'c.test', 'b.test', 'a.test']) await resolver.resolve(name)
    expect(state.asked).toBe(4)
  })

  it('takes host, port and weight from the SRV records of the first priority', async () => {
    const { resolver } = setUp({
      resolveSrv: async () => [
        { name: 'one.test', port: 81, priority: 1, weight: 0 },
        { name: '10.0.0.9', port: 82, priority: 1, weight: 5 },
        { name: 'far.test', port: 83, priority: 2, weight: 5 },
      ],
    })
    expect(await resolver.resolve('_http._tcp.a.test')).toEqual([
      { host: '10.0.0.1', port: 81, weight: 1, srvName: 'one.test' },
      { host: '10.0.0.9', port: 82, weight: 5, srvName: '10.0.0.9' },
    ])
  })
})
