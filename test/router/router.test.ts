import { describe, expect, it } from 'vitest'
import { compileRouter } from '../../src/router/index.ts'
import { idOf, makeInput, makeRoute, makeService, matchOne, namedRoutes } from './support.ts'

const service = makeService({ id: idOf(901), name: 'pets' })
const services = new Map([[service.id, service]])

describe('compileRouter', () => {
  it('gives the route itself and its service', () => {
    const route = makeRoute({ paths: ['/pets'], service: { id: service.id } })
    const match = compileRouter([route], services, 'traditional_compatible').match(makeInput({ path: '/pets' }))
    expect(match?.route).toBe(route)
    expect(match?.service).toBe(service)
  })

  it('gives the route itself where it was split', () => {
    const route = makeRoute({ paths: ['/a', '/bcd'] })
    expect(compileRouter([route], services, 'traditional_compatible').match(makeInput({ path: '/bcd' }))?.route).toBe(
      route,
    )
  })

  it('gives no service where the route has none', () => {
    const match = compileRouter([makeRoute({ paths: ['/'] })], services, 'traditional_compatible').match(makeInput())
    expect(match?.service).toBeNull()
  })

  it('gives no service where the one referred to is not there', () => {
    const route = makeRoute({ paths: ['/'], service: { id: idOf(999) } })
    expect(compileRouter([route], services, 'traditional_compatible').match(makeInput())).toMatchObject({
      service: null,
    })
  })

  it('leaves routes of a disabled service out', () => {
    const disabled = makeService({ id: idOf(902), enabled: false })
    const list = [
      makeRoute({ id: idOf(1), name: 'off', paths: ['/pets'], service: { id: disabled.id } }),
      makeRoute({ id: idOf(2), name: 'on', paths: ['/'] }),
    ]
    const router = compileRouter(list, new Map([[disabled.id, disabled]]), 'traditional_compatible')
    expect(router.match(makeInput({ path: '/pets' }))?.route.name).toBe('on')
  })

  it('answers no with no routes', () => {
    expect(compileRouter([], new Map(), 'traditional').match(makeInput())).toBeNull()
  })

  it('remembers a match for the next request like it', () => {
    const router = compileRouter(namedRoutes({ all: { paths: ['/'] } }), new Map(), 'traditional_compatible')
    expect(router.match(makeInput({ path: '/x' }))).toBe(router.match(makeInput({ path: '/x', method: 'POST' })))
  })

  it('matches a request whose path is too long to be remembered', () => {
    const router = compileRouter(namedRoutes({ all: { paths: ['/'] } }), new Map(), 'traditional_compatible')
    const path = `/${'x'.repeat(5000)}`
    expect(router.match(makeInput({ path }))?.route.name).toBe('all')
    expect(router.match(makeInput({ path }))).not.toBe(router.match(makeInput({ path })))
  })

  it.each(['traditional_compatible', 'traditional'] as const)(
    'names the route whose expression cannot be read: %s',
    (flavor) => {
      const list = [makeRoute({ name: 'broken', paths: ['~/a(b'] })]
      expect(() => compileRouter(list, new Map(), flavor)).toThrow(
        /^route broken cannot be compiled: Invalid regular expression/,
      )
    },
  )

  it('names a route without a name by its id', () => {
    const list = [makeRoute({ headers: { a: ['~*('] } })]
    expect(() => compileRouter(list, new Map(), 'traditional_compatible')).toThrow(
      `route ${idOf(1)} cannot be compiled`,
    )
  })

  it.each(['10.0.0.0/40', 'nowhere', '10.0.0.0/x'])('names the route whose source %s is no address', (ip) => {
    const list = [makeRoute({ name: 'lost', sources: [{ ip, port: null }] })]
    expect(() => compileRouter(list, new Map(), 'traditional_compatible')).toThrow(/^route lost cannot be compiled/)
  })

  it('refuses a route that would take everything for want of anything to match by', () => {
    const list = [makeRoute({ name: 'empty', hosts: [], paths: [] })]
    expect(() => compileRouter(list, new Map(), 'traditional')).toThrow('route empty has nothing to match requests by')
  })

  it('refuses a route with an expression', () => {
    const list = [makeRoute({ name: 'written', expression: 'http.path == "/"' })]
    expect(() => compileRouter(list, new Map(), 'traditional')).toThrow('route written has an expression')
  })
})

