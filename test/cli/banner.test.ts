import { describe, expect, it } from 'vitest'
import { banner } from '../../src/cli/banner.ts'
import { zeroConfig } from '../../src/cli/zero-config.ts'

const addresses = {
  proxy: ['http://0.0.0.0:8000', 'https://0.0.0.0:8443'],
  admin: ['http://127.0.0.1:8001'],
  status: [],
}

function bannerFor(env: NodeJS.ProcessEnv): string {
  const { providers, notes } = zeroConfig(env)
  const source = { name: 'the environment', file: null, providers, notes }
  return banner({ version: '1.2.3', addresses, source, workers: 2 })
}

describe('the banner', () => {
  it('tells the version, the workers and every address', () => {
    const text = bannerFor({})
    expect(text).toContain('Tollgate 1.2.3, 2 workers')
    expect(text).toContain('proxy   http://0.0.0.0:8000, https://0.0.0.0:8443')
    expect(text).toContain('admin   http://127.0.0.1:8001')
    expect(text).toContain('status  off')
    const one = { name: 'kong.yml', file: 'kong.yml', providers: null, notes: [] }
    expect(banner({ version: '1', addresses, source: one, workers: 1 })).toContain('Tollgate 1, 1 worker\n')
  })

  it('offers the demo where nothing else is there, with a command that works as it stands', () => {
    const text = bannerFor({})
    expect(text).toMatch(/demo {2}built in/)
    expect(text).toContain('Set OPENAI_API_KEY')
    const url = /curl (\S+)/.exec(text)?.[1]
    expect(url).toBe('http://localhost:8000/v1/chat/completions')
    const body: unknown = JSON.parse(/-d '(.*)'/.exec(text)?.[1] ?? '')
    expect(body).toEqual({ model: 'demo/demo', messages: [{ role: 'user', content: 'Hello!' }] })
  })

  it('names every provider with its address and the variables that brought it, and why one is left out', () => {
    const text = bannerFor({
      OPENAI_API_KEY: 'sk-secret',
      OPENAI_BASE_URL: 'https://x.example/v1',
      OLLAMA_HOST: '[::]:8080',
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 'aws-secret',
    })
    expect(text).toMatch(/openai +https:\/\/x\.example +from OPENAI_API_KEY, OPENAI_BASE_URL/)
    expect(text).toMatch(/ollama +http:\/\/\[::1\]:8080 +from OLLAMA_HOST/)
    expect(text).toContain('bedrock is left out: AWS_REGION is not set.')
    expect(text).toContain('"model": "openai/gpt-5-mini"')
    expect(text).not.toMatch(/secret|demo/)
  })

  it('lists the models where it cannot know one', () => {
    const text = bannerFor({ OLLAMA_HOST: '127.0.0.1' })
    expect(text.endsWith('  curl http://localhost:8000/v1/models')).toBe(true)
  })

  it('tells of a file that it is followed, and of a text that it is not', () => {
    const file = { name: 'kong.yml', file: 'kong.yml', providers: null, notes: [] }
    const text = { ...file, name: 'declarative_config_string', file: null }
    expect(banner({ version: '1', addresses, source: file, workers: 1 })).toContain(
      'Serving kong.yml; it is read again whenever it changes.',
    )
    expect(banner({ version: '1', addresses, source: text, workers: 1 })).toMatch(
      /Serving declarative_config_string\.$/,
    )
  })

  it('says which listeners are off', () => {
    const none = { proxy: [], admin: [], status: ['http://[::]:8100'] }
    const source = { name: 'f', file: 'f', providers: null, notes: [] }
    const text = banner({ version: '1', addresses: none, source, workers: 1 })
    expect(text).toMatch(/proxy {3}off\n.*admin {3}off\n.*status {2}http:\/\/\[::\]:8100/)
  })
})
