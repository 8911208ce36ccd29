/** The phases as a plugin lives them: their order, what each may call, how a plugin ends a request, and what its failures do. */

import { afterEach, describe, expect, it } from 'vitest'
import { TollError } from '../../src/errors/registry.ts'
import { type AnyPlugin, definePlugin, PluginState, z } from '../../src/pdk/index.ts'
import { phasesOf } from '../../src/pdk/phases-of.ts'
import { createTestGateway, type TestGateway } from '../../src/testing/index.ts'

let gateway: TestGateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

async function start(
  plugins: readonly AnyPlugin[],
  more: { settings?: Record<string, string> } = {},
): Promise<TestGateway> {
  gateway = await createTestGateway({
    plugins,
    ...more,
    config: ({ upstreamUrl }) => ({
      _format_version: '3.0',
      services: [{ name: 's', url: upstreamUrl, routes: [{ name: 'r', paths: ['/'] }] }],
      plugins: plugins.map(({ name }) => ({ name })),
    }),
  })
  return gateway
}

describe('phases', () => {
  it('run in their order, with one state for each exchange', async () => {
    const seen = new PluginState<string[]>(() => [])
    let told: string[] = []
    const spy = definePlugin({
      name: 'spy',
      priority: 1,
      config: z.object({}),
      rewrite: (kong) => void seen.of(kong).push('rewrite'),
      access: (kong) => void seen.of(kong).push('access'),
      headerFilter: (kong) => void seen.of(kong).push('headerFilter'),
      bodyFilter(kong, _, piece, last) {
        seen.of(kong).push(last ? 'last' : 'bodyFilter')
        return piece
      },
      log(kong) {
        seen.of(kong).push('log')
        told = seen.of(kong)
      },
    })
    const { request } = await start([spy])
    expect((await request()).status).toBe(200)
    await expect.poll(() => told).toEqual(['rewrite', 'access', 'headerFilter', 'bodyFilter', 'last', 'log'])
    await request()
    await expect.poll(() => told.length).toBe(6)
  })

  it('give the response phase the whole body, and let it answer otherwise', async () => {
    const whole = definePlugin({
      name: 'whole',
      priority: 1,
      config: z.object({}),
      async response(kong) {
        const body = kong.service.response.getRawBody().toString()
        kong.response.exit(201, { length: body.length, status: kong.service.response.getStatus() })
      },
    })
    const { request } = await start([whole])
    const answer = await request()
    expect(answer.status).toBe(201)
    expect(answer.json()).toMatchObject({ status: 200, length: expect.any(Number) })
  })

  it('let a plugin end the request; later access handlers are skipped, filters and logs are not', async () => {
    const ran: string[] = []
    const first = definePlugin({
      name: 'first',
      priority: 2,
      config: z.object({}),
      access: (kong) => kong.response.exit(418, { short: 'stout' }, { 'X-Pot': 'tea' }),
    })
    const second = definePlugin({
      name: 'second',
      priority: 1,
      config: z.object({}),
      access: () => void ran.push('access'),
      headerFilter: (kong) => kong.response.setHeader('x-source', kong.response.getSource()),
      log: () => void ran.push('log'),
    })
    const { request, seen } = await start([first, second])
    const answer = await request()
    expect(answer.status).toBe(418)
    expect(answer.headers).toMatchObject({ 'x-pot': 'tea', 'x-source': 'exit' })
    expect(answer.json()).toEqual({ short: 'stout' })
    await expect.poll(() => ran).toEqual(['log'])
    expect(seen).toEqual([])
  })

  it.each(['rewrite', 'access', 'response'] as const)(
    'answer 500 in Kong’s words when %s throws, and log why',
    async (phase) => {
      const broken = definePlugin({
        name: 'broken',
        priority: 1,
        config: z.object({}),
        [phase]() {
          throw new Error('a secret reason')
        },
      })
      const { request, logs } = await start([broken])
      const answer = await request()
      expect(answer.status).toBe(500)
      expect(answer.json()).toMatchObject({ message: 'An unexpected error occurred' })
      expect(answer.text).not.toContain('a secret reason')
      await expect.poll(() => logs.join('')).toContain('a secret reason')
    },
  )

  it('keep other plugins’ logs when one of them throws', async () => {
    const ran: string[] = []
    const broken = definePlugin({
      name: 'broken',
      priority: 2,
      config: z.object({}),
      log() {
        throw new Error('log trouble')
      },
    })
    const fine = definePlugin({ name: 'fine', priority: 1, config: z.object({}), log: () => void ran.push('fine') })
    const { request, logs } = await start([broken, fine])
    expect((await request()).status).toBe(200)
    await expect.poll(() => ran).toEqual(['fine'])
    expect(logs.join('')).toContain('log trouble')
  })

  it('refuse a plugin that both holds the response back and filters it', () => {
    const both = { name: 'both', priority: 1, config: z.object({}), response() {}, headerFilter() {} }
    expect(() => definePlugin(both)).toThrow('Plugin "both" has both "response" and "headerFilter" or "bodyFilter"')
  })
})

describe('the guard', () => {
  it('throws TOLL_PDK_WRONG_PHASE naming function, phase and where it is allowed', async () => {
    let caught: unknown
    const wrong = definePlugin({
      name: 'wrong',
      priority: 1,
      config: z.object({}),
      access(kong) {
        try {
          // What JavaScript may do and the types do not allow.
          Reflect.get(kong.response, 'getStatus').call(kong.response)
        } catch (error) {
          caught = error
        }
      },
    })
    const { request } = await start([wrong])
    await request()
    expect(caught).toBeInstanceOf(TollError)
    expect(caught).toMatchObject({
      code: 'TOLL_PDK_WRONG_PHASE',
      message:
        'function kong.response.getStatus cannot be called in access phase (only in: response, headerFilter, bodyFilter, log)',
    })
  })

  it('holds for every function that a header filter may not call', async () => {
    const outcomes: Record<string, unknown> = {}
    const expected: Record<string, string> = {}
    const prober = definePlugin({
      name: 'prober',
      priority: 1,
      config: z.object({}),
      headerFilter(kong) {
        for (const [namespace, functions] of Object.entries(phasesOf)) {
          const holder: unknown =
            namespace === 'serviceRequest'
              ? Reflect.get(kong.service, 'request')
              : namespace === 'serviceResponse'
                ? Reflect.get(kong.service, 'response')
                : Reflect.get(kong, namespace)
          for (const [name, allowed] of Object.entries<readonly string[]>(functions)) {
            if (allowed.includes('headerFilter') || typeof holder !== 'object' || holder === null) continue
            expected[`${namespace}.${name}`] = 'TOLL_PDK_WRONG_PHASE'
            try {
              Reflect.get(holder, name).call(holder)
            } catch (error) {
              outcomes[`${namespace}.${name}`] = error instanceof TollError ? error.code : error
            }
          }
        }
      },
    })
    const { request } = await start([prober])
    await request()
    expect(Object.keys(expected).length).toBeGreaterThan(20)
    expect(outcomes).toEqual(expected)
  })
})
