import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { bundledAiPlugins } from '../../ai-plugins/index.ts'
import { signatureHeaders } from '../../providers/bedrock/sigv4.ts'
import { loadConfig } from '../../src/config/load.ts'
import { reportProblems } from '../../src/config/report.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { PluginRegistry } from '../../src/snapshot/plugin-registry.ts'
import { createTestGateway, type TestAnswer, type TestGateway } from '../../src/testing/index.ts'
import { Gate } from '../support/gate.ts'
import {
  type RecordedRequest,
  type ReplayServer,
  type Reply,
  type ReplyChoice,
  startReplayServer,
} from '../support/replay-server.ts'
import { fixture, hello, json } from './support.ts'

const plugins = [...bundledPlugins, ...bundledAiPlugins]

function configOf(providers: readonly object[]): object {
  const route = (path: string, config: object) => ({
    paths: [path],
    plugins: [{ name: 'ai-model-router', config: { providers, logging: { log_statistics: true }, ...config } }],
  })
  return {
    _format_version: '3.0',
    routes: [
      route('/v1/chat/completions', {}),
      route('/v1/completions', { route_type: 'llm/v1/completions' }),
      route('/v1/embeddings', { route_type: 'llm/v1/embeddings' }),
      route('/v1/messages', { llm_format: 'anthropic' }),
      route('/v1/models', { route_type: 'models' }),
    ],
  }
}

/** A gateway over these providers; it ends with the test. */
async function start(providers: readonly object[]): Promise<TestGateway> {
  const config = () => configOf(providers)
  const gateway = await createTestGateway({ plugins, config, env: { ROUTER_KEY: 'sk-env' } })
  onTestFinished(() => gateway.close())
  return gateway
}

/** Lists these models, and answers chats with a short text. */
function reply(...models: readonly string[]): (request: RecordedRequest) => Reply {
  return ({ url }) => ({
    headers: json,
    body: url.includes('/models')
      ? JSON.stringify({ object: 'list', data: models.map((id) => ({ id, object: 'model' })) })
      : fixture(url.endsWith('/messages') ? 'anthropic-messages/text.response.json' : 'openai-chat/text.response.json'),
  })
}

async function provider(choice: ReplyChoice): Promise<ReplayServer> {
  const server = await startReplayServer(choice)
  onTestFinished(() => server.close())
  return server
}

function ask(gateway: TestGateway, model: unknown, path = '/v1/chat/completions'): Promise<TestAnswer> {
  return gateway.request({ path, body: { model, messages: hello, max_tokens: 9 } })
}

async function ids(gateway: TestGateway): Promise<unknown> {
  const answer = await gateway.request({ path: '/v1/models' })
  expect(answer.status).toBe(200)
  const list: unknown = answer.json()
  expect(list).toMatchObject({ object: 'list', has_more: false })
  const data: unknown = typeof list === 'object' && list !== null && 'data' in list ? list.data : undefined
  return Array.isArray(data) ? data.map(({ id }) => id) : data
}

/** The model and the path of the last chat that came in. */
function last({ requests }: ReplayServer): unknown {
  const chat = requests.findLast(({ method }) => method === 'POST')
  return chat && { url: chat.url, model: JSON.parse(chat.body.toString('utf8')).model }
}

const chats = ({ requests }: ReplayServer) => requests.filter(({ method }) => method === 'POST').length
const lists = ({ requests }: ReplayServer) => requests.filter(({ method }) => method === 'GET').length

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

