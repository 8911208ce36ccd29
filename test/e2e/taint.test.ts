import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Gateway } from '../support/process.ts'
import { startRawServer } from '../support/raw-server.ts'
import { type RecordedRequest, type ReplayServer, startReplayServer } from '../support/replay-server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'
import { fixture, json, llmRoute, sse, startBuilt } from './support.ts'

/** Each is one text that can stand nowhere by chance. */
const clientKeys = { header: 'ck-header-3f9a7c21d4', bearer: 'ck-bearer-8b2e6d90a5', query: 'ck-query-77c1f0e4b3' }
const providerKeys = {
  written: 'zx-written-5d1c9e83b7',
  vault: 'zx-vault-e04b7a6f29',
  query: 'zx-in-query-91d3c5a8f6',
  body: 'zx-in-body-2a8f4e7c10',
}
const vaultSecret = 'zx-other-secret-c6b8d21f03'
const secrets = { ...clientKeys, ...providerKeys, other: vaultSecret }
const ofProviders = [...Object.values(providerKeys), vaultSecret]

const folder = tempDir()
const logFile = join(folder.path, 'file.log')
const good = JSON.stringify({ model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] })

let gateway: Gateway
let provider: ReplayServer
let plain: ReplayServer
let collector: ReplayServer
/** All that clients of the proxy were answered, heads included. */
const answers: string[] = []

beforeAll(async () => {
  provider = await startReplayServer()
  plain = await startReplayServer({ headers: json, body: '{}' })
  collector = await startReplayServer()
  const gone = await startRawServer({ bytes: '' })
  await gone.close()
  const auth = { name: 'key-auth', config: { key_names: ['apikey', 'authorization'] } }
  const written = { header_name: 'Authorization', header_value: `Bearer ${providerKeys.written}` }
  const vault = { header_name: 'x-api-key', header_value: '{vault://env/taint-provider}' }
  const inQuery = { param_location: 'query', param_name: 'key', param_value: providerKeys.query }
  const inBody = { param_location: 'body', param_name: 'key', param_value: providerKeys.body }
  const payloads = { logging: { log_statistics: true, log_payloads: true } }
  const route = (
    at: string,
    client: 'openai' | 'anthropic',
    to: 'openai' | 'anthropic',
    own: object,
    url = provider.url,
  ) => llmRoute({ at, client, provider: to, url, plugins: [auth], config: { auth: own, ...payloads } })
  gateway = await startBuilt(
    {
      consumers: [{ username: 'ada', keyauth_credentials: Object.values(clientKeys).map((key) => ({ key })) }],
      routes: [
        route('/written', 'openai', 'openai', written),
        route('/vault', 'anthropic', 'anthropic', vault),
        route('/translated', 'openai', 'anthropic', vault),
        route('/in-query', 'openai', 'openai', inQuery),
        route('/in-body', 'openai', 'openai', inBody),
        route('/in-body-translated', 'anthropic', 'openai', inBody),
        route('/unreachable', 'openai', 'openai', inQuery, gone.url),
      ],
      services: [
        {
          name: 'plain',
          url: plain.url,
          routes: [{ name: 'plain', paths: ['/plain'] }],
          plugins: [{ name: 'key-auth', config: { key_names: ['apikey', 'authorization'], hide_credentials: true } }],
        },
      ],
      plugins: [
        { name: 'file-log', config: { path: logFile } },
        {
          name: 'http-log',
          config: { http_endpoint: collector.url, headers: { 'X-Collector': '{vault://env/taint-other}' } },
        },
        {
          name: 'prometheus',
          config: { per_consumer: true, status_code_metrics: true, latency_metrics: true, ai_metrics: true },
        },
      ],
    },
    {
      env: {
        TOLLGATE_LOG_LEVEL: 'debug',
        TOLLGATE_ALLOW_DEBUG_HEADER: 'on',
        TAINT_PROVIDER: providerKeys.vault,
        TAINT_OTHER: vaultSecret,
      },
    },
  )
  await traffic()
}, 60_000)
afterAll(async () => {
  await gateway?.stop()
  for (const server of [provider, plain, collector]) await server?.close()
  folder.remove()
})

const llmPaths = ['/written', '/vault', '/translated', '/in-query', '/in-body', '/in-body-translated']
/** Whatever a provider may answer that quotes what it was sent. */
const quote = ({ url, rawHeaders, body }: RecordedRequest) =>
  `you sent ${url} ${rawHeaders.join(' ')} ${body.toString('utf8')}`

