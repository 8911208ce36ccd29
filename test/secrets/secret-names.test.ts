import { expect, it } from 'vitest'
import { secretTexts } from '../../src/secrets/secret-names.ts'

it('finds the texts that stand under the names of credentials, at any depth', () => {
  const config = {
    auth: { header_name: 'Authorization', header_value: 'Bearer abc.def', param_value: 'plain' },
    redis: { password: 'pass word', port: 6379, server_name: 'host' },
    headers: { Authorization: 'Basic dXNlcg==', 'X-Plain': 'seen' },
    providers: [{ name: 'openai', key: 'sk-1' }],
    ssl_cert_key: ['one', 'two'],
    cache_key: 'harmless',
    token: null,
  }
  expect([...secretTexts(config)]).toEqual([
    'Bearer abc.def',
    'abc.def',
    'plain',
    'pass word',
    'Basic dXNlcg==',
    'dXNlcg==',
    'sk-1',
    'one',
    'two',
  ])
})
