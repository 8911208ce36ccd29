/** Which model a request goes to, and what `$(...)` in a config becomes. */

import { describe, expect, it } from 'vitest'
import { hello, startAi } from './support.ts'

describe('the model', () => {
  it('of the config is asked for, whatever the client calls none', async () => {
    const ai = await startAi({ model: { name: 'gpt-4.1-mini' } })
    for (const asked of [{}, { model: null }, { model: '' }, { model: 'gpt-4.1-mini' }]) {
      expect((await ai.ask({ ...asked, messages: hello })).status).toBe(200)
    }
    expect([0, 1, 2, 3].map((index) => ai.sent(index))).toEqual(
      Array.from({ length: 4 }, () => ({ model: 'gpt-4.1-mini', messages: hello })),
    )
  })

  it('may be asked for by its alias', async () => {
    const ai = await startAi({ model: { name: 'gpt-4.1-mini', model_alias: 'cheap' } })
    expect((await ai.ask({ model: 'cheap', messages: hello })).status).toBe(200)
    expect(ai.sent()).toEqual({ model: 'gpt-4.1-mini', messages: hello })
  })

  it('cannot be another than the configured one', async () => {
    const ai = await startAi({ model: { name: 'gpt-4.1-mini' } })
    const answer = await ai.ask({ model: 'gpt-5', messages: hello })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({
      error: { message: 'cannot use own model - must be: gpt-4.1-mini', type: 'invalid_request_error' },
    })
    expect(ai.provider.requests).toEqual([])
  })

  it('is the client’s where the config has none', async () => {
    const ai = await startAi()
    expect((await ai.ask({ model: 'gpt-5-mini', messages: hello })).headers['x-kong-llm-model']).toBe(
      'openai/gpt-5-mini',
    )
    const answer = await ai.ask({ messages: hello })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({
      error: { message: 'model parameter not found in request, nor in gateway configuration' },
    })
  })

  it.each([
    [7, 'model must be a string'],
    [['a'], 'model must be a string'],
    ['../admin', 'model holds characters that no model name has'],
    ['a?b', 'model holds characters that no model name has'],
    ['a\nb', 'model holds characters that no model name has'],
  ])('cannot be %j', async (model, message) => {
    const ai = await startAi()
    const answer = await ai.ask({ model, messages: hello })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ error: { message } })
  })

  it('may have a name that fits into no header', async () => {
    const ai = await startAi()
    const answer = await ai.ask({ model: '模型', messages: hello })
    expect(answer.status).toBe(200)
    expect(answer.headers['x-kong-llm-model']).toBe('openai/%E6%A8%A1%E5%9E%8B')
    expect(ai.sent()).toMatchObject({ model: '模型' })
  })

  it('is named in a header unless that is switched off', async () => {
    const named = await startAi({ model: { name: 'm' } })
    expect((await named.ask({ messages: hello })).headers['x-kong-llm-model']).toBe('openai/m')
    const silent = await startAi({ model: { name: 'm' }, config: { model_name_header: false } })
    expect((await silent.ask({ messages: hello })).headers['x-kong-llm-model']).toBeUndefined()
  })
})

describe('a template', () => {
  const route = { paths: ['~/t/(?<team>[^/]+)/chat'] }

  it.each([
    ['$(headers.x-model)', 'gpt-4.1'],
    ['$(uri_captures.team)', 'red'],
    ['$(query_params.m)', 'q-1'],
    ['$(uri_captures.team)-$(query_params.m)', 'red-q-1'],
  ])('%s as the model is filled from the request', async (name, model) => {
    const ai = await startAi({ model: { name }, route })
    const answer = await ai.ask({ messages: hello }, { path: '/t/red/chat?m=q-1', headers: { 'X-Model': 'gpt-4.1' } })
    expect(answer.status).toBe(200)
    expect(ai.sent()).toMatchObject({ model })
    expect(answer.headers['x-kong-llm-model']).toBe(`openai/${model}`)
  })

  it('may stand in the address of the provider', async () => {
    const ai = await startAi({
      model: { name: 'm' },
      route,
      upstreamUrl: ({ url }) => `${url}/deployments/$(uri_captures.team)/chat?version=$(query_params.v)`,
    })
    expect((await ai.ask({ messages: hello }, { path: '/t/red/chat?v=2' })).status).toBe(200)
    expect(ai.provider.requests[0]?.url).toBe('/deployments/red/chat?version=2')
  })

  it.each([
    ['$(headers.x-model)', 'headers key x-model was not provided'],
    ['$(query_params.flag)', 'query_params key flag was not provided'],
    ['$(uri_captures.nobody)', 'uri_captures key nobody was not provided'],
    ['$(cookies.a)', "source 'cookies' is not supported"],
    ['$(headers)', "cannot parse expression for field '$(headers)'"],
    ['$(.x)', "cannot parse expression for field '$(.x)'"],
    ['$(headers.)', "cannot parse expression for field '$(headers.)'"],
    ['$(query_params.up)', 'query_params key up holds a path that leads elsewhere'],
  ])('%s that cannot be filled is a bad request', async (name, message) => {
    const ai = await startAi({ model: { name }, route })
    const answer = await ai.ask({ messages: hello }, { path: '/t/red/chat?flag&up=../x' })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ error: { message } })
    expect(ai.provider.requests).toEqual([])
  })

  it.each(['a%3Fb', 'a%23b', 'a%5Cb', 'a%0Ab'])('refuses a model name like %s', async (text) => {
    const ai = await startAi({ model: { name: '$(query_params.m)' }, route })
    const answer = await ai.ask({ messages: hello }, { path: `/t/red/chat?m=${text}` })
    expect(answer.status).toBe(400)
    expect(ai.provider.requests).toEqual([])
  })

  it('never chooses the host that is called', async () => {
    const start = startAi({ model: { name: 'm' }, upstreamUrl: () => 'http://$(headers.x-host)/v1' })
    await expect(start).rejects.toThrow('the host must not hold a template')
  })
})
