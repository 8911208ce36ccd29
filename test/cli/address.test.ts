import { describe, expect, it } from 'vitest'
import { providers } from '../../providers/index.ts'
import type { ProviderDefinition } from '../../providers/provider.ts'
import { addressOf } from '../../src/cli/address.ts'

function provider(name: string): ProviderDefinition {
  const found = providers.get(name)
  if (found === undefined) throw new TypeError(name)
  return found
}

describe('an address from the environment', () => {
  it.each([
    ['openai', 'https://x.example/v1', 'https://x.example'],
    ['openai', 'https://x.example/v1/', 'https://x.example'],
    ['openai', 'https://x.example', 'https://x.example'],
    ['openai', 'https://x.example:8443/a/v1', 'https://x.example:8443/a'],
    ['openai', 'https://x.example/v1/proxy', 'https://x.example/v1/proxy'],
    ['openai', 'https://x.example/openai/deployments/v10', 'https://x.example/openai/deployments/v10'],
    ['openai', 'x.example/v1', 'https://x.example'],
    ['openai', '  http://127.0.0.1:1234/v1 ', 'http://127.0.0.1:1234'],
    ['openai', 'HTTP://X.example/v1', 'http://x.example'],
    ['anthropic', 'https://x.example', 'https://x.example'],
    ['anthropic', 'https://x.example/anthropic/v1', 'https://x.example/anthropic'],
    ['groq', 'https://x.example', 'https://x.example/openai'],
    ['groq', 'https://x.example/openai/v1', 'https://x.example/openai'],
    ['together', 'https://api.together.ai/v1', 'https://api.together.ai'],
    ['gemini', 'https://x.example', 'https://x.example/v1beta/openai'],
    ['gemini', 'https://x.example/v1beta/openai/', 'https://x.example/v1beta/openai'],
    ['deepseek', 'https://api.deepseek.com/v1', 'https://api.deepseek.com/v1'],
    ['vllm', 'http://gpu-7:8000/v1', 'http://gpu-7:8000'],
    ['vllm', 'gpu-7', 'http://gpu-7:8000'],
  ])('of %s, %j, becomes %s', (name, written, expected) => {
    expect(addressOf('X_BASE_URL', written, provider(name))).toBe(expected)
  })

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:11434'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:8080', 'http://127.0.0.1:8080'],
    ['http://0.0.0.0:8080', 'http://127.0.0.1:8080'],
    [':8080', 'http://127.0.0.1:8080'],
    ['ollama.internal', 'http://ollama.internal:11434'],
    ['https://ollama.internal', 'https://ollama.internal'],
    ['http://ollama.internal', 'http://ollama.internal'],
    ['https://ollama.internal:443/at/', 'https://ollama.internal/at'],
    ['http://localhost:11434/v1', 'http://localhost:11434'],
    ['::1', 'http://[::1]:11434'],
    ['[::1]', 'http://[::1]:11434'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['::', 'http://[::1]:11434'],
    ['[::]:8080', 'http://[::1]:8080'],
    ['http://[fd00::7]:8080', 'http://[fd00::7]:8080'],
  ])('of Ollama, %j, becomes %s', (written, expected) => {
    expect(addressOf('OLLAMA_HOST', written, provider('ollama'))).toBe(expected)
  })

  it.each([
    'ftp://x.example',
    'http://',
    'http://x.example:port',
    'two words',
    'https://me:secret@x.example',
    'https://x.example/v1?api-version=1',
  ])('that is none, %j, is refused by the name of its variable, and not repeated', (written) => {
    const refuse = () => addressOf('OPENAI_BASE_URL', written, provider('openai'))
    expect(refuse).toThrow('OPENAI_BASE_URL is not an address such as https://api.openai.com')
    expect(refuse).not.toThrow(written)
  })
})