describe('the provider of a request', () => {
  it('is the one before the first slash, and the rest is the model, slashes and colons included', async () => {
    const [openai, anthropic, together] = [await provider(reply()), await provider(reply()), await provider(reply())]
    const gateway = await start([
      { name: 'openai', key: 'sk-1', upstream_url: openai.url },
      { name: 'anthropic', key: 'sk-2', upstream_url: anthropic.url },
      { name: 'together', key: 'sk-3', upstream_url: `${together.url}/base` },
    ])
    const answer = await ask(gateway, 'openai/my-tune')
    expect(answer.status).toBe(200)
    expect(answer.headers['x-kong-llm-model']).toBe('openai/my-tune')
    expect(last(openai)).toEqual({ url: '/v1/chat/completions', model: 'my-tune' })
    expect(openai.requests.at(-1)?.headers.authorization).toBe('Bearer sk-1')
    expect((await ask(gateway, 'anthropic/my-tune')).status).toBe(200)
    expect(last(anthropic)).toEqual({ url: '/v1/messages', model: 'my-tune' })
    expect(anthropic.requests.at(-1)?.headers['x-api-key']).toBe('sk-2')
    expect((await ask(gateway, 'together/openai/gpt-oss-120b-1:0')).status).toBe(200)
    expect(last(together)).toEqual({ url: '/base/v1/chat/completions', model: 'openai/gpt-oss-120b-1:0' })
    expect([openai, anthropic, together].map(lists)).toEqual([0, 0, 0])
  })

  it('is the one whose models are called like that', async () => {
    const [openai, anthropic] = [await provider(reply()), await provider(reply())]
    const gateway = await start([
      { name: 'openai', upstream_url: openai.url },
      { name: 'anthropic', upstream_url: anthropic.url },
    ])
    for (const path of ['/v1/chat/completions', '/v1/messages']) {
      expect((await ask(gateway, 'claude-haiku-4-5', path)).status).toBe(200)
      expect((await ask(gateway, 'gpt-4.1', path)).status).toBe(200)
    }
    expect(last(openai)).toEqual({ url: '/v1/chat/completions', model: 'gpt-4.1' })
    expect(last(anthropic)).toEqual({ url: '/v1/messages', model: 'claude-haiku-4-5' })
    expect([chats(openai), chats(anthropic), lists(openai), lists(anthropic)]).toEqual([2, 2, 0, 0])
  })

  it('is the only one, whatever the name', async () => {
    const ollama = await provider(reply())
    const gateway = await start([{ name: 'ollama', upstream_url: ollama.url }])
    for (const model of ['llama3.2:1b', 'gpt-4.1', 'hf.co/bartowski/Llama-3.2-1B']) {
      expect((await ask(gateway, model)).status).toBe(200)
      expect(last(ollama)).toEqual({ url: '/v1/chat/completions', model })
    }
    expect(lists(ollama)).toBe(0)
  })

  it('is the one that lists the model, be it by what it answers or by the configuration', async () => {
    const [groq, ollama] = [await provider(reply('llama-3.3-70b', 'both')), await provider(reply('llama3.2', 'both'))]
    const gateway = await start([
      { name: 'groq', upstream_url: groq.url },
      { name: 'ollama', upstream_url: ollama.url },
      { name: 'vllm', upstream_url: groq.url, models: ['own-model'] },
    ])
    expect((await ask(gateway, 'llama3.2')).status).toBe(200)
    expect(last(ollama)).toMatchObject({ model: 'llama3.2' })
    expect((await ask(gateway, 'llama-3.3-70b')).headers['x-kong-llm-model']).toBe('groq/llama-3.3-70b')
    expect((await ask(gateway, 'own-model')).headers['x-kong-llm-model']).toBe('vllm/own-model')
    expect([lists(groq), lists(ollama)]).toEqual([1, 1])
  })

  it('is asked for where several list the model, and each is named', async () => {
    const [groq, ollama] = [await provider(reply('both')), await provider(reply('both'))]
    const gateway = await start([
      { name: 'groq', upstream_url: groq.url },
      { name: 'ollama', upstream_url: ollama.url },
      { name: 'demo' },
    ])
    const answer = await ask(gateway, 'both')
    expect(answer.status).toBe(404)
    expect(answer.json()).toMatchObject({
      error: {
        message: expect.stringContaining(
          'several providers may serve the model both; write one of: groq/both, ollama/both',
        ),
        code: 'model_not_found',
      },
    })
    expect(answer.text).not.toContain('demo/both')
  })

  it('is asked for where several could mean it and none lists it', async () => {
    const silent = await provider({ status: 500 })
    const gateway = await start([
      { name: 'openai', upstream_url: silent.url, models: ['gpt-x'] },
      { name: 'together', upstream_url: silent.url, models: ['gpt-x'] },
    ])
    const answer = await ask(gateway, 'gpt-x', '/v1/messages')
    expect(answer.status).toBe(404)
    expect(answer.json()).toMatchObject({
      type: 'error',
      error: { type: 'not_found_error', message: expect.stringContaining('openai/gpt-x, together/gpt-x') },
    })
  })

  it('is named by what to write where nobody knows the model', async () => {
    const other = await provider(reply('a-model'))
    const gateway = await start([{ name: 'groq', upstream_url: other.url }, { name: 'demo' }])
    const answer = await ask(gateway, 'mystery')
    expect(answer.status).toBe(404)
    expect(answer.text).toContain('no provider serves the model mystery; write one of: groq/mystery, demo/mystery')
    expect(chats(other)).toBe(0)
  })

  it('must be asked for by name', async () => {
    const gateway = await start([{ name: 'demo' }])
    for (const model of [undefined, null, '']) {
      const answer = await ask(gateway, model)
      expect(answer.status).toBe(400)
      expect(answer.text).toContain('model parameter not found')
    }
  })
})