async function traffic(): Promise<void> {
  const replies = [
    { headers: { ...json, 'set-cookie': 'a=b' }, body: fixture('openai-chat/text.response.json') },
    { headers: sse, body: fixture('openai-chat/text.stream.sse') },
    { headers: json, body: fixture('anthropic-messages/text.response.json') },
    { headers: sse, body: fixture('anthropic-messages/error.stream.sse') },
    { headers: json, body: '{"broken": ' },
  ]
  for (const path of llmPaths) {
    for (const reply of replies) {
      provider.reply(reply)
      await ask(path)
    }
    for (const status of [400, 401, 403, 404, 429, 500, 503]) {
      const told = (sent: RecordedRequest) => ({
        'www-authenticate': quote(sent).replaceAll(/[^ -~]/g, ''),
        'x-quote': sent.url,
      })
      const error = (sent: RecordedRequest) => ({ message: quote(sent), type: 'error', code: 'e', param: quote(sent) })
      provider.reply((sent) => ({
        status,
        headers: { ...json, ...told(sent) },
        body: JSON.stringify({ error: error(sent) }),
      }))
      await ask(path)
      provider.reply((sent) => ({
        status,
        headers: { 'content-type': 'text/plain', ...told(sent) },
        body: quote(sent),
      }))
      await ask(path)
    }
    for (const begun of [false, true]) {
      provider.reply((sent) => ({ headers: sse, body: brokenStream(sent, begun), chunking: 'event' }))
      await ask(path)
    }
    provider.reply({ headers: json, body: '{"id": "x", "choices": []}', closeAfter: 5 })
    await ask(path)
  }
  await ask('/unreachable')
  await ask('/plain')
  await ask('/nowhere')
}

/** An error at the start or in the middle of a stream, as the provider of the path would send it. */
function brokenStream(sent: RecordedRequest, begun: boolean): string {
  const anthropic = sent.url.startsWith('/v1/messages')
  const whole = fixture(anthropic ? 'anthropic-messages/text.stream.sse' : 'openai-chat/text.stream.sse')
  const error = { type: 'api_error', message: quote(sent) }
  const event = anthropic ? { type: 'error', error } : { error }
  const start = begun ? whole.split(/(?<=\n\n)/).slice(0, 4) : []
  return [...start, anthropic ? 'event: error\n' : '', `data: ${JSON.stringify(event)}\n\n`].join('')
}

/** With each key of the client's, and with a wrong one that holds a right one; streamed and not. */
async function ask(path: string): Promise<void> {
  const ways: Record<string, string>[] = [
    { apikey: clientKeys.header },
    { authorization: `Bearer ${clientKeys.bearer}` },
    { apikey: `${clientKeys.header}x` },
  ]
  for (const headers of ways) {
    for (const stream of [false, true]) {
      await keep(path, headers, JSON.stringify({ ...JSON.parse(good), stream }))
    }
  }
}

async function keep(path: string, headers: Record<string, string>, body: string): Promise<void> {
  const sent = { 'content-type': 'application/json', 'kong-debug': '1', cookie: `key=${clientKeys.header}`, ...headers }
  const answer = await request(`${gateway.proxy[0]}${path}`, { method: 'POST', headers: sent, body })
  const text = await answer.body.text().catch((error: unknown) => `cut: ${String(error)}`)
  answers.push(`${path} ${answer.statusCode} ${JSON.stringify(answer.headers)} ${text}`)
}

/** Names of the secrets in a text, also where it is escaped or encoded. */
function found(text: string, among: readonly string[] = Object.values(secrets)): string[] {
  const forms = [text, decodedBase64(text)]
  return among.filter((secret) => forms.some((form) => form.includes(secret)))
}

function decodedBase64(text: string): string {
  const words = text.match(/[A-Za-z0-9+/=_-]{16,}/g) ?? []
  return words.map((word) => Buffer.from(word, 'base64').toString('latin1')).join(' ')
}

/** The first places where a secret stands, for the message of a failure. */
function leaks(texts: readonly string[], among?: readonly string[]): string[] {
  const places: string[] = []
  for (const text of texts) {
    for (const secret of places.length < 5 ? found(text, among) : []) {
      const index = Math.max(0, text.indexOf(secret) - 150)
      places.push(`${text.slice(0, 60)} … ${text.slice(index, index + 250)}`)
    }
  }
  return places
}

const wireOf = ({ url, rawHeaders, body }: RecordedRequest) => `${url} ${rawHeaders.join(' ')} ${body.toString('utf8')}`

