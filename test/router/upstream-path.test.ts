import { describe, expect, it } from 'vitest'
import { type Flavor, upstreamPath } from '../../src/router/index.ts'
import { matchOne } from './support.ts'

/** `null` as the route's path: the route matches by something else. */
type Row = readonly [
  service: string | null,
  route: string | null,
  strip: boolean,
  request: string,
  v0: string,
  v1: string,
]

const rows: Row[] = [
  // The service has no path, or the root
  [null, '/', true, '/', '/', '/'],
  [null, '/', false, '/', '/', '/'],
  [null, '/', true, '/pets', '/pets', '/pets'],
  [null, '/', false, '/pets', '/pets', '/pets'],
  ['/', '/', true, '/', '/', '/'],
  ['/', '/', true, '/pets/', '/pets/', '/pets/'],
  ['/', '/shop', true, '/shop', '/', '/'],
  ['/', '/shop', true, '/shop/', '/', '/'],
  ['/', '/shop', true, '/shop/cart', '/cart', '/cart'],
  ['/', '/shop', true, '/shopping', '/ping', '/ping'],
  ['/', '/shop', false, '/shop', '/shop', '/shop'],
  ['/', '/shop', false, '/shop/cart', '/shop/cart', '/shop/cart'],
  ['/', '/shop/', true, '/shop/', '/', '/'],
  ['/', '/shop/', true, '/shop/cart', '/cart', '/cart'],
  ['/', '/shop/', false, '/shop/cart', '/shop/cart', '/shop/cart'],
  // The service's path ends without a slash
  ['/base', '/', true, '/', '/base', '/base'],
  ['/base', '/', false, '/', '/base', '/base'],
  ['/base', '/', true, '/pets', '/base/pets', '/basepets'],
  ['/base', '/', false, '/pets', '/base/pets', '/basepets'],
  ['/base', '/', true, '/pets/', '/base/pets/', '/basepets/'],
  ['/base', '/', true, '/pets/7', '/base/pets/7', '/basepets/7'],
  ['/base', '/shop', true, '/shop', '/base', '/base'],
  ['/base', '/shop', true, '/shop/', '/base/', '/base/'],
  ['/base', '/shop', true, '/shop/cart', '/base/cart', '/base/cart'],
  ['/base', '/shop', true, '/shopping', '/base/ping', '/baseping'],
  ['/base', '/shop', false, '/shop', '/base/shop', '/baseshop'],
  ['/base', '/shop', false, '/shop/', '/base/shop/', '/baseshop/'],
  ['/base', '/shop', false, '/shop/cart', '/base/shop/cart', '/baseshop/cart'],
  ['/base', '/shop/', true, '/shop/', '/base/', '/base'],
  ['/base', '/shop/', true, '/shop/cart', '/base/cart', '/basecart'],
  ['/base', '/shop/', false, '/shop/cart', '/base/shop/cart', '/baseshop/cart'],
  ['/base/v2', '/shop', true, '/shop/a/b', '/base/v2/a/b', '/base/v2/a/b'],
  // The service's path ends with a slash
  ['/base/', '/', true, '/', '/base/', '/base/'],
  ['/base/', '/', false, '/', '/base/', '/base/'],
  ['/base/', '/', true, '/pets', '/base/pets', '/base/pets'],
  ['/base/', '/', false, '/pets', '/base/pets', '/base/pets'],
  ['/base/', '/shop', true, '/shop', '/base', '/base/'],
  ['/base/', '/shop', true, '/shop/', '/base/', '/base/'],
  ['/base/', '/shop', true, '/shop/cart', '/base/cart', '/base/cart'],
  ['/base/', '/shop', true, '/shopping', '/base/ping', '/base/ping'],
  ['/base/', '/shop', false, '/shop', '/base/shop', '/base/shop'],
  ['/base/', '/shop', false, '/shop/cart', '/base/shop/cart', '/base/shop/cart'],
  ['/base/', '/shop/', true, '/shop/', '/base/', '/base/'],
  ['/base/', '/shop/', true, '/shop/cart', '/base/cart', '/base/cart'],
  // The route has no paths
  [null, null, true, '/', '/', '/'],
  [null, null, true, '/pets', '/pets', '/pets'],
  [null, null, false, '/pets/', '/pets/', '/pets/'],
  ['/base', null, true, '/', '/base', '/base'],
  ['/base', null, false, '/', '/base', '/base'],
  ['/base', null, true, '/pets', '/base/pets', '/basepets'],
  ['/base', null, false, '/pets', '/base/pets', '/basepets'],
  ['/base', null, true, '/pets/', '/base/pets/', '/basepets/'],
  ['/base/', null, true, '/', '/base/', '/base/'],
  ['/base/', null, true, '/pets', '/base/pets', '/base/pets'],
  ['/base/', null, false, '/pets', '/base/pets', '/base/pets'],
  // The route's path is a regular expression: all of its match is cut off
  ['/base', '~/v\\d+', true, '/v12/pets', '/base/pets', '/base/pets'],
  ['/base', '~/v\\d+/', true, '/v12/pets', '/base/pets', '/basepets'],
  ['/base', '~/v\\d+$', true, '/v12', '/base', '/base'],
  ['/base', '~/v\\d+', false, '/v12/pets', '/base/v12/pets', '/basev12/pets'],
  ['/', '~/(?<lang>en|de)/(?<page>\\w+)', true, '/en/home/x', '/x', '/x'],
  // What is left may not climb
  ['/base', '/shop', true, '/shop.', '/base', '/base'],
  ['/base', '/shop', true, '/shop..', '/base', '/base'],
  ['/base', '/shop', true, '/shop../secret', '/base/secret', '/basesecret'],
  ['/base', '/shop', true, '/shop./secret', '/base/secret', '/basesecret'],
  ['/base/', '/shop', true, '/shop../secret', '/base/secret', '/base/secret'],
  ['/base', '/shop', true, '/shop...', '/base/...', '/base...'],
  ['/base', '/shop', false, '/shop../secret', '/base/shop../secret', '/baseshop../secret'],
  // What may not stand in a path is escaped, and what is escaped stays so
  ['/base', '/shop', true, '/shop/a b', '/base/a%20b', '/base/a%20b'],
  ['/base', '/shop', true, '/shop/café', '/base/caf%C3%A9', '/base/caf%C3%A9'],
  ['/base', '/shop', true, '/shop/🙂x', '/base/%F0%9F%99%82x', '/base/%F0%9F%99%82x'],
  ['/base', '/shop', true, '/shop/a%2Fb', '/base/a%2Fb', '/base/a%2Fb'],
  [
    '/base',
    '/shop',
    true,
    '/shop/"<>\\^`{|}',
    '/base/%22%3C%3E%5C%5E%60%7B%7C%7D',
    '/base/%22%3C%3E%5C%5E%60%7B%7C%7D',
  ],
  ['/base', '/shop', true, "/shop/!$&'()*+,;=:@[]~-._", "/base/!$&'()*+,;=:@[]~-._", "/base/!$&'()*+,;=:@[]~-._"],
  ['/ba se', '/shop', true, '/shop/x', '/ba%20se/x', '/ba%20se/x'],
  ['/base', '/café', true, '/café/menu', '/base/menu', '/base/menu'],
]

