import { afterEach, describe, expect, it } from 'vitest'
import type { Gateway } from '../support/process.ts'
import { type RecordedRequest, type ReplayServer, startReplayServer } from '../support/replay-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { noProviders, type Run, runProgram } from './run-program.ts'
import { anthropic, collect, failureOf, fixture, json, openai, startBuilt } from './support.ts'

const hello = [{ role: 'user' as const, content: 'Hello' }]
const openaiKey = 'sk-zero-config-openai'
const anthropicKey = 'sk-zero-config-anthropic'

let gateway: Gateway | undefined
let upstream: ReplayServer | undefined
let run: Run | undefined
afterEach(async () => {
  await gateway?.stop()
  await upstream?.close()
  run?.signal('SIGKILL')
  await run?.exited
  gateway = undefined
  upstream = undefined
  run = undefined
})

const start = (env: Record<string, string>) => startBuilt(undefined, { env: { ...noProviders(), ...env } })

/** Answers for both providers, as each is asked. */
function reply({ url }: RecordedRequest) {
  if (url === '/v1/models') {
    return { headers: json, body: JSON.stringify({ object: 'list', data: [{ id: 'listed-model', object: 'model' }] }) }
  }
  const body = fixture(
    url === '/v1/messages' ? 'anthropic-messages/text.response.json' : 'openai-chat/text.response.json',
  )
  return { headers: json, body }
}

describe('without any configuration', () => {
  it('the demo answers both clients', async () => {
    gateway = await start({})
    const chat = await openai(gateway, '').chat.completions.create({ model: 'demo/demo', messages: hello })
    expect(chat.choices[0]?.message.content).toContain('You said: Hello')
    const bare = await openai(gateway, '').chat.completions.create({ model: 'demo', messages: hello })
    expect(bare.choices[0]?.message.content).toContain('You said: Hello')
    const message = await anthropic(gateway, '').messages.create({ model: 'demo', max_tokens: 100, messages: hello })
    expect(message.content[0]).toMatchObject({ type: 'text' })
    const { data } = await openai(gateway, '').embeddings.create({ model: 'demo-embedding', input: 'Hello' })
    expect(data[0]?.embedding.length).toBeGreaterThan(0)
    const models = await collect(openai(gateway, '').models.list())
    expect(models.map(({ id }) => id)).toContain('demo/demo')
  })

  it.each(['', '/v1'])('keys of the environment bring providers to life (base address with "%s")', async (path) => {
    upstream = await startReplayServer(reply)
    gateway = await start({
      OPENAI_API_KEY: openaiKey,
      OPENAI_BASE_URL: `${upstream.url}${path}`,
      ANTHROPIC_API_KEY: anthropicKey,
      ANTHROPIC_BASE_URL: upstream.url,
    })
    const client = openai(gateway, '')
    const cases = [
      { model: 'openai/gpt-4.1-mini', name: 'gpt-4.1-mini', url: '/v1/chat/completions' },
      { model: 'gpt-4.1-mini', name: 'gpt-4.1-mini', url: '/v1/chat/completions' },
      { model: 'openai/ft:gpt-4o:acme/x', name: 'ft:gpt-4o:acme/x', url: '/v1/chat/completions' },
      { model: 'anthropic/claude-haiku-4-5', name: 'claude-haiku-4-5', url: '/v1/messages' },
      { model: 'claude-haiku-4-5', name: 'claude-haiku-4-5', url: '/v1/messages' },
    ]
    for (const { model, name, url } of cases) {
      const answer = await client.chat.completions.create({ model, messages: hello })
      expect(answer.choices[0]?.message.content).toContain('Grüße')
      const sent = upstream.requests.at(-1)
      expect(sent?.url).toBe(url)
      expect(JSON.parse(sent?.body.toString('utf8') ?? '')).toMatchObject({ model: name })
      const credential = url === '/v1/messages' ? sent?.headers['x-api-key'] : sent?.headers.authorization
      expect(credential).toBe(url === '/v1/messages' ? anthropicKey : `Bearer ${openaiKey}`)
    }
    const message = await anthropic(gateway, '').messages.create({
      model: 'gpt-4.1-mini',
      max_tokens: 9,
      messages: hello,
    })
    expect(message.content[0]).toMatchObject({ type: 'text' })
    expect(upstream.requests.at(-1)?.url).toBe('/v1/chat/completions')
  })

  it('a name that nobody knows is answered with what to write', async () => {
    upstream = await startReplayServer(reply)
    gateway = await start({
      OPENAI_API_KEY: openaiKey,
      OPENAI_BASE_URL: upstream.url,
      ANTHROPIC_API_KEY: anthropicKey,
      ANTHROPIC_BASE_URL: upstream.url,
    })
    const error = await failureOf(openai(gateway, '').chat.completions.create({ model: 'mystery', messages: hello }))
    expect(error).toMatchObject({ status: 404, code: 'model_not_found' })
    expect(String(error)).toContain('openai/mystery')
    expect(String(error)).toContain('anthropic/mystery')
  })
})

describe('the banner', () => {
  const listen = {
    TOLLGATE_PROXY_LISTEN: '127.0.0.1:0',
    TOLLGATE_ADMIN_LISTEN: '127.0.0.1:0',
    TOLLGATE_STATUS_LISTEN: '127.0.0.1:0',
    TOLLGATE_NGINX_WORKER_PROCESSES: '1',
  }

  it('tells where the demo is, and a command that works as it stands', async () => {
    run = runProgram(['start'], { env: listen })
    const text = await waitFor(() => run?.stdout().includes('"Hello!"') && run.stdout(), { timeout: 20_000 })
    expect(text).toMatch(/^Tollgate \d+\.\d+\.\d+/)
    expect(text).toContain('demo')
    const url = /curl (\S+)/.exec(text)?.[1] ?? ''
    const body = /-d '(.*)'/.exec(text)?.[1] ?? ''
    const { request } = await import('undici')
    const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(answer.statusCode).toBe(200)
    expect(await answer.body.text()).toContain('You said: Hello!')
    run.signal('SIGTERM')
    expect(await run.exited).toBe(0)
    expect(run.stderr()).toBe('')
  })

  it('names the providers whose keys it has found, and no key', async () => {
    upstream = await startReplayServer(reply)
    const env = { ...listen, OPENAI_API_KEY: openaiKey, OPENAI_BASE_URL: upstream.url, GROQ_API_KEY: 'gsk-zero-config' }
    run = runProgram(['start'], { env })
    const text = await waitFor(() => run?.stdout().includes('Try it') && run.stdout(), { timeout: 20_000 })
    expect(text).toContain('openai')
    expect(text).toContain('groq')
    expect(text).not.toContain('anthropic')
    expect(text).not.toContain(openaiKey)
    expect(text).not.toContain('gsk-zero-config')
  })
})
