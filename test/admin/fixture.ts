/** A configuration with an entity of most kinds, and a secret wherever one may be. */

import { certificatePair } from '../entities/certificates.ts'

/** Every text in the fixture that must never be printed. */
export const secrets = [
  'sk-alice-key',
  'hunter2-basic',
  '4711-pin',
  'Bearer sk-provider',
  'opaque-api-key',
  'auth-value-secret',
  'marked-code',
  'url-password',
  'url-argument',
  'header-secret',
  'added-secret',
  'door-secret',
  'either-secret',
  'partial-password',
  'jwk-private',
  'probe-secret',
  certificatePair.key.split('\n')[1] ?? 'key',
]

export const ids = {
  shop: '11111111-1111-4111-8111-111111111111',
  door: '22222222-2222-4222-8222-222222222222',
  certificate: '33333333-3333-4333-8333-333333333333',
  weightless: '44444444-4444-4444-8444-444444444444',
}

export const fixture = JSON.stringify({
  _format_version: '3.0',
  services: [
    { id: ids.shop, name: 'shop', url: 'http://shop.test/api', tags: ['red', 'blue'] },
    { name: 'cart', host: 'cart-pool', tags: ['red'] },
    { name: 'till', host: 'till.test', protocol: 'https', client_certificate: ids.certificate, tags: ['green'] },
  ],
  routes: [
    { name: 'shop-a', service: 'shop', paths: ['/a'], tags: ['red'] },
    { name: 'shop-b', service: 'shop', paths: ['/b'] },
    { name: 'shop-c', service: 'shop', paths: ['/c'] },
    { name: 'loose', paths: ['/loose'] },
  ],
  consumers: [
    {
      username: 'alice',
      custom_id: 'crm-1',
      tags: ['red'],
      keyauth_credentials: [{ key: 'sk-alice-key' }, { key: '{vault://env/alice-key}' }],
      basicauth_credentials: [{ username: 'al', password: 'hunter2-basic' }],
      acls: [{ group: 'staff' }],
      badges: [{ serial: 'b-1', pin: '4711-pin' }],
      groups: [{ name: 'gold' }],
    },
    { username: 'bob', acls: [{ group: 'staff' }] },
  ],
  consumer_groups: [{ name: 'gold' }, { name: 'silver' }],
  certificates: [{ id: ids.certificate, ...certificatePair, snis: [{ name: 'till.test' }] }],
  upstreams: [
    {
      name: 'cart-pool',
      healthchecks: {
        passive: { unhealthy: { http_failures: 3 } },
        active: { headers: { 'X-Api-Key': ['probe-secret'] } },
      },
      targets: [{ target: '127.0.0.1:9001', tags: ['red'] }, { target: '127.0.0.2:9001' }],
    },
    {
      name: 'plain-pool',
      targets: [{ target: '127.0.0.3:80' }, { id: ids.weightless, target: '127.0.0.4:80', weight: 0 }],
    },
  ],
  key_sets: [{ name: 'ring' }],
  keys: [{ name: 'first', kid: 'k1', set: 'ring', jwk: '{"kty":"oct","k":"jwk-private"}' }],
  vaults: [{ name: 'env', prefix: 'my-env', config: { prefix: 'APP_' } }],
  partials: [{ name: 'counters', type: 'redis-ce', config: { host: 'redis.test', password: 'partial-password' } }],
  plugins: [
    { name: 'rate-limiting', service: 'shop', config: { minute: 5 } },
    { name: 'key-auth', route: 'shop-a' },
    {
      id: ids.door,
      name: 'vault-door',
      instance_name: 'front',
      tags: ['red'],
      config: {
        auth: { header_name: 'authorization', header_value: 'Bearer sk-provider', value: 'auth-value-secret' },
        api_key: 'opaque-api-key',
        public_key: 'everybody may see this',
        tokens: 42,
        token: 'some',
        code: 'marked-code',
        cache_token: 'said to be none',
        endpoint: 'https://user:url-password@log.test/in?api_key=url-argument&mode=fast',
        headers: { 'X-Api-Key': 'header-secret', accept: 'text/html' },
        add: ['authorization:added-secret', 'x-mode:fast', 'x-api-key:{vault://env/door-key}'],
        doors: [
          { name: 'cellar', secret: 'door-secret' },
          { name: 'attic', secret: '{vault://env/attic}' },
        ],
        either: { password: 'either-secret', hint: 'as always' },
      },
    },
  ],
})