describe('the demo behind the model router', () => {
  it('answers chats of both formats, completions and embeddings', async () => {
    const gateway = await start([{ name: 'demo' }])
    expect((await ask(gateway, 'demo/demo')).json()).toMatchObject({ object: 'chat.completion' })
    expect((await ask(gateway, 'demo', '/v1/messages')).json()).toMatchObject({ type: 'message' })
    const completion = await gateway.request({ path: '/v1/completions', body: { model: 'demo', prompt: 'Hello' } })
    expect(completion.json()).toMatchObject({ object: 'text_completion' })
    const embedding = await gateway.request({ path: '/v1/embeddings', body: { model: 'demo/demo', input: 'Hello' } })
    expect(embedding.json()).toMatchObject({ object: 'list', data: [{ object: 'embedding' }] })
    expect(await ids(gateway)).toContain('demo/demo')
  })
})

describe('the list of models', () => {
  it('holds those of every provider, with the credential of each', async () => {
    const [openai, anthropic] = [await provider(reply('gpt-4.1', 'o3')), await provider(reply('claude-haiku-4-5'))]
    const gateway = await start([
      { name: 'openai', key: '{vault://env/router-key}', upstream_url: openai.url },
      {
        name: 'anthropic',
        key: 'sk-2',
        upstream_url: anthropic.url,
        options: { anthropic_version: '2026-10-21' },
      },
      { name: 'perplexity', upstream_url: openai.url },
    ])
    expect(await ids(gateway)).toEqual(['openai/gpt-4.1', 'openai/o3', 'anthropic/claude-haiku-4-5'])
    expect(openai.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/v1/models', 'Bearer sk-env'],
    ])
    expect(anthropic.requests[0]?.headers).toMatchObject({ 'x-api-key': 'sk-2', 'anthropic-version': '2026-10-21' })
  })

  it('leaves out what Gemini writes before its names', async () => {
    const gemini = await provider(reply('models/gemini-2.5-pro'))
    const gateway = await start([{ name: 'gemini', upstream_url: gemini.url }])
    expect(await ids(gateway)).toEqual(['gemini/gemini-2.5-pro'])
    expect(gemini.requests[0]?.url).toBe('/models')
  })

  it('gives one model by its id, slashes included, escaped or not', async () => {
    const fireworks = await provider(reply('accounts/fireworks/models/llama-v3p1-8b', 'both', 'größe'))
    const ollama = await provider(reply('both', 'llama3.2:1b'))
    const providers = [
      { name: 'fireworks', upstream_url: fireworks.url },
      { name: 'ollama', upstream_url: ollama.url },
    ]
    const gateway = await start(providers)
    const get = (id: string) => gateway.request({ path: `/v1/models/${id}` })
    const long = 'fireworks/accounts/fireworks/models/llama-v3p1-8b'
    for (const path of [long, encodeURIComponent(long), long.slice('fireworks/'.length)]) {
      expect((await get(path)).json()).toMatchObject({ id: long, object: 'model', created: 0, owned_by: 'fireworks' })
    }
    expect((await get('llama3.2%3A1b')).json()).toMatchObject({ id: 'ollama/llama3.2:1b' })
    expect((await get('gr%C3%B6%C3%9Fe')).json()).toMatchObject({ id: 'fireworks/größe' })
    expect((await get('ollama/both')).json()).toMatchObject({ owned_by: 'ollama' })
    for (const id of ['both', 'mystery', 'ollama/mystery', '%FF']) {
      const answer = await get(id)
      expect(answer.status).toBe(404)
      expect(answer.json()).toMatchObject({ error: { code: 'model_not_found' } })
    }
    expect((await gateway.request({ path: '/v1/models/' })).json()).toMatchObject({ object: 'list' })
  })

  it('is asked for once by all who wait for it, and remembered for five minutes', async () => {
    const gate = new Gate()
    let models = ['one']
    const ollama = await provider((request) => ({ ...reply(...models)(request), headGate: gate }))
    const gateway = await start([{ name: 'ollama', upstream_url: ollama.url }, { name: 'demo' }])
    const waiting = [ids(gateway), ids(gateway), ask(gateway, 'one')]
    await ollama.request(0)
    gate.open()
    await Promise.all(waiting)
    expect(lists(ollama)).toBe(1)
    vi.useFakeTimers({ toFake: ['Date'] })
    models = ['one', 'two']
    vi.setSystemTime(Date.now() + 4 * 60_000)
    expect(await ids(gateway)).not.toContain('ollama/two')
    vi.setSystemTime(Date.now() + 2 * 60_000)
    expect(await ids(gateway)).toContain('ollama/two')
    expect(lists(ollama)).toBe(2)
  })

  it.each<[string, Reply]>([
    ['refuses', { status: 401, headers: json, body: '{"error":{}}' }],
    ['fails', { status: 500, body: 'oops' }],
    ['sends no JSON', { body: '<html>' }],
    ['sends no list', { headers: json, body: '[]' }],
    ['hangs up', { closeAfter: 0, body: '{}' }],
    ['sends too much', { headers: json, body: `{"data":[]}${' '.repeat(9 * 1024 * 1024)}` }],
  ])('is whole without a provider that %s, which is not asked again at once', async (_, failure) => {
    const [bad, good] = [await provider(failure), await provider(reply('m'))]
    const gateway = await start([
      { name: 'groq', upstream_url: bad.url },
      { name: 'ollama', upstream_url: good.url },
    ])
    expect(await ids(gateway)).toEqual(['ollama/m'])
    expect(await ids(gateway)).toEqual(['ollama/m'])
    expect(lists(bad)).toBe(1)
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 31_000)
    bad.reply(reply('back'))
    expect(await ids(gateway)).toEqual(['groq/back', 'ollama/m'])
  })

  it('keeps what it knew of a provider that fails later', async () => {
    const ollama = await provider(reply('m'))
    const gateway = await start([{ name: 'ollama', upstream_url: ollama.url }])
    expect(await ids(gateway)).toEqual(['ollama/m'])
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 6 * 60_000)
    ollama.reply({ status: 503 })
    expect(await ids(gateway)).toEqual(['ollama/m'])
    expect(lists(ollama)).toBe(2)
  })

  it('does not wait for long for a provider that is silent, or that trickles', async () => {
    const silent = await provider({ headGate: new Gate() })
    const chunkGate = new Gate()
    const trickle = await provider({ headers: json, body: '{"data":[]}', chunking: 'byte', chunkGate })
    const good = await provider(reply('m'))
    const gateway = await start([
      { name: 'groq', upstream_url: silent.url },
      { name: 'together', upstream_url: trickle.url },
      { name: 'ollama', upstream_url: good.url },
    ])
    const began = performance.now()
    expect(await ids(gateway)).toEqual(['ollama/m'])
    expect(performance.now() - began).toBeLessThan(8000)
    const request = await silent.request(0)
    expect((await request.outcome).how).toBe('aborted')
    expect(await ids(gateway)).toEqual(['ollama/m'])
    expect([lists(silent), lists(trickle)]).toEqual([1, 1])
  })

  it('is asked for anew with another credential', async () => {
    const openai = await provider(reply('m'))
    const gateway = await start([{ name: 'openai', key: 'sk-old', upstream_url: openai.url }])
    await ids(gateway)
    gateway.reload(() => configOf([{ name: 'openai', key: 'sk-new', upstream_url: openai.url }]))
    await ids(gateway)
    expect(openai.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer sk-old', 'Bearer sk-new'])
  })
})

