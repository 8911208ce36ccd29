/** The credential for the provider: where it goes, whose it is, and that no other travels. */

import { describe, expect, it } from 'vitest'
import { hello, key, startAi } from './support.ts'

const param = { param_name: 'api key', param_value: 'a&b', param_location: 'query' }

describe('a credential', () => {
  it('goes into its header, and the client’s own headers stay behind', async () => {
    const ai = await startAi({ model: { name: 'm' } })
    await ai.ask({ messages: hello }, { headers: { authorization: 'Bearer client', cookie: 'a=b', 'x-team': 'red' } })
    const headers = ai.provider.requests[0]?.headers
    expect(headers).toMatchObject({ authorization: `Bearer ${key}`, 'accept-encoding': 'identity' })
    expect(headers).not.toHaveProperty('cookie')
    expect(headers).not.toHaveProperty('x-team')
  })

  it('is the client’s where it may override, under the same header only', async () => {
    const auth = { header_name: 'X-Api-Key', header_value: key, allow_override: true }
    const ai = await startAi({ model: { name: 'm' }, config: { auth } })
    await ai.ask({ messages: hello }, { headers: { 'x-api-key': 'mine' } })
    await ai.ask({ messages: hello }, { headers: { authorization: 'Bearer mine' } })
    const sent = ai.provider.requests.map(({ headers }) => [headers['x-api-key'], headers.authorization])
    expect(sent).toEqual([
      ['mine', undefined],
      [key, undefined],
    ])
  })

  it('goes into the query, behind what is there', async () => {
    const plain = await startAi({ model: { name: 'm' }, config: { auth: param } })
    await plain.ask({ messages: hello })
    expect(plain.provider.requests[0]?.url).toBe('/v1/chat/completions?api%20key=a%26b')
    const queried = await startAi({
      model: { name: 'm' },
      config: { auth: param },
      upstreamUrl: ({ url }) => `${url}/chat?version=1`,
    })
    await queried.ask({ messages: hello })
    expect(queried.provider.requests[0]?.url).toBe('/chat?version=1&api%20key=a%26b')
  })

  it('goes into the body, spliced or translated', async () => {
    const auth = { ...param, param_name: 'api_key', param_location: 'body' }
    const same = await startAi({ model: { name: 'm' }, config: { auth } })
    await same.ask({ messages: hello })
    expect(same.sent()).toEqual({ model: 'm', messages: hello, api_key: 'a&b' })
    const translated = await startAi({ provider: 'anthropic', model: { name: 'claude-3-haiku' }, config: { auth } })
    await translated.ask({ messages: hello })
    expect(translated.sent()).toMatchObject({ api_key: 'a&b' })
  })

  it('goes into the body of an embeddings request', async () => {
    const auth = { ...param, param_name: 'api_key', param_location: 'body' }
    const ai = await startAi({ model: { name: 'm' }, config: { auth, route_type: 'llm/v1/embeddings' } })
    await ai.ask({ input: 'a' })
    expect(ai.sent()).toEqual({ model: 'm', input: 'a', api_key: 'a&b' })
  })

  it('that could break its line is never sent', async () => {
    const auth = { header_name: 'X-Api-Key', header_value: 'a\r\nX-Admin: 1' }
    const ai = await startAi({ model: { name: 'm' }, config: { auth } })
    const answer = await ai.ask({ messages: hello })
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('X-Admin')
    expect(ai.provider.requests).toEqual([])
  })
})
