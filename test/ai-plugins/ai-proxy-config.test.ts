/** What ai-proxy takes as its config, and what it refuses when the file is read. */

import { describe, expect, it } from 'vitest'
import { config } from '../../ai-plugins/ai-proxy/config.ts'

const base = { route_type: 'llm/v1/chat', model: { provider: 'openai', name: 'gpt-4.1' } }

/** Paths and messages of what is wrong. */
function problems(value: object): string[] {
  const result = config.safeParse(value)
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('a config', () => {
  it('has Kong’s defaults', () => {
    expect(config.parse(base)).toEqual({
      ...base,
      model: { ...base.model, options: {} },
      auth: { allow_override: false },
      logging: { log_statistics: false, log_payloads: false },
      llm_format: 'openai',
      genai_category: 'text/generation',
      response_streaming: 'allow',
      max_request_body_size: 1_048_576,
      model_name_header: true,
    })
  })

  it.each([
    ['a header without a value', { header_name: 'x' }, 'header_name'],
    ['a header value without a name', { header_value: 'x' }, 'header_name'],
    ['a param without a value', { param_name: 'k', param_location: 'query' }, 'param_name'],
    ['a param without a place', { param_name: 'k', param_value: 'v' }, 'param_name'],
    ['a place without a param', { param_location: 'body' }, 'param_name'],
  ])('is refused with %s', (_, auth, name) => {
    const found = problems({ ...base, auth })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^auth: all or none of these fields must be set: /)
    expect(found[0]).toContain(name)
  })

  it('may hold a header and a param at once', () => {
    const auth = { header_name: 'x', header_value: 'y', param_name: 'k', param_value: 'v', param_location: 'query' }
    expect(problems({ ...base, auth })).toEqual([])
  })

  it.each([
    ['llm/v1/chat', 'openai', true],
    ['llm/v1/chat', 'anthropic', true],
    ['llm/v1/chat', 'gemini', false],
    ['llm/v1/chat', 'bedrock', false],
    ['llm/v1/completions', 'openai', true],
    ['llm/v1/completions', 'anthropic', false],
    ['llm/v1/embeddings', 'openai', true],
    ['llm/v1/embeddings', 'cohere', false],
    ['llm/v1/responses', 'openai', false],
    ['audio/v1/audio/speech', 'openai', false],
    ['realtime/v1/realtime', 'openai', false],
    ['preserve', 'openai', true],
    ['preserve', 'gemini', true],
  ])('with route type %s and format %s: %s', (route_type, llm_format, served) => {
    const wrong = `route_type: route type '${route_type}' is not served for clients of format '${llm_format}'`
    expect(problems({ ...base, route_type, llm_format })).toEqual(served ? [] : [wrong])
  })

  it('needs an address for a provider that has none of its own', () => {
    const model = { provider: 'vllm', name: 'llama' }
    expect(problems({ ...base, model })).toEqual(['model.options.upstream_url: required field missing'])
    expect(problems({ ...base, model: { ...model, options: { upstream_url: 'http://gpu:8000' } } })).toEqual([])
    expect(problems({ ...base, model: { provider: 'demo' } })).toEqual([])
  })

  it.each([
    ['temperature', 5.1],
    ['temperature', -0.1],
    ['top_p', 1.1],
    ['top_k', 501],
    ['top_k', 1.5],
    ['max_tokens', 1.5],
    ['input_cost', -1],
    ['embeddings_dimensions', 0],
    ['upstream_url', 'not an address'],
    ['upstream_path', ''],
  ])('is refused with %s %s', (name, value) => {
    const found = problems({ ...base, model: { provider: 'openai', options: { [name]: value } } })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(new RegExp(`^model\\.options\\.${name}: `))
  })

  it('is refused with a field or a provider that there is not', () => {
    expect(problems({ ...base, azure: true })).toHaveLength(1)
    expect(problems({ ...base, model: { provider: 'nobody' } })[0]).toMatch(/^model\.provider: /)
    expect(problems({ ...base, max_request_body_size: -1 })[0]).toMatch(/^max_request_body_size: /)
  })
})
