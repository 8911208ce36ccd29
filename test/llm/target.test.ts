import { describe, expect, it } from 'vitest'
import { authority, parseEndpoint, tlsFor } from '../../src/llm/target.ts'

describe('the endpoint of a model', () => {
  it.each([
    ['https://api.example', 'api.example', 443, 'api.example'],
    ['https://api.example:8443/v1', 'api.example', 8443, 'api.example:8443'],
    ['http://127.0.0.1:11434', '127.0.0.1', 11434, '127.0.0.1:11434'],
    ['http://[::1]:11434', '::1', 11434, '[::1]:11434'],
    ['https://[fd00::7]', 'fd00::7', 443, '[fd00::7]'],
  ])('%s is reached at %s, port %i, and called %s', (address, host, port, name) => {
    const endpoint = parseEndpoint(address, false)
    expect(endpoint).toMatchObject({ host, port })
    expect(authority(endpoint)).toBe(name)
  })

  it('is the whole path of an address that is one, and in front of the operation’s path otherwise', () => {
    expect(parseEndpoint('https://a.example/x/y?z=1', true)).toMatchObject({ fullPath: '/x/y?z=1', basePath: '/x/y' })
    expect(parseEndpoint('https://a.example/', true)).toMatchObject({ fullPath: undefined, basePath: '' })
    expect(parseEndpoint('https://a.example/base/', false)).toMatchObject({ fullPath: undefined, basePath: '/base' })
  })

  it('has one set of TLS options for each way to treat certificates, and none without TLS', () => {
    const endpoint = parseEndpoint('https://a.example', false)
    expect(tlsFor(endpoint, true)).toBe(tlsFor(endpoint, true))
    expect(tlsFor(endpoint, true)).toEqual({ verify: true, servername: 'a.example' })
    expect(tlsFor(endpoint, false)).toEqual({ verify: false, servername: 'a.example' })
    expect(tlsFor(parseEndpoint('https://[::1]', false), true)?.servername).toBeUndefined()
    expect(tlsFor(parseEndpoint('http://a.example', false), true)).toBeUndefined()
  })
})
