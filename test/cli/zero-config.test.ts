import { describe, expect, it } from 'vitest'
import { bundledAiPlugins } from '../../ai-plugins/index.ts'
import { providers } from '../../providers/index.ts'
import { zeroConfig } from '../../src/cli/zero-config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { reportProblems } from '../../src/config/report.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { PluginRegistry } from '../../src/snapshot/plugin-registry.ts'

const catalog = new PluginRegistry([...bundledPlugins, ...bundledAiPlugins]).catalog()

/** The entries of the model router, after the whole was found to be a configuration that the gateway accepts. */
function entries(env: NodeJS.ProcessEnv): unknown {
  const { config } = zeroConfig(env)
  const result = loadConfig(JSON.stringify(config), { catalog })
  if (!result.ok) throw new Error(reportProblems(result.problems, 'zero'))
  const routes: unknown = Reflect.get(config, 'routes')
  if (!Array.isArray(routes)) throw new TypeError('no routes')
  const found = routes.map((route) => route.plugins[0].config.providers)
  for (const other of found) expect(other).toEqual(found[0])
  return found[0]
}

describe('without any configuration', () => {
  it('the demo is served where the environment has no key, an empty one included', () => {
    expect(entries({})).toEqual([{ name: 'demo' }])
    expect(entries({ OPENAI_API_KEY: '', OLLAMA_HOST: ' ', PATH: '/bin' })).toEqual([{ name: 'demo' }])
    expect(zeroConfig({})).toMatchObject({ providers: [{ name: 'demo', variables: [] }], notes: [] })
  })

  it.each([...providers.values()].filter(({ env }) => env !== undefined))(
    '$name is served once its variables are set',
    ({ name, env, baseUrl }) => {
      const surroundings: Record<string, string> = { AWS_REGION: 'eu-west-1' }
      const needsAddress = baseUrl === undefined || env?.key === undefined
      if (env?.key !== undefined) surroundings[env.key] = 'a-key'
      if (needsAddress && env?.baseUrl !== undefined) surroundings[env.baseUrl] = 'http://127.0.0.1:7777'
      const { providers: served, config } = zeroConfig(surroundings)
      expect(served.map((one) => one.name)).toEqual([name])
      expect(served[0]?.address).toMatch(/^https?:\/\//)
      expect(JSON.stringify(config)).not.toContain('a-key')
      expect(entries(surroundings)).toMatchObject([{ name }])
    },
  )

  it('keys stay in the environment, and addresses are put in order', () => {
    const env = {
      OPENAI_API_KEY: 'sk-1',
      OPENAI_BASE_URL: 'https://x.example/v1',
      ANTHROPIC_API_KEY: 'sk-2',
      OLLAMA_HOST: '0.0.0.0',
    }
    expect(entries(env)).toEqual([
      { name: 'openai', key: '{vault://env/openai-api-key}', upstream_url: 'https://x.example' },
      { name: 'anthropic', key: '{vault://env/anthropic-api-key}' },
      { name: 'ollama', upstream_url: 'http://127.0.0.1:11434' },
    ])
    expect(zeroConfig(env).providers).toEqual([
      { name: 'openai', address: 'https://x.example', variables: ['OPENAI_API_KEY', 'OPENAI_BASE_URL'] },
      { name: 'anthropic', address: 'https://api.anthropic.com', variables: ['ANTHROPIC_API_KEY'] },
      { name: 'ollama', address: 'http://127.0.0.1:11434', variables: ['OLLAMA_HOST'] },
    ])
  })

  it('an address alone serves only those who need no key', () => {
    expect(entries({ OPENAI_BASE_URL: 'https://x.example', GROQ_BASE_URL: 'nonsense' })).toEqual([{ name: 'demo' }])
    expect(entries({ VLLM_API_KEY: 'k' })).toEqual([{ name: 'demo' }])
    expect(entries({ VLLM_BASE_URL: 'http://gpu:8000/v1' })).toEqual([
      { name: 'vllm', upstream_url: 'http://gpu:8000' },
    ])
    expect(entries({ VLLM_API_KEY: 'k', VLLM_BASE_URL: 'http://gpu:8000/v1' })).toEqual([
      { name: 'vllm', key: '{vault://env/vllm-api-key}', upstream_url: 'http://gpu:8000' },
    ])
  })

  it('an address that is none stops the start', () => {
    expect(() => zeroConfig({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'no address' })).toThrow('OPENAI_BASE_URL')
  })
})

describe('credentials of AWS in the environment', () => {
  const pair = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' }
  const auth = {
    aws_access_key_id: '{vault://env/aws-access-key-id}',
    aws_secret_access_key: '{vault://env/aws-secret-access-key}',
  }

  it('serve Bedrock in the region of the environment', () => {
    const options = { bedrock: { aws_region: 'eu-west-1' } }
    expect(entries({ ...pair, AWS_REGION: 'eu-west-1' })).toEqual([{ name: 'bedrock', auth, options }])
    expect(entries({ ...pair, AWS_SESSION_TOKEN: 'token', AWS_DEFAULT_REGION: 'eu-west-1' })).toEqual([
      { name: 'bedrock', auth: { ...auth, aws_session_token: '{vault://env/aws-session-token}' }, options },
    ])
    expect(zeroConfig({ ...pair, AWS_REGION: 'eu-west-1' }).providers).toEqual([
      {
        name: 'bedrock',
        address: 'https://bedrock-mantle.eu-west-1.api.aws',
        variables: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
      },
    ])
  })

  it('give way to a key of Bedrock’s own', () => {
    expect(entries({ ...pair, AWS_BEARER_TOKEN_BEDROCK: 'b', AWS_REGION: 'eu-west-1' })).toEqual([
      {
        name: 'bedrock',
        key: '{vault://env/aws-bearer-token-bedrock}',
        options: { bedrock: { aws_region: 'eu-west-1' } },
      },
    ])
  })

  it('leave Bedrock out, and say so, where no region is set', () => {
    const { providers: served, notes } = zeroConfig(pair)
    expect(served.map(({ name }) => name)).toEqual(['demo'])
    expect(notes).toEqual(['bedrock is left out: AWS_REGION is not set.'])
  })

  it('mean nothing by halves', () => {
    expect(zeroConfig({ AWS_ACCESS_KEY_ID: 'AKID', AWS_REGION: 'eu-west-1' })).toMatchObject({
      providers: [{ name: 'demo' }],
      notes: [],
    })
  })

  it('stop the start where the region is not one', () => {
    expect(() => zeroConfig({ ...pair, AWS_REGION: 'evil.example/' })).toThrow('is not the name of an AWS region')
  })
})
