import { describe, expect, it, vi } from 'vitest'
import { bundledAiPlugins } from '../../ai-plugins/index.ts'
import { signatureHeaders } from '../../providers/bedrock/sigv4.ts'
import { loadConfig } from '../../src/config/load.ts'
import { reportProblems } from '../../src/config/report.ts'
import { PluginRegistry } from '../../src/snapshot/plugin-registry.ts'
import type { RecordedRequest } from '../support/replay-server.ts'
import { hello, startAi } from './support.ts'

const auth = { aws_access_key_id: 'AKIDEXAMPLE', aws_secret_access_key: 'wJalrXUtnFEMI/K7MDENG' }
const options = { bedrock: { aws_region: 'eu-west-1' } }

/** The signature that this request should carry, by what it carries. */
function expectedSignature({ method, url, headers, body }: RecordedRequest): string | undefined {
  const time = String(headers['x-amz-date'])
  const date = new Date(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  const contentType = headers['content-type'] === undefined ? undefined : String(headers['content-type'])
  return signatureHeaders(
    { method, host: String(headers.host), path: url, contentType, body },
    { accessKeyId: auth.aws_access_key_id, secretAccessKey: auth.aws_secret_access_key },
    { region: 'eu-west-1', service: 'bedrock-mantle', date },
  )[1]
}

describe('ai-proxy before Bedrock', () => {
  it('signs what it sends, the body with its changes included', async () => {
    const ai = await startAi({
      provider: 'bedrock',
      config: { auth },
      options,
      model: { name: 'openai.gpt-oss-20b-1:0' },
    })
    const answer = await ai.ask({ messages: hello })
    expect(answer.status).toBe(200)
    expect(answer.headers['x-kong-llm-model']).toBe('bedrock/openai.gpt-oss-20b-1:0')
    const request = await ai.provider.request(0)
    expect(ai.sent(0)).toMatchObject({ model: 'openai.gpt-oss-20b-1:0' })
    expect(request.headers.authorization).toBe(expectedSignature(request))
    expect(request.rawHeaders.join('\n')).not.toContain(auth.aws_secret_access_key)
  })

  it('signs with the credentials of the environment where it is given none', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', auth.aws_access_key_id)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', auth.aws_secret_access_key)
    vi.stubEnv('AWS_SESSION_TOKEN', undefined)
    const ai = await startAi({ provider: 'bedrock', config: { auth: {} }, options, model: { name: 'm' } })
    expect((await ai.ask({ messages: hello })).status).toBe(200)
    vi.unstubAllEnvs()
    const request = await ai.provider.request(0)
    expect(request.headers.authorization).toBe(expectedSignature(request))
  })

  it('signs what it passes on as it is, query and content type of the client included', async () => {
    const ai = await startAi({
      provider: 'bedrock',
      config: { auth, route_type: 'preserve' },
      options,
      model: { name: 'm' },
    })
    await ai.ask('{"raw": true}', { path: '/?b=2&a=1', headers: { 'content-type': 'application/vnd.x+json' } })
    const request = await ai.provider.request(0)
    expect(request.body.toString()).toBe('{"raw": true}')
    expect(request.url).toContain('?b=2&a=1')
    expect(request.headers['content-type']).toBe('application/vnd.x+json')
    expect(request.headers.authorization).toBe(expectedSignature(request))
  })

  it('tells a client of a refused signature no more than that', async () => {
    const body = JSON.stringify({ message: `The security token ${auth.aws_access_key_id} is invalid` })
    const ai = await startAi({
      provider: 'bedrock',
      config: { auth },
      options,
      model: { name: 'm' },
      reply: { status: 403, headers: { 'content-type': 'application/json' }, body },
    })
    const answer = await ai.ask({ messages: hello })
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('Amazon Bedrock refused the credential')
    expect(answer.text).not.toContain(auth.aws_access_key_id)
  })

  it('is refused in the file without a region, with a region that is none, and with half a credential', () => {
    vi.stubEnv('AWS_REGION', undefined)
    vi.stubEnv('AWS_DEFAULT_REGION', undefined)
    const catalog = new PluginRegistry(bundledAiPlugins).catalog()
    const problems = (model: object, more: object = {}) => {
      const config = { route_type: 'llm/v1/chat', model: { provider: 'bedrock', name: 'm', ...model }, ...more }
      const file = { _format_version: '3.0', plugins: [{ name: 'ai-proxy', config }] }
      const result = loadConfig(JSON.stringify(file), { catalog })
      return result.ok ? '' : reportProblems(result.problems, 'f')
    }
    expect(problems({})).toContain('the region is missing: set bedrock.aws_region, AWS_REGION or AWS_DEFAULT_REGION')
    expect(problems({ options: { bedrock: { aws_region: 'eu-west-1.evil.example/' } } })).toContain('aws_region')
    expect(problems({ options }, { auth: { aws_secret_access_key: 's' } })).toContain('aws_access_key_id')
    expect(problems({ options }, { auth: { ...auth, aws_session_token: '{vault://env/aws-session-token}' } })).toBe('')
    vi.unstubAllEnvs()
  })
})