function pathOf(
  [servicePath, routePath, stripPath, requestPath]: Row,
  pathHandling: 'v0' | 'v1',
  flavor: Flavor,
): string {
  const route = routePath === null ? { methods: ['GET'] } : { paths: [routePath] }
  const matched = matchOne({ only: route }, { path: requestPath }, flavor)?.matched
  if (matched === undefined) throw new Error('the route of the row does not match its request')
  return upstreamPath({ servicePath, requestPath, matched, stripPath, pathHandling, flavor })
}

const cases = rows.map((row) => {
  const [service, route, strip, request, v0, v1] = row
  return { name: `${service} + ${route}${strip ? ' stripped' : ''} of ${request}`, row, v0, v1 }
})

describe('upstreamPath', () => {
  it.each(cases)('v0: $name is $v0', ({ row, v0 }) => {
    expect(pathOf(row, 'v0', 'traditional_compatible')).toBe(v0)
    expect(pathOf(row, 'v0', 'traditional')).toBe(v0)
  })

  it.each(cases)('v1: $name is $v1', ({ row, v1 }) => {
    expect(pathOf(row, 'v1', 'traditional')).toBe(v1)
  })

  it.each(cases)('v1 is v0 unless the flavour is traditional: $name is $v0', ({ row, v0 }) => {
    expect(pathOf(row, 'v1', 'traditional_compatible')).toBe(v0)
  })

  it('takes half a surrogate pair for the replacement character', () => {
    const input = {
      servicePath: null,
      matched: '',
      stripPath: false,
      pathHandling: 'v0',
      flavor: 'traditional',
    } as const
    expect(upstreamPath({ ...input, requestPath: '/\ud800x' })).toBe('/%EF%BF%BDx')
  })
})