describe('Bedrock behind the model router', () => {
  const keys = { aws_access_key_id: 'AKIDEXAMPLE', aws_secret_access_key: 'secret', aws_session_token: 'token' }
  const options = { bedrock: { aws_region: 'eu-west-1' } }

  it('gets every request signed, and none of the keys', async () => {
    const bedrock = await provider(reply('openai.gpt-oss-120b'))
    const gateway = await start([{ name: 'bedrock', auth: keys, options, upstream_url: bedrock.url }])
    expect(await ids(gateway)).toEqual(['bedrock/openai.gpt-oss-120b'])
    expect((await ask(gateway, 'bedrock/openai.gpt-oss-120b-1:0')).status).toBe(200)
    expect(last(bedrock)).toEqual({ url: '/v1/chat/completions', model: 'openai.gpt-oss-120b-1:0' })
    expect(bedrock.requests).toHaveLength(2)
    for (const { method, url, headers, body, rawHeaders } of bedrock.requests) {
      const time = String(headers['x-amz-date'])
      const date = new Date(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
      const contentType = method === 'POST' ? 'application/json' : undefined
      const expected = signatureHeaders(
        { method, host: new URL(bedrock.url).host, path: url, contentType, body },
        { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' },
        { region: 'eu-west-1', service: 'bedrock-mantle', date },
      )
      for (let at = 0; at < expected.length; at += 2) {
        expect(headers[expected[at]?.toLowerCase() ?? '']).toBe(expected[at + 1])
      }
      expect(headers['content-type']).toBe(contentType)
      expect(rawHeaders).not.toContain('secret')
    }
  })

  it('gets its own key in the place of a signature', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDENV')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
    const bedrock = await provider(reply('m'))
    const gateway = await start([{ name: 'bedrock', key: 'bedrock-key', options, upstream_url: bedrock.url }])
    await ids(gateway)
    await ask(gateway, 'm')
    for (const { headers } of bedrock.requests) {
      expect(headers.authorization).toBe('Bearer bedrock-key')
      expect(headers['x-amz-date']).toBeUndefined()
    }
    expect(bedrock.requests).toHaveLength(2)
  })
})

describe('the configuration of the model router', () => {
  const catalog = new PluginRegistry(plugins).catalog()
  const problems = (...providers: readonly object[]) => {
    const result = loadConfig(JSON.stringify(configOf(providers)), { catalog })
    return result.ok ? '' : reportProblems(result.problems, 'f')
  }

  it('names what a provider lacks', () => {
    vi.stubEnv('AWS_REGION', undefined)
    vi.stubEnv('AWS_DEFAULT_REGION', undefined)
    expect(problems({ name: 'vllm' })).toContain('upstream_url: required field missing')
    expect(problems({ name: 'bedrock' })).toContain('the region is missing: set bedrock.aws_region')
    expect(problems({ name: 'bedrock', options: { bedrock: { aws_region: 'a.b/' } } })).toContain('aws_region')
    expect(problems({ name: 'bedrock', options: { bedrock: { aws_region: '{vault://env/region}' } } })).toBe('')
    vi.stubEnv('AWS_REGION', 'eu-west-1')
    expect(problems({ name: 'bedrock' })).toBe('')
    vi.stubEnv('AWS_REGION', 'a.b/')
    expect(problems({ name: 'bedrock' })).toContain('"a.b/" is not the name of an AWS region')
  })

  it('takes each provider once, with one credential', () => {
    expect(problems({ name: 'demo' }, { name: 'demo' })).toContain('a provider may stand here once')
    const auth = { header_name: 'x-key', header_value: 'v' }
    expect(problems({ name: 'openai', key: 'k', auth })).toContain("only one of these fields may be set: 'key', 'auth'")
    expect(problems({ name: 'openai', auth })).toBe('')
    expect(
      problems({ name: 'bedrock', auth: { aws_access_key_id: 'A' }, options: {}, upstream_url: 'http://b' }),
    ).toContain("all or none of these fields must be set: 'aws_access_key_id', 'aws_secret_access_key'")
  })

  it('names a kind of call that has no such clients', () => {
    const config = { providers: [{ name: 'demo' }], route_type: 'llm/v1/embeddings', llm_format: 'anthropic' }
    const file = { _format_version: '3.0', plugins: [{ name: 'ai-model-router', config }] }
    const result = loadConfig(JSON.stringify(file), { catalog })
    expect(result.ok ? '' : reportProblems(result.problems, 'f')).toContain(
      "route_type: route type 'llm/v1/embeddings' is not served for clients of format 'anthropic'",
    )
  })
})