describe('secrets', () => {
  it('of the configuration reach the provider that they are for, so that this test tests something', () => {
    const sent = provider.requests.map(wireOf).join('\n')
    expect(found(sent).toSorted()).toEqual(Object.values(providerKeys).toSorted())
    expect(answers.filter((answer) => / 200 /.test(answer)).length).toBeGreaterThan(20)
    expect(answers.filter((answer) => / 401 /.test(answer)).length).toBeGreaterThan(20)
  })

  it('of the client reach no upstream', () => {
    expect(leaks(provider.requests.map(wireOf), Object.values(clientKeys))).toEqual([])
    expect(plain.requests.length).toBeGreaterThan(0)
    // What the client writes into a cookie is its own affair with a service that it knows.
    const withoutCookie = plain.requests.map((sent) => wireOf(sent).replace(`key=${clientKeys.header}`, ''))
    expect(leaks(withoutCookie)).toEqual([])
  })

  it('of one provider reach no other', () => {
    for (const sent of provider.requests) expect(found(wireOf(sent)).length).toBeLessThanOrEqual(1)
    for (const sent of plain.requests) expect(found(wireOf(sent), ofProviders)).toEqual([])
  })

  it('reach no client, whatever a provider quotes', () => {
    expect(answers.length).toBeGreaterThan(100)
    expect(leaks(answers)).toEqual([])
  })

  it('reach no file-log', async () => {
    const text = await waitFor(() => {
      const content = readFileSync(logFile, 'utf8')
      return content.split('\n').length > answers.length && content
    })
    expect(text).toContain('"upstream_status"')
    expect(text).toContain('Hello')
    expect(leaks(text.split('\n'))).toEqual([])
  })

  it('reach no http-log', async () => {
    const bodies = await waitFor(
      () => {
        const texts = collector.requests.map(({ body }) => body.toString('utf8'))
        return texts.join('').split('"started_at"').length > answers.length && texts
      },
      { timeout: 15_000 },
    )
    expect(leaks(bodies)).toEqual([])
    // The collector itself is told the one that is for it.
    expect(collector.requests[0]?.headers['x-collector']).toBe(vaultSecret)
  })

  it.each(['/metrics', '/status'])('reach nobody who asks for %s', async (path) => {
    const answer = await request(`${gateway.status[0]}${path}`)
    const text = await answer.body.text()
    expect(answer.statusCode).toBe(200)
    expect(leaks([text])).toEqual([])
  })

  it.each([
    '/',
    '/plugins',
    '/consumers',
    '/key-auths',
    '/consumers/ada/key-auth',
    '/config',
    '/routes',
    '/services',
    '/status',
    '/metrics',
  ])('reach no caller of the Admin API at %s', async (path) => {
    const answer = await request(`${gateway.admin[0]}${path}`)
    const text = await answer.body.text()
    expect(answer.statusCode).toBe(200)
    expect(text.length).toBeGreaterThan(2)
    expect(leaks([text])).toEqual([])
  })

  it('that stand in a broken file reach neither the log nor the one who posts it', async () => {
    const auth = { header_name: 'Authorization', header_value: `Bearer ${providerKeys.written}`, hedaer: 1 }
    const config = { route_type: 'llm/v1/chat', auth, model: { provider: 'opneai' } }
    const broken = { _format_version: '3.0', plugins: [{ name: 'ai-proxy', config }] }
    const answer = await request(`${gateway.admin[0]}/config`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ config: JSON.stringify(broken) }),
    })
    expect(answer.statusCode).toBe(400)
    expect(leaks([await answer.body.text()])).toEqual([])
    expect(leaks(gateway.stderr().split('\n'))).toEqual([])
  })

  it('in a query string stay out of the logs', async () => {
    const before = readFileSync(logFile, 'utf8').length
    await keep(`/plain?apikey=${clientKeys.query}&x=1`, {}, '')
    const text = await waitFor(() => {
      const content = readFileSync(logFile, 'utf8').slice(before)
      return content.includes('x=1') && content
    })
    expect(plain.requests.at(-1)?.url).toBe('/?x=1')
    expect(text).toContain('/plain?apikey=REDACTED&x=1')
    expect(leaks([text])).toEqual([])
  })

  it('reach no log of the gateway, nor its output, whatever it refuses', async () => {
    const reload = async (text: string, said: string) => {
      const before = gateway.stderr().length
      writeFileSync(gateway.configPath, text)
      await waitFor(() => gateway.stderr().slice(before).includes(said), { what: said })
    }
    const served = readFileSync(gateway.configPath, 'utf8')
    await reload(served.replaceAll('"header_name"', '"hedaer_name"'), 'is refused')
    await reload(served.replaceAll('"provider":"openai"', `"provider":"${providerKeys.written}"`), 'is refused')
    await reload(served.replace(/"header_value":/, '"header_value" '), 'is refused')
    await reload(`${served} `, 'is served now')
    await traffic()
    expect(leaks(gateway.stdout().split('\n'))).toEqual([])
    expect(leaks(gateway.stderr().split('\n'))).toEqual([])
    expect(leaks(answers)).toEqual([])
  })
})
