import { readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formats } from '../../providers/formats/index.ts'
import { providers } from '../../providers/index.ts'
import { baseUrlOf, type ProviderDefinition } from '../../providers/provider.ts'
import { objectOf } from './support.ts'

function provider(name: string): ProviderDefinition {
  const found = providers.get(name)
  if (found === undefined) throw new TypeError(name)
  return found
}

function fix(name: string, body: unknown, model = 'm') {
  return provider(name).fixRequest?.(objectOf(body), model)
}

describe('every provider', () => {
  it.each([...providers.values()])('$name is complete', (definition) => {
    for (const name of definition.formats) expect(formats.has(name)).toBe(true)
    const baseUrl = baseUrlOf(definition, { bedrock: { aws_region: 'eu-west-1' } })
    if (baseUrl !== undefined) {
      expect(new URL(baseUrl).href.replace(/\/$/, '')).toBe(baseUrl)
      expect(baseUrl.endsWith('/v1')).toBe(false)
    }
    for (const path of Object.values(definition.paths)) expect(path).toMatch(/^\//)
    const file = new URL(`../../providers/${definition.name}/index.ts`, import.meta.url)
    expect(statSync(file).isFile()).toBe(true)
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(30)
    const body = objectOf({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
    expect(definition.fixRequest?.(body, 'm') ?? body).toBe(body)
  })

  it('is known by a bare model name to one at most', () => {
    const served = (model: string) =>
      [...providers.values()]
        .filter((definition) => definition.models?.test(model))
        .map((definition) => definition.name)
    expect(served('gpt-4.1-mini')).toEqual(['openai'])
    expect(served('o3')).toEqual(['openai'])
    expect(served('text-embedding-3-small')).toEqual(['openai'])
    expect(served('claude-sonnet-4-5')).toEqual(['anthropic'])
    expect(served('gemini-2.5-pro')).toEqual(['gemini'])
    expect(served('mistral-large-latest')).toEqual(['mistral'])
    expect(served('open-mixtral-8x7b')).toEqual(['mistral'])
    expect(served('deepseek-chat')).toEqual(['deepseek'])
    expect(served('grok-4')).toEqual(['xai'])
    expect(served('sonar')).toEqual(['perplexity'])
    expect(served('demo')).toEqual(['demo'])
    expect(served('llama3.2')).toEqual([])
  })
})

describe('OpenAI', () => {
  it('gets from a reasoning model’s request what the model refuses taken out', () => {
    const body = {
      messages: [],
      max_tokens: 5,
      temperature: 0,
      top_p: 1,
      top_k: 3,
      presence_penalty: 1,
      logprobs: true,
    }
    expect(fix('openai', body, 'gpt-5')).toEqual({ messages: [], max_completion_tokens: 5 })
    expect(fix('openai', body, 'o3-mini')).toEqual({ messages: [], max_completion_tokens: 5 })
    const still = { messages: [], reasoning_effort: 'none', temperature: 0 }
    expect(fix('openai', still, 'gpt-5.1')).toEqual(still)
    expect(fix('openai', { messages: [], tools: [{}], reasoning_effort: 'high' }, 'gpt-5.6-sol')).toEqual({
      messages: [],
      tools: [{}],
      reasoning_effort: 'none',
    })
  })

  it('keeps those of other models, less what only others know', () => {
    const body = { messages: [], max_tokens: 5, temperature: 0, reasoning_effort: 'high', top_k: 3 }
    expect(fix('openai', body, 'gpt-4.1')).toEqual({ messages: [], max_tokens: 5, temperature: 0 })
    expect(fix('openai', { prompt: 'x', max_tokens: 5 }, 'gpt-5')).toEqual({ prompt: 'x', max_tokens: 5 })
  })
})

describe('Anthropic', () => {
  it('pins the version of the API unless the operator says another', () => {
    const { headers } = provider('anthropic')
    expect(headers?.({})).toEqual({ 'anthropic-version': '2023-06-01' })
    expect(headers?.({ anthropic_version: '2026-10-21' })).toEqual({ 'anthropic-version': '2026-10-21' })
  })

  it.each([
    ['claude-opus-4-7', {}],
    ['claude-sonnet-5', {}],
    ['claude-fable-5-1', {}],
    ['claude-sonnet-4-5-20250929', { temperature: 1, top_k: 2 }],
    ['claude-3-5-sonnet-20241022', { temperature: 1, top_p: 0.5, top_k: 2 }],
  ])('gets no sampling that %s refuses', (model, expected) => {
    expect(fix('anthropic', { temperature: 1, top_p: 0.5, top_k: 2 }, model)).toEqual(expected)
  })

  it.each([
    ['claude-opus-4-6', 128_000],
    ['claude-opus-5-5', 128_000],
    ['claude-of-tomorrow', 128_000],
    ['claude-haiku-4-5', 64_000],
    ['claude-sonnet-4-20250514', 64_000],
    ['claude-sonnet-4-0', 64_000],
    ['claude-opus-4-1-20250805', 32_000],
    ['claude-opus-4-20250514', 32_000],
    ['claude-3-7-sonnet-latest', 4096],
    ['claude-3-haiku-20240307', 4096],
    ['claude-2.1', 4096],
  ])('asks %s for %i tokens where nobody says', (model, tokens) => {
    expect(provider('anthropic').maxTokens?.(model)).toBe(tokens)
  })
})

describe('those who copied OpenAI’s API', () => {
  it('get the one name of max_tokens that they know', () => {
    for (const name of [
      'gemini',
      'mistral',
      'deepseek',
      'together',
      'fireworks',
      'openrouter',
      'perplexity',
      'nvidia',
      'ollama',
      'vllm',
    ]) {
      expect(fix(name, { max_completion_tokens: 5 }), name).toEqual({ max_tokens: 5 })
      expect(fix(name, { max_completion_tokens: 5, max_tokens: 6 }), name).toEqual({ max_tokens: 6 })
    }
  })

  it('get no fields that they refuse', () => {
    expect(fix('groq', { top_k: 1, temperature: 1 })).toEqual({ temperature: 1 })
    expect(fix('xai', { presence_penalty: 1 })).toEqual({})
    expect(fix('cerebras', { store: true })).toEqual({})
  })

  it('keep paths of their own', () => {
    expect(provider('gemini').paths.chat).toBe('/chat/completions')
    expect(provider('ollama')).toMatchObject({ auth: null, env: { baseUrl: 'OLLAMA_HOST' } })
    expect(provider('vllm').baseUrl).toBeUndefined()
  })
})

describe('Mistral', () => {
  it('gets ids of nine letters, the same in call and result, and its own names', () => {
    const body = {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', tool_calls: [{ id: 'call_abc', function: {} }, { id: 'abcdefghi' }] },
        { role: 'tool', tool_call_id: 'call_abc', content: '' },
        'odd',
      ],
      seed: 1,
      stream_options: {},
      tool_choice: 'required',
    }
    const id = expect.stringMatching(/^[0-9a-f]{9}$/)
    const fixed = fix('mistral', body)
    expect(fixed).toEqual({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', tool_calls: [{ id, function: {} }, { id: 'abcdefghi' }] },
        { role: 'tool', tool_call_id: id, content: '' },
        'odd',
      ],
      random_seed: 1,
      tool_choice: 'any',
    })
    expect(
      JSON.stringify(fixed)
        .match(/[0-9a-f]{9}"/g)
        ?.slice(0, 1),
    ).toEqual(JSON.stringify(fixed).match(/(?<=tool_call_id":")[0-9a-f]{9}"/g))
  })
})