describe('what matched', () => {
  it('is the prefix', () => {
    expect(matchOne({ only: { paths: ['/a'] } }, { path: '/abc' })).toMatchObject({ matched: '/a', captures: null })
  })

  it('is the prefix of several that the path has', () => {
    expect(matchOne({ only: { paths: ['/a', '/b', '/long'] } }, { path: '/b/c' })?.matched).toBe('/b')
  })

  it('is the longest of several prefixes', () => {
    for (const flavor of ['traditional_compatible', 'traditional'] as const) {
      expect(matchOne({ only: { paths: ['/a', '/a/b'] } }, { path: '/a/b/c' }, flavor)?.matched).toBe('/a/b')
    }
  })

  it('is the prefix in normal form', () => {
    expect(matchOne({ only: { paths: ['/caf%C3%A9'] } }, { path: '/café/x' })?.matched).toBe('/café')
  })

  it('is nothing where the route has no path', () => {
    expect(matchOne({ only: { methods: ['GET'] } }, { path: '/a' })).toMatchObject({ matched: '', captures: null })
  })

  it('is the whole match of an expression', () => {
    expect(matchOne({ only: { paths: ['~/v(\\d+)/?'] } }, { path: '/v12/pets' })?.matched).toBe('/v12/')
  })

  it('has the groups of an expression by number', () => {
    const match = matchOne({ only: { paths: ['~/(\\w+)/(\\w+)'] } }, { path: '/cats/tom' })
    expect(match?.captures).toEqual({ unnamed: ['cats', 'tom'], named: {} })
  })

  it.each(['(?<kind>\\w+)', '(?P<kind>\\w+)'])('has the groups of an expression by name: %s', (group) => {
    const match = matchOne({ only: { paths: [`~/${group}/(\\d+)`] } }, { path: '/cats/9' })
    expect(match?.captures).toEqual({ unnamed: ['cats', '9'], named: { kind: 'cats' } })
  })

  it('has a group that took no part as an empty text by number only', () => {
    const match = matchOne({ only: { paths: ['~/(?:(?<a>x)|(?<b>y))'] } }, { path: '/y' })
    expect(match?.captures).toEqual({ unnamed: ['', 'y'], named: { b: 'y' } })
  })

  it('has no groups where the expression has none', () => {
    expect(matchOne({ only: { paths: ['~/a'] } }, { path: '/a' })?.captures).toEqual({ unnamed: [], named: {} })
  })

  it('comes from the first of several expressions in the order written', () => {
    const match = matchOne({ only: { paths: ['~/(\\w)', '~/(\\w+)'] } }, { path: '/cats' })
    expect(match?.captures?.unnamed).toEqual(['c'])
  })

  it('cannot be changed, for others may be given the same', () => {
    const match = matchOne({ only: { paths: ['~/(?<a>x)'] } }, { path: '/x' })
    expect(Object.isFrozen(match)).toBe(true)
    expect(Object.isFrozen(match?.captures?.named)).toBe(true)
    expect(Object.isFrozen(match?.captures?.unnamed)).toBe(true)
  })
})

describe('many routes', () => {
  it('finds each of thousands of routes by its path or its host', () => {
    const byPath = Array.from({ length: 2000 }, (_, n) =>
      makeRoute({ id: idOf(n), name: `p${n}`, paths: [`/api/${n}/`] }),
    )
    const byHost = Array.from({ length: 2000 }, (_, n) =>
      makeRoute({ id: idOf(5000 + n), name: `h${n}`, hosts: [`h${n}.test`], paths: ['/'] }),
    )
    for (const flavor of ['traditional_compatible', 'traditional'] as const) {
      const router = compileRouter([...byPath, ...byHost], new Map(), flavor)
      for (const n of [0, 1, 42, 999, 1999]) {
        expect(router.match(makeInput({ path: `/api/${n}/x` }))?.route.name).toBe(`p${n}`)
        expect(router.match(makeInput({ host: `h${n}.test`, path: `/api/${n}/x` }))?.route.name).toBe(`h${n}`)
      }
      expect(router.match(makeInput({ path: '/api/2000/x' }))).toBeNull()
    }
  })
})
